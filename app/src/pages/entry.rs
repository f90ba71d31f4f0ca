//! One entry that is not a disclosure, as the log has it.

use super::cord::{kind_sentence, title};
use super::shell::{Page, Section, document, without_script};
use super::{margin, pieces, text};
use crate::dates;
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
                    <section class="entry" aria-labelledby="entry">
                        <h2 id="entry">{w.record.text}</h2>
                        {text}
                    </section>
                    {margin::checks(view.item.index, w)}
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
    let said = |label: &'static str, value: &str| row(label, words_of(value, w).into_any());
    match fact {
        Fact::Origin(origin) => said(r.origin, origin),
        Fact::Agency(agency) => row(r.agency, pieces::agency_link(agency, shell, w).into_any()),
        Fact::Post(id) => said(r.post, id),
        Fact::Threshold(m, n) => said(r.registrars, &(r.threshold)(*m, *n)),
        Fact::Zone(zone) => said(r.zone, zone),
        Fact::Trial(trial) => said(r.trial, if *trial { r.yes } else { r.no }),
        Fact::Key(key) => row((r.key)(key.role), view! { <ul class="keylist">{pieces::key(key, w)}</ul> }.into_any()),
        Fact::Rule(rule) => said(r.rule, rule),
        Fact::Successor(agency) => row(w.lists.successor, pieces::agency_link(agency, shell, w).into_any()),
        Fact::Target(target) => row(r.target, pieces::entry_link(target, shell, w).into_any()),
        Fact::Became(standing) => row(r.becomes, pieces::standing(*standing, w).into_any()),
        Fact::Reinstated => said(r.becomes, r.reinstated),
        Fact::Effective(day) => said(r.effective, &dates::day(shell.lang, day)),
        Fact::Ground(ground) => said(w.document.ground, ground),
        Fact::By(by) => row(w.document.by, pieces::entry_link(by, shell, w).into_any()),
        Fact::StatedBy(agency) => row(r.stated_by, pieces::agency_link(agency, shell, w).into_any()),
        Fact::Case(case) => said(r.case, case),
        Fact::Parts(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| view! { <li>{pieces::hash(part)}</li> }).collect();
            row(r.parts, view! { <ul class="values-of">{parts}</ul> }.into_any())
        }
        Fact::SignedBy(name) => said(r.signed_by, name),
    }
}

fn row(label: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

fn words_of(value: &str, w: &'static Words) -> impl IntoView + use<> {
    view! { <bdi inner_html=text::marked(value, w).into_owned()></bdi> }
}
