//! Small pieces that every page uses: dates, fingerprints, seals, links to entries, pagers.

use super::text;
use crate::dates::{self, Moment};
use crate::view::{AgencyRef, EntryRef, KeyEnd, KeyRow, Pager, Shell, Standing};
use crate::words::Words;
use crate::{Lang, codes, seal};
use leptos::prelude::*;

/// A logged instant: the portal's zone in words, UTC behind it.
pub(super) fn moment(at: Moment, lang: Lang) -> impl IntoView + use<> {
    let utc = at.utc();
    let behind = format!("{} UTC", utc.trim_end_matches('Z').replace('T', " "));
    view! { <time datetime=utc title=behind>{at.minute(lang)}</time> }
}

/// The same where there may be none.
pub(super) fn moment_or_none(at: Option<Moment>, lang: Lang, w: &'static Words) -> AnyView {
    match at {
        Some(at) => moment(at, lang).into_any(),
        None => view! { <span class="none" aria-hidden="true">"—"</span><span class="visually-hidden">{w.item.no_date}</span> }.into_any(),
    }
}

/// A stated date; `field` names the catalogue's field it comes from.
pub(super) fn stated<'a>(day: &'a str, field: Option<&'static str>, lang: Lang) -> impl IntoView + use<'a> {
    view! { <time datetime=day data-field=field>{dates::day(lang, day)}</time> }
}

/// A fingerprint: its first and last six characters to the eye, the whole of it to the clipboard.
pub(super) fn hash(whole: &str) -> impl IntoView + use<> {
    let cut = |at: usize| whole.char_indices().nth(at).map_or(whole.len(), |(at, _)| at);
    let count = whole.chars().count();
    // The name of the hash is no part of it.
    let named = whole.find(':').map_or(0, |at| at + 1);
    let (first, last) = if count > 16 { (cut(named + 6), cut(count - 6)) } else { (whole.len(), whole.len()) };
    let inner = format!(
        "{}<span class=\"mid\">{}</span>{}",
        text::escape(&whole[..first]),
        text::escape(&whole[first..last]),
        text::escape(&whole[last..])
    );
    let class = if count > 16 { "hash cut" } else { "hash" };
    view! { <code class=class title=whole.to_owned() inner_html=inner></code> }
}

/// A seal beside which the agency's name stands in words.
pub(super) fn stamp(agency: &AgencyRef) -> impl IntoView + use<'_> {
    view! {
        <svg class="seal" data-seal="unchecked" data-agency=agency.id.as_str() viewBox="0 0 48 48" aria-hidden="true"
            inner_html=seal::drawing(&agency.seal)></svg>
    }
}

/// A seal that speaks for itself.
pub(super) fn named_stamp<'a>(agency: &'a AgencyRef, w: &'static Words) -> impl IntoView + use<'a> {
    view! {
        <svg class="seal" data-seal="unchecked" data-agency=agency.id.as_str() viewBox="0 0 48 48" role="img"
            aria-label=(w.item.seal_of)(&text::plain(&agency.name)) inner_html=seal::drawing(&agency.seal)></svg>
    }
}

/// An agency's path, without the language. Ids hold slashes; they stay as they are.
pub(super) fn agency_path(id: &str) -> String {
    format!("/agencies/{id}")
}

/// The name of the agency that speaks in an entry, linked to its page.
pub(super) fn agency_link(agency: &AgencyRef, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    view! { <a class="agency" href=shell.at(&agency_path(&agency.id)) inner_html=agency_name(agency, w)></a> }
}

/// The same for an agency that an entry only speaks of.
pub(super) fn other_agency(agency: &AgencyRef, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let name = text::marked(&agency.name, w).into_owned();
    view! { <a class="agency" href=shell.at(&agency_path(&agency.id))><bdi inner_html=name></bdi></a> }
}

/// Another entry that this one speaks of: its title, or its number where it has none.
pub(super) fn entry_link(entry: &EntryRef, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    view! { <a href=shell.at(&entry.path()) inner_html=titled(entry, w)></a> }
}

