//! What stands beside one entry: verdict, dates, its place on the cord, the eight checks.

use super::cord::{Hang, knot_of};
use super::pieces;
use crate::contract::CHECKS;
use crate::view::{DisclosureView, EntryRef, EntryView, Item, Seen, Shell};
use crate::words::{self, Words};
use leptos::prelude::*;

pub(super) fn disclosure<'a>(view: &'a DisclosureView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    // A document is called by its first version, whichever is looked at.
    let address = |label: &'static str, index: u64| {
        let address = format!("{}/{}/disclosures/{index}", shell.site.base, shell.lang.code());
        view! { <p class="permalink"><span>{label}</span><code>{address}</code></p> }
    };
    view! {
        <aside class="margin">
            {judgement(&view.item, w)}
            {dates(&view.item, view.seen.as_ref(), shell, w)}
            {address(w.document.address, view.item.document)}
            {(view.item.document != view.item.index).then(|| address(w.document.version_address, view.item.index))}
            {neighbours(&view.item, view.older.as_ref(), view.newer.as_ref(), shell, w)}
        </aside>
    }
}

pub(super) fn entry<'a>(view: &'a EntryView, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    view! {
        <aside class="margin">
            {judgement(&view.item, w)}
            {dates(&view.item, None, shell, w)}
            {neighbours(&view.item, view.older.as_ref(), view.newer.as_ref(), shell, w)}
        </aside>
    }
}

/// The seal and the one sentence.
fn judgement<'a>(item: &'a Item, w: &'static Words) -> impl IntoView + use<'a> {
    let sealed = item.agency.as_ref().map(|agency| {
        view! {
            {pieces::named_stamp(agency, w)}
            <p class="sealed">
                {w.document.sealed}<br/>
                <span inner_html=pieces::agency_name(agency, w)></span>
            </p>
        }
    });
    view! {
        <div class="judgement" data-check="unchecked">
            {sealed}
            <p class="verdict" data-verdict aria-live="polite">{w.item.unchecked}</p>
            <a class="to-checks" href="#checks">{w.document.checks}</a>
        </div>
    }
}

fn dates<'a>(item: &'a Item, seen: Option<&'a Seen>, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let stated = item.stated.as_deref().map(|day| pieces::stated(day, Some("stated"), shell.lang));
    let none = item.stated.is_none().then_some(w.item.no_date);
    let seen = match seen {
        Some(seen) => (w.document.seen)(&seen.when.minute(shell.lang), seen.witnesses, seen.of),
        None => w.document.seen_none.to_owned(),
    };
    view! {
        <section class="dates" aria-labelledby="dates">
            <h2 id="dates">{w.document.dates}</h2>
            <dl>
                <div class="for-stated"><dt>{w.item.stated}</dt><dd>{stated}{none}</dd></div>
                <div class="for-logged"><dt>{w.item.logged}</dt><dd>{pieces::moment_or_none(item.logged, shell.lang, w)}</dd></div>
                <div class="for-seen"><dt>{w.item.seen}</dt><dd data-seen>{seen}</dd></div>
            </dl>
            <p class="small">{w.document.dates_note}</p>
        </section>
    }
}

/// The entry between its two neighbours.
fn neighbours<'a>(
    item: &'a Item,
    older: Option<&'a EntryRef>,
    newer: Option<&'a EntryRef>,
    shell: &'a Shell<'a>,
    w: &'static Words,
) -> impl IntoView + use<'a> {
    let beside = |entry: Option<&'a EntryRef>, label: &'static str, none: &'static str| match entry {
        Some(entry) => {
            let title = match &entry.title {
                Some(title) => format!(r#"<bdi data-field="title">{}</bdi>"#, super::text::marked(title, w)),
                None => (w.item.entry)(entry.index),
            };
            let line = view! { <p class="where">{label}</p><p class="what"><a href=shell.at(&entry.path()) inner_html=title></a></p> };
            knot_of(entry.index, entry.disclosure, false, Hang::Chain, line).into_any()
        }
        None => view! { <li class="end"><p class="where">{none}</p></li> }.into_any(),
    };
    let here = view! { <p class="what"><strong>{(w.item.entry)(item.index)}</strong></p> };
    view! {
        <section class="neighbours" aria-labelledby="neighbours">
            <h2 id="neighbours">{w.document.neighbours}</h2>
            <ol class="cord small">
                {beside(newer, w.document.newer, w.document.newer_none)}
                {knot_of(item.index, item.kind == crate::view::Kind::Disclosure, true, Hang::Chain, here)}
                {beside(older, w.document.older, w.document.older_none)}
            </ol>
        </section>
    }
}

