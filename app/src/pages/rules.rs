//! An agency's rule of approval in words: on its page, on the entry that registers it, and at the desk. No check of the browser's reads
//! these words, and the page says so.

use super::text;
use crate::codes;
use crate::view::{ApprovalRule, RuledPost, RuledStep, Shell};
use crate::words::Words;
use leptos::prelude::*;

/// A section of its own; `None`: the agency's seal alone is enough.
pub(super) fn section(of: Option<&ApprovalRule>, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let r = &w.rules;
    let told = match of {
        Some(of) => {
            let (before, behind) = r.registered;
            let entry = shell.at(&format!("/entries/{}", of.registered));
            view! {
                <p class="small">{before}<a href=entry>{(w.item.entry)(of.registered)}</a>{behind}</p>
                {rule(of, shell, w)}
            }
            .into_any()
        }
        None => view! { <p>{r.none}</p> }.into_any(),
    };
    view! {
        <section class="ruled" aria-labelledby="rule">
            <h2 id="rule">{r.title}</h2>
            {told}
        </section>
    }
}

/// Each kind of document with its steps, who may skip one, and when they are logged.
pub(super) fn rule(of: &ApprovalRule, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let r = &w.rules;
    let alone = of.kinds.len() == 1;
    let kinds: Vec<_> = of
        .kinds
        .iter()
        .map(|kind| {
            let steps: Vec<_> = kind.steps.iter().map(|one| step(one, shell, w)).collect();
            view! {
                <h3>{genre(&kind.genre, alone, w)}</h3>
                <ol>{steps}</ol>
            }
        })
        .collect();
    let skip = match of.overriders.is_empty() {
        true => view! { <p>{r.no_overriders}</p> }.into_any(),
        false => view! { <p>{r.overriders}{posts(&of.overriders, shell, w)}</p> }.into_any(),
    };
    view! {
        <div class="rule-told">
            {kinds}
            {skip}
            <p>{if of.deferred { r.deferred } else { r.at_their_time }}</p>
        </div>
    }
}

/// What a kind of document is called; `alone`: the rule lists no other.
fn genre(code: &str, alone: bool, w: &'static Words) -> String {
    let r = &w.rules;
    match code {
        "*" if alone => r.everything.to_owned(),
        "*" => r.every_other.to_owned(),
        "status" => r.status.to_owned(),
        "redaction" => r.redaction.to_owned(),
        code => codes::genre(w.lang, code).map_or_else(|| code.to_owned(), str::to_owned),
    }
}

fn called(code: &str, w: &'static Words) -> String {
    codes::step(w.lang, code).map_or_else(|| code.to_owned(), str::to_owned)
}

fn step(of: &RuledStep, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let r = &w.rules;
    let after: Vec<String> = of.after.iter().map(|code| called(code, w)).collect();
    let waits = if after.is_empty() { r.waits_for_none.to_owned() } else { (r.waits_for)(&after) };
    view! {
        <li>
            <strong>{called(&of.code, w)}</strong>
            <p>{(r.takers)(of.count, of.posts.len())}{posts(&of.posts, shell, w)}</p>
            <p class="small">{waits}</p>
        </li>
    }
}

/// Posts by name, each with a link to the entry that registers it.
fn posts(of: &[RuledPost], shell: &Shell<'_>, w: &'static Words) -> Vec<AnyView> {
    let r = &w.rules;
    let post = |(n, post): (usize, &RuledPost)| {
        let between = (n > 0).then_some(r.between);
        let name = text::marked(&post.name, w).into_owned();
        match post.registered {
            Some(at) => {
                let entry = shell.at(&format!("/entries/{at}"));
                view! { {between}<a href=entry><bdi inner_html=name></bdi></a> }.into_any()
            }
            None => view! { {between}<bdi inner_html=name></bdi>{r.unregistered} }.into_any(),
        }
    };
    of.iter().enumerate().map(post).collect()
}