/// The title of an entry that another one speaks of, as HTML.
pub(super) fn titled(entry: &EntryRef, w: &'static Words) -> String {
    match &entry.title {
        Some(title) => format!(r#"<bdi data-of="{}">{}</bdi>"#, entry.index, text::marked(title, w)),
        None => format!(r#"<bdi data-field="entry" data-value="{}">{}</bdi>"#, entry.index, (w.item.entry)(entry.index)),
    }
}

/// The name of the agency that speaks in an entry, as HTML.
pub(super) fn agency_name(agency: &AgencyRef, w: &'static Words) -> String {
    format!(r#"<bdi data-agency-name="{}">{}</bdi>"#, text::escape(&agency.id), text::marked(&agency.name, w))
}

/// Places in a sentence that takes other words, HTML of its own, when it is drawn. No sentence of ours has them.
pub(super) const BLANKS: [&str; 2] = ["\u{fdd0}", "\u{fdd1}"];

/// A sentence as HTML, with its blanks filled.
pub(super) fn filled(sentence: &str, words: [&str; 2], w: &'static Words) -> String {
    let mut html = String::with_capacity(sentence.len() + 160);
    let mut rest = sentence;
    while let Some(at) = rest.find(['\u{fdd0}', '\u{fdd1}']) {
        html.push_str(&text::marked(&rest[..at], w));
        let which = usize::from(!rest[at..].starts_with(BLANKS[0]));
        html.push_str(words[which]);
        rest = &rest[at + BLANKS[which].len()..];
    }
    html.push_str(&text::marked(rest, w));
    html
}

/// Why something was changed or removed: in words where its code is known, else the code.
pub(super) fn ground(code: &str, w: &'static Words) -> impl IntoView + use<> {
    coded("ground", code, (w.item.ground)(code), w)
}

/// A fact that is a code: in words where it is known, else as it is.
pub(super) fn coded(field: &'static str, code: &str, said: Option<&'static str>, w: &'static Words) -> impl IntoView + use<> {
    let said = said.map_or_else(|| text::marked(code, w).into_owned(), str::to_owned);
    view! { <bdi data-field=field data-value=code.to_owned() inner_html=said></bdi> }
}

/// What kind of document it is: in words where its code is known, else as it is written, in the document's own language.
pub(super) fn genre(code: &str, class: Option<&'static str>, of: &str, w: &'static Words) -> impl IntoView + use<> {
    let said = codes::genre(w.lang, code);
    let value = said.map(|_| code.to_owned());
    let lang = said.is_none().then(|| of.to_owned());
    let inner = said.map_or_else(|| text::marked(code, w).into_owned(), str::to_owned);
    view! { <bdi class=class lang=lang data-field="genre" data-value=value inner_html=inner></bdi> }
}

/// The tag that says whether a document is good today.
pub(super) fn standing(standing: Standing, w: &'static Words) -> impl IntoView {
    view! { <span class="standing" data-standing=standing.code()>{(w.item.standing)(standing)}</span> }
}

/// Newest, newer, older, oldest.
pub(super) fn pager(pager: &Pager, path: &str, fixed: &str, shell: &Shell<'_>, w: &'static Words) -> impl IntoView + use<> {
    let link = |query: &Option<String>, label: &'static str, rel: Option<&'static str>| match query {
        Some(query) => {
            let href = match (fixed, query.as_str()) {
                ("", "") => shell.at(path),
                ("", query) => format!("{}?{query}", shell.at(path)),
                (fixed, "") => format!("{}?{fixed}", shell.at(path)),
                (fixed, query) => format!("{}?{fixed}&{query}", shell.at(path)),
            };
            view! { <li><a href=href rel=rel>{label}</a></li> }.into_any()
        }
        None => view! { <li><span class="off">{label}</span></li> }.into_any(),
    };
    let span = pager.span.map(|(high, low)| view! { <p class="span">{(w.lists.span)(high, low)}</p> });
    let any = pager.newer.is_some() || pager.older.is_some();
    view! {
        {any.then(|| view! {
            <nav class="pager" aria-label=w.lists.pages>
                <ul>
                    {link(&pager.newest, w.lists.newest, None)}
                    {link(&pager.newer, w.lists.newer, Some("prev"))}
                    {link(&pager.older, w.lists.older, Some("next"))}
                    {link(&pager.oldest, w.lists.oldest, None)}
                </ul>
                {span}
            </nav>
        })}
    }
}

/// A public key with its role and what became of it.
pub(super) fn key(key: &KeyRow, w: &'static Words) -> impl IntoView + use<> {
    let ended = key.ended.map(|end| match end {
        KeyEnd::Retired(at) => (w.record.key_retired)(at),
        KeyEnd::Lost(at) => (w.record.key_lost)(at),
        KeyEnd::Stolen(at) => (w.record.key_stolen)(at),
    });
    let stolen = matches!(key.ended, Some(KeyEnd::Stolen(_)));
    view! {
        <li class="key" class:stolen=stolen>
            <span class="role" data-value=key.role.code()>{(w.record.key)(key.role)}</span>
            <code class="vkey" data-field="key">{key.vkey.clone()}</code>
            <span class="life">
                {(w.record.key_from)(key.from)}
                {key.custody.map(|custody| view! { <span>{(w.record.custody)(custody)}</span> })}
                {ended.map(|ended| view! { <span class="ended">{ended}</span> })}
            </span>
        </li>
    }
}