/// The panel of the eight checks, closed and unanswered, each with the public addresses of what it is decided on. `parts` are
/// those of a disclosure: what each is, and its commitment.
pub(super) fn checks(index: u64, parts: &[(&'static str, &str)], w: &'static Words) -> impl IntoView + use<> {
    let entry = |at: u64| format!("/log/entry/{at}");
    let this = || (w.document.raw_entry.to_owned(), entry(index));
    let checkpoint = || (w.chain.checkpoint.to_owned(), "/log/checkpoint".to_owned());
    let panel = CHECKS.iter().zip(w.checks).map(|(code, check)| {
        let mut raw = match *code {
            "C1" => vec![this()],
            "C2" => vec![this(), (w.document.raw_proof.to_owned(), format!("/log/proof/{index}.tlog-proof")), checkpoint()],
            "C3" => vec![checkpoint(), (w.chain.charter.to_owned(), entry(0))],
            "C4" => vec![checkpoint(), (w.chain.policy.to_owned(), "/log/policy".to_owned())],
            "C5" | "C6" => vec![this()],
            "C8" => vec![checkpoint()],
            _ => vec![],
        };
        if let ("C1", Some(before)) = (*code, index.checked_sub(1)) {
            raw.push(((w.item.entry)(before), entry(before)));
        }
        if *code == "C7" {
            for (n, (what, commitment)) in parts.iter().enumerate() {
                let alike = parts.iter().filter(|(other, _)| other == what).count();
                let number = 1 + parts[..n].iter().filter(|(other, _)| other == what).count();
                let what = if alike > 1 { format!("{what} {number}") } else { (*what).to_owned() };
                raw.push((format!("{what} · {}", w.document.raw_salt), format!("/content/{commitment}.salt")));
                let bytes = raw.len() - 1;
                raw.insert(bytes, (what, format!("/content/{commitment}")));
            }
        }
        let raw = raw.into_iter().map(|(label, href)| view! { <li><a href=href>{label}</a></li> }).collect::<Vec<_>>();
        view! {
            <details data-code=*code data-check="unchecked">
                <summary>
                    <span class="mark" aria-hidden="true"></span>
                    <span class="code">{*code}</span>
                    <span class="name">{check.name}</span>
                    <span class="question">{check.question}</span>
                    <span class="answer">{w.document.not_checked}</span>
                </summary>
                <p>{check.explains}</p>
                <p class="remedy" hidden>{check.remedy}</p>
                <dl class="values"></dl>
                {(!raw.is_empty()).then(|| view! { <ul class="raws" aria-label=w.document.raw>{raw}</ul> })}
            </details>
        }
    });
    view! {
        <section class="checks" id="checks" data-index=index data-names=words::values::written(w) aria-labelledby="checks-title">
            <h2 id="checks-title">{w.document.checks}</h2>
            <p>{w.document.checks_lead}</p>
            {panel.collect::<Vec<_>>()}
        </section>
    }
}

/// What a printed page says of its place on the chain, in full: paper has no links to follow.
pub(super) fn on_paper<'a>(index: u64, leaf: &str, shell: &Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    view! {
        <section class="on-paper">
            <p><strong>{(w.item.entry)(index)}</strong>" "<code data-field="leaf">{leaf.to_owned()}</code></p>
            <p>{w.site.origin}" "<code class="of-origin">{shell.site.origin.as_str()}</code></p>
            <p>{w.site.identity}" "<code class="of-identity">{shell.site.chain.as_str()}</code></p>
            <p>{w.chain.checkpoint}</p>
            <pre data-checkpoint></pre>
            <p>{(w.site.zone)(&shell.site.zone)}</p>
        </section>
    }
}

pub(super) fn raw_entry(index: u64, w: &'static Words) -> impl IntoView {
    view! {
        <ul>
            <li><a href=format!("/log/entry/{index}")>{w.document.raw_entry}</a></li>
            <li><a href=format!("/log/proof/{index}.tlog-proof")>{w.document.raw_proof}</a></li>
        </ul>
    }
}

pub(super) fn fingerprints(leaf: &str, previous: &str, w: &'static Words) -> impl IntoView + use<> {
    view! {
        <dl class="fingerprints">
            {(!leaf.is_empty()).then(|| view! { <div><dt>{w.document.leaf}</dt><dd><span data-field="leaf">{pieces::hash(leaf)}</span></dd></div> })}
            {(!previous.is_empty()).then(|| view! { <div><dt>{w.document.previous}</dt><dd><span data-field="previous">{pieces::hash(previous)}</span></dd></div> })}
        </dl>
    }
}
