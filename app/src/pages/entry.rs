//! One entry that is not a disclosure, as the log has it.

use super::approval::approval;
use super::cord::{kind_sentence, title};
use super::shell::{Page, Section, document, without_script};
use super::{margin, pieces, rules, text};
use crate::view::{EntryView, Fact, Shell};
use crate::words::Words;
use leptos::prelude::*;

pub fn entry(shell: &Shell<'_>, view: &EntryView) -> String {
    let w = crate::words::of(shell.lang);
    let mut page = Page::new(Section::None, "document record", kind_sentence(&view.item, w));
    page.unlisted = true;
    document(shell, page, |w| {
        let kind = (w.item.kind)(view.item.kind);
        let facts: Vec<_> = view.facts.iter().map(|one| fact(one, shell, w)).collect();
        let text = match &view.text {
            Some(text) => view! {
                <p>{w.record.text_note}</p>
                <pre tabindex="0" dir="ltr" data-entry="" inner_html=text::marked_lines(text, w)></pre>
            }
            .into_any(),
            None => view! { <p class="gone missing">{w.record.missing}</p> }.into_any(),
        };
        view! {
            <article class="sheet">
                <header class="head">
                    {without_script(shell, w)}
                    <p class="issuer">{(w.item.entry)(view.item.index)}" · "{kind}</p>
                    <h1>{title(&view.item, w)}</h1>
                </header>
                {margin::entry(view, shell, w)}
                <div class="rest">
                    {(!facts.is_empty()).then(|| view! {
                        <section class="catalogue single" aria-labelledby="says">
                            <h2 id="says">{w.record.says}</h2>
                            <dl>{facts}</dl>
                        </section>
                    })}
                    {approval(view.approval.as_ref(), shell, w)}
                    {view.rule.as_ref().map(|of| rules::section(Some(of), shell, w))}
                    <section class="entry" aria-labelledby="entry">
                        <h2 id="entry">{w.record.text}</h2>
                        {text}
                    </section>
                    {margin::checks(view.item.index, &[], w)}
                    <section class="raw">
                        <h2>{w.document.raw}</h2>
                        {margin::raw_entry(view.item.index, w)}
                        {margin::fingerprints(&view.leaf, &view.previous, w)}
                    </section>
                </div>
            </article>
        }
    })
}

fn fact<'a>(fact: &'a Fact, shell: &'a Shell<'a>, w: &'static Words) -> AnyView {
    let r = &w.record;
    let said = |label: &'static str, value: &str| row(label, words_of(value, None, w).into_any());
    // What stands in the statement in these very characters.
    let quoted = |label: &'static str, field: &'static str, value: &str| row(label, words_of(value, Some(field), w).into_any());
    let kind =
        |code: &'static str, words: AnyView| row(r.becomes, view! { <span data-field="kind" data-value=code>{words}</span> }.into_any());
    match fact {
        Fact::Origin(origin) => quoted(r.origin, "origin", origin),
        Fact::Agency(agency) => row(r.agency, pieces::agency_link(agency, shell, w).into_any()),
        Fact::Post(id) => quoted(r.post, "post", id),
        Fact::Threshold(m, n) => said(r.registrars, &(r.threshold)(*m, *n)),
        Fact::Zone(zone) => quoted(r.zone, "zone", zone),
        Fact::Trial(trial) => said(r.trial, if *trial { r.yes } else { r.no }),
        Fact::Key(key) => row((r.key)(key.role), view! { <ul class="keylist">{pieces::key(key, w)}</ul> }.into_any()),
        Fact::Successor(agency) => row(w.lists.successor, pieces::other_agency(agency, shell, w).into_any()),
        Fact::Target(target) => row(r.target, pieces::entry_link(target, shell, w).into_any()),
        Fact::Became(standing) => kind(standing.code(), pieces::standing(*standing, w).into_any()),
        Fact::Reinstated => kind("reinstated", r.reinstated.into_any()),
        Fact::Effective(day) => row(r.effective, pieces::stated(day, Some("effective"), shell.lang).into_any()),
        Fact::Ground(code) => row(w.document.ground, pieces::ground(code, w).into_any()),
        Fact::By(by) => row(w.document.by, pieces::entry_link(by, shell, w).into_any()),
        Fact::StatedBy(agency) => row(r.stated_by, pieces::agency_link(agency, shell, w).into_any()),
        Fact::Case(case) => quoted(r.case, "case", case),
        Fact::Parts(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| view! { <li data-field="parts">{pieces::hash(part)}</li> }).collect();
            row(r.parts, view! { <ul class="values-of">{parts}</ul> }.into_any())
        }
        Fact::SignedBy(name) => quoted(r.signed_by, "signed_by", name),
    }
}

fn row(label: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

fn words_of(value: &str, field: Option<&'static str>, w: &'static Words) -> impl IntoView + use<> {
    view! { <bdi data-field=field inner_html=text::marked(value, w).into_owned()></bdi> }
}
