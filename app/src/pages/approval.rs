//! How something was approved: its steps, one behind the other or side by side, each held to its own entry.

use super::{pieces, text};
use crate::codes;
use crate::view::{Approval, Shell, Step};
use crate::words::Words;
use leptos::prelude::*;

/// How an entry was approved: step behind step, or side by side.
pub(super) fn approval<'a>(approval: Option<&'a Approval>, shell: &'a Shell<'a>, w: &'static Words) -> Option<impl IntoView + use<'a>> {
    let approval = approval?;
    let stages = approval.stages.iter().filter(|stage| !stage.steps.is_empty()).map(|stage| {
        let side = stage.steps.iter().map(|one| step(one, shell, w)).collect::<Vec<_>>();
        view! { <li><ul class="side">{side}</ul></li> }
    });
    let earlier = (!approval.earlier.is_empty()).then(|| {
        let steps = approval.earlier.iter().map(|one| step(one, shell, w)).collect::<Vec<_>>();
        view! { <details><summary>{w.document.approval_earlier}</summary><ul class="side">{steps}</ul></details> }
    });
    let steps = approval.stages.iter().flat_map(|stage| &stage.steps).chain(&approval.earlier);
    let names = steps.into_iter().any(|step| !step.holders.is_empty());
    Some(view! {
        <section class="approval">
            <h2>{w.document.approval}</h2>
            <p class="note">{w.document.approval_keys}</p>
            <ol class="flow">{stages.collect::<Vec<_>>()}</ol>
            {approval.deferred.then(|| view! { <p class="note">{w.document.approval_deferred}</p> })}
            {names.then(|| view! { <p class="note">{w.document.approval_names}</p> })}
            {earlier}
        </section>
    })
}

/// A step is a place of its own: what stands in it is held to the step's entry, and to what the page's own entry opens it with.
fn step<'a>(step: &'a Step, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let codes = format!("{} {}", step.code, step.decision);
    let post = match &step.name {
        Some(name) => view! { <bdi data-field="post_name" inner_html=text::marked(name, w).into_owned()></bdi> }.into_any(),
        None => view! { <bdi data-field="signed_by" inner_html=text::marked(&step.post, w).into_owned()></bdi> }.into_any(),
    };
    // Of several who hold a post, its signature does not tell who signed.
    let several = (step.holders.len() > 1).then(|| format!(" · {} ", w.document.one_of_holders));
    let holders = step.holders.iter().enumerate().map(|(n, name)| {
        let before = match (n, &several) {
            (0, Some(_)) => "",
            (_, Some(_)) => w.document.between_holders,
            (_, None) => " · ",
        };
        view! { {before}<bdi data-field="holder" inner_html=text::marked(name, w).into_owned()></bdi> }
    });
    let holders = holders.collect::<Vec<_>>();
    let holders = view! { {several}{holders} };
    // C6 fails one that has none.
    let closed = step.decision != "approve" && step.reason.is_none();
    // Named after its salt, which whoever checks it needs.
    let reason = step.reason.as_ref().map(|(salt, reason)| {
        let field = format!("reason:{salt}");
        view! {
            <p class="reason">
                <span>{w.document.reason_open}</span>
                <bdi data-field=field inner_html=text::marked(reason, w).into_owned()></bdi>
            </p>
        }
    });
    let took = step.took.map(|took| view! { <span class="took" data-field="took" data-value=took>{codes::took(shell.lang, took)}</span> });
    view! {
        <li class="step" data-index=step.index data-check="unchecked" data-decision=step.decision.as_str()>
            <a class="kind" href=shell.at(&format!("/entries/{}", step.index))>
                <strong data-field="step" data-value=codes.clone() inner_html=text::escape(&codes::decided(shell.lang, &codes)).into_owned()></strong>
            </a>
            <p class="who">{post}{holders}</p>
            <dl class="for-logged"><dt class="visually-hidden">{w.item.logged}</dt><dd>{pieces::moment(step.logged, shell.lang)}</dd></dl>
            {took}
            {reason}
            {closed.then(|| view! { <p class="reason">{w.document.reason_closed}</p> })}
            <p class="verdict"></p>
        </li>
    }
}
