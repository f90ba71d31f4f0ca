//! The cord: a list of entries drawn as knots, and the drawings of a knot's states.

use super::{pieces, text};
use crate::view::{About, EntryRef, Item, Kind, Shell, Title};
use crate::words::Words;
use leptos::prelude::*;

/// The drawings of a knot, used by reference. `open` is a loose turn, `tied` the same turn drawn
/// tight, `half` one end through, `cut` two ends; `under` is paper, so that one strand passes over
/// the other.
pub(super) const SPRITE: &str = concat!(
    r##"<symbol id="k-open" viewBox="0 0 32 32"><path d="M16 0C16 4.5 23.5 8 23.5 15.5 23.5 21 20 24.5 15.5 24.5 11 24.5 8 20.8 8 16.8 8 12.5 10.8 9.8 13.4 9.8"/>"##,
    r##"<path class="under" d="M17.5 21.5 16.9 27"/><path d="M13.4 9.8C19.5 9.8 18 20 16 32"/></symbol>"##,
    r##"<symbol id="k-tied" viewBox="0 0 32 32"><path d="M16 0V9"/><path d="M16 23V32"/><path class="body" d="M9.5 12C11 8.4 21 8.4 22.5 12 24.3 15.6 24.3 17.4 22.5 20 20.6 23.6 11.4 23.6 9.5 20 7.7 17.4 7.7 15.6 9.5 12Z"/>"##,
    r##"<path class="turn" d="M10 19.5C14 20 19.5 16.5 21.5 11.5"/><path class="turn" d="M12.5 22C17 21.8 21.5 19 23 15"/><path class="turn" d="M9 15.8C12 16 16 13.5 17.8 10"/></symbol>"##,
    r##"<symbol id="k-half" viewBox="0 0 32 32"><path d="M16 0C16 6 23.5 9 23.5 16 23.5 22.5 17 24 12.5 22"/><path d="M16 32V24.5"/><circle class="dot" cx="16" cy="16" r="2.6"/></symbol>"##,
    r##"<symbol id="k-cut" viewBox="0 0 32 32"><path d="M16 0C16.4 4 17.2 6.5 18.6 9"/><path d="M18.6 9 16.4 12.4M18.6 9 19 12.8M18.6 9 22 11.8"/>"##,
    r##"<path d="M16 32C15.6 28 14.8 25.5 13.4 23"/><path d="M13.4 23 15.6 19.6M13.4 23 13 19.2M13.4 23 10 20.2"/></symbol>"##,
    r##"<symbol id="k-dot" viewBox="0 0 32 32"><path d="M16 0V12.5M16 19.5V32"/><circle class="bead" cx="16" cy="16" r="3.6"/></symbol>"##,
);

pub(super) const TIE: &str = concat!(
    r##"<svg viewBox="0 0 32 32"><use class="open" href="#k-open"/><use class="tied" href="#k-tied"/>"##,
    r##"<use class="half" href="#k-half"/><use class="cut" href="#k-cut"/></svg>"##
);
const BEAD: &str =
    concat!(r##"<svg viewBox="0 0 32 32"><use class="bead" href="#k-dot"/>"##, r##"<use class="cut" href="#k-cut"/></svg>"##);

/// How the knots of a list hang together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hang {
    /// In chain order, each tied to the next one down.
    Chain,
    /// In another order: knots without cord between them.
    Loose,
}

/// A list of entries.
pub(super) fn cord<'a>(items: &'a [Item], hang: Hang, shell: &'a Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let class = match hang {
        Hang::Chain => "cord",
        Hang::Loose => "cord loose",
    };
    view! {
        <div class="columns" aria-hidden="true">
            <span class="for-stated">{w.item.stated}</span>
            <span class="for-logged">{w.item.logged}</span>
        </div>
        <ol class=class data-key-list>
            {items.iter().map(|item| knot(item, hang, None::<()>, shell, w)).collect::<Vec<_>>()}
        </ol>
    }
}

/// One entry of a list; `below` is what a page adds under its facts (a snippet).
pub(super) fn knot<'a, V: IntoView>(
    item: &'a Item,
    hang: Hang,
    below: Option<V>,
    shell: &'a Shell<'a>,
    w: &'static Words,
) -> impl IntoView + use<'a, V> {
    let (tie, class) = match item.kind {
        Kind::Disclosure => (TIE, "knot"),
        _ => (BEAD, "knot plain"),
    };
    let link = (hang == Hang::Chain && item.index > 0).then(|| {
        view! { <span class="link" data-link="unchecked" data-link-to=item.index - 1 aria-hidden="true"></span> }
    });
    view! {
        <li class=class id=format!("e{}", item.index) data-index=item.index data-document=item.document
            data-kind=item.kind.code() data-check="unchecked">
            <span class="tie" aria-hidden="true" inner_html=tie></span>
            {link}
            <span class="number">{(w.site.number)(item.index)}</span>
            <div class="line">
                <h2 class="title"><a href=shell.at(&item.path()) data-key-open="">{title(item, w)}</a></h2>
                {facts(item, shell, w)}
                {below}
            </div>
            {dates(item, shell, w)}
            {item.agency.as_ref().map(pieces::stamp)}
            <p class="verdict">{w.item.unchecked}</p>
        </li>
    }
}

/// The two dates of a line, which never share a column.
fn dates<'a>(item: &'a Item, shell: &Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let lang = shell.lang;
    let stated = match &item.stated {
        Some(day) => pieces::stated(day, Some("stated"), lang).into_any(),
        None => view! { <span class="none" aria-hidden="true">"—"</span><span class="visually-hidden">{w.item.no_date}</span> }.into_any(),
    };
    view! {
        <dl class="when">
            <div class="stated"><dt>{w.item.stated}</dt><dd>{stated}</dd></div>
            <div class="logged"><dt>{w.item.logged}</dt><dd>{pieces::moment_or_none(item.logged, lang, w)}</dd></div>
        </dl>
    }
}

/// Whose, which number, what kind, which version, whether it is good today.
fn facts<'a>(item: &'a Item, shell: &Shell<'a>, w: &'static Words) -> impl IntoView + use<'a> {
    let lang = item.language.as_str();
    let body = match (&item.stated_agency, &item.agency) {
        (Some(stated), _) => {
            Some(view! { <bdi class="agency" data-field="stated_agency" inner_html=text::marked(stated, w).into_owned()></bdi> }.into_any())
        }
        (None, Some(agency)) => Some(pieces::agency_link(agency, shell, w).into_any()),
        (None, None) => None,
    };
    let number = item.document_number.as_ref().map(|number| {
        view! { <bdi class="docnum" lang=lang data-field="document_number" inner_html=text::marked(number, w).into_owned()></bdi> }
    });
    let genre = item.genre.as_ref().map(|genre| {
        view! { <bdi class="genre" lang=lang data-field="genre" inner_html=text::marked(genre, w).into_owned()></bdi> }
    });
    let version = (item.version > 1).then(|| view! { <span class="version">{(w.item.version)(item.version)}</span> });
    view! {
        <p class="facts">
            {body}
            {number}
            {genre}
            {version}
            {item.standing.map(|standing| pieces::standing(standing, w))}
        </p>
        {copied(item, w)}
    }
}

/// The sentence under every copy.
pub(super) fn copied(item: &Item, w: &'static Words) -> Option<impl IntoView + use<>> {
    let (source, agency) = (item.source.as_ref()?, item.agency.as_ref()?);
    let source = format!(r#"<bdi data-field="source">{}</bdi>"#, text::marked(&source.name, w));
    let sentence = (w.item.copied)(pieces::BLANKS[0], pieces::BLANKS[1]);
    Some(view! { <p class="copied" inner_html=pieces::filled(&sentence, [&pieces::agency_name(agency, w), &source], w)></p> })
}

/// The title, or what stands in its place.
pub(super) fn title<'a>(item: &'a Item, w: &'static Words) -> impl IntoView + use<'a> {
    match &item.title {
        Title::Text(title) if !title.is_empty() => {
            let lang = item.language.as_str();
            view! { <bdi data-field="title" lang=lang inner_html=text::marked(title, w).into_owned()></bdi> }.into_any()
        }
        Title::Removed => view! { <span class="gone">{w.item.removed}</span> }.into_any(),
        Title::Text(_) | Title::Missing => view! { <span class="gone missing">{w.item.missing}</span> }.into_any(),
        Title::None => {
            let (field, code) = match &item.about {
                Some(About::Standing(standing, _)) => (Some("kind"), Some(standing.code())),
                Some(About::Reinstated(_)) => (Some("kind"), Some("reinstated")),
                Some(About::Redaction(_)) => (Some("type"), Some("redaction")),
                _ => (None, None),
            };
            view! { <bdi data-field=field data-value=code inner_html=said_of(item, w)></bdi> }.into_any()
        }
    }
}

/// What an entry without a title is called, as HTML that says whom and what it speaks of.
fn said_of(item: &Item, w: &'static Words) -> String {
    let blank = pieces::BLANKS[0];
    let fill = |sentence: String, words: String| pieces::filled(&sentence, [&words, ""], w);
    match &item.about {
        Some(About::Agency(agency)) => fill((w.item.agency_registered)(blank), pieces::agency_name(agency, w)),
        Some(About::Post(id)) => {
            let post = format!(r#"<bdi data-field="post">{}</bdi>"#, text::marked(id, w));
            fill((w.item.post_registered)(blank), post)
        }
        Some(About::Standing(standing, entry)) => fill((w.item.became)(*standing, blank), pieces::titled(entry, w)),
        Some(About::Reinstated(entry)) => fill((w.item.reinstated)(blank), pieces::titled(entry, w)),
        Some(About::Redaction(entry)) => fill((w.item.redacted)(blank), pieces::titled(entry, w)),
        None => (w.item.kind)(item.kind).to_owned(),
    }
}

/// The title as text alone.
pub(super) fn plain_title(item: &Item, w: &Words) -> String {
    match &item.title {
        Title::Text(title) => title.clone(),
        Title::Removed => w.item.removed.to_owned(),
        Title::Missing => w.item.missing.to_owned(),
        Title::None => kind_sentence(item, w),
    }
}

/// The same as text alone.
pub(super) fn kind_sentence(item: &Item, w: &Words) -> String {
    let what = |entry: &EntryRef| entry.title.clone().unwrap_or_else(|| (w.item.entry)(entry.index));
    match &item.about {
        Some(About::Agency(agency)) => (w.item.agency_registered)(&agency.name),
        Some(About::Post(id)) => (w.item.post_registered)(id),
        Some(About::Standing(standing, entry)) => (w.item.became)(*standing, &what(entry)),
        Some(About::Reinstated(entry)) => (w.item.reinstated)(&what(entry)),
        Some(About::Redaction(entry)) => (w.item.redacted)(&what(entry)),
        None => (w.item.kind)(item.kind).to_owned(),
    }
}

/// A knot of the little cord beside one entry.
pub(super) fn knot_of<V: IntoView>(index: u64, disclosure: bool, here: bool, hang: Hang, line: V) -> impl IntoView + use<V> {
    let (tie, class) = match disclosure {
        true => (TIE, "knot"),
        false => (BEAD, "knot plain"),
    };
    let link = (hang == Hang::Chain && index > 0).then(|| {
        view! { <span class="link" data-link="unchecked" data-link-to=index - 1 aria-hidden="true"></span> }
    });
    view! {
        <li class=class data-index=index data-check="unchecked" data-self=here.then_some("")>
            <span class="tie" aria-hidden="true" inner_html=tie></span>
            {link}
            <div class="line">{line}</div>
        </li>
    }
}
