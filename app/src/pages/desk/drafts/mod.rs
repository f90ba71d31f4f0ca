//! Drafts: what waits for whoever asks, what is being written, and what has been published.

mod area;
mod bring;
mod case;
mod changed;
mod editor;
mod late;
mod personal;
mod submit;
mod templates;
mod texts;
mod tools;

pub use bring::{bring, brought};
pub use case::case;
pub use editor::editor;
pub use late::late;
pub use submit::submit;
pub use templates::{template, templates};

use super::form::token;
use super::frame::{Page, document, minute};
use crate::view::AgencyRef;
use crate::view::desk::{CaseRow, Desk, DraftKind, DraftRow, DraftsView, Room};
use crate::words::desk::{DeskWords, drafts::DraftsWords};
use leptos::prelude::*;

pub fn drafts(desk: &Desk<'_>, view: &DraftsView) -> String {
    let title = crate::words::desk::of(desk.lang).drafts.title;
    document(desk, Page::new(Room::Drafts, "drafts", title), |w| {
        let d = &w.drafts;
        let waiting = match view.waiting.is_empty() {
            true => view! { <p class="quiet">{d.waiting_none}</p> }.into_any(),
            false => cases(&view.waiting, desk, w).into_any(),
        };
        let writing = match view.writing.is_empty() {
            true => view! { <p class="quiet">{d.writing_none}</p> }.into_any(),
            false => rows(&view.writing, &view.begin, desk, w).into_any(),
        };
        let submitted = (!view.submitted.is_empty()).then(|| {
            view! { <section class="wide"><h2>{d.submitted}</h2>{cases(&view.submitted, desk, w)}</section> }
        });
        let published = (!view.published.is_empty()).then(|| {
            view! { <section class="wide"><h2>{d.published}</h2>{rows(&view.published, &view.begin, desk, w)}</section> }
        });
        view! {
            <div class="lead"><h1>{d.title}</h1></div>
            <section class="wide first"><h2>{d.waiting}</h2>{waiting}</section>
            <section class="wide"><h2>{d.writing}</h2>{writing}{begin(view, desk, w)}</section>
            {submitted}
            {published}
        }
    })
}

/// A kind's name, or the title it has.
fn named(title: &str, kind: DraftKind, d: &DraftsWords) -> String {
    match (title.trim(), kind) {
        ("", DraftKind::Disclosure) => d.untitled.to_owned(),
        ("", kind) => (d.kind)(kind).to_owned(),
        (title, _) => title.to_owned(),
    }
}

pub(in crate::pages::desk) fn cases(rows: &[CaseRow], desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let d = &w.drafts;
    let lines = rows.iter().map(|row| {
        let mark = match (row.refused, row.ready) {
            (true, _) => Some(view! { <span class="tag grave">{d.refused}</span> }.into_any()),
            (_, true) => Some(view! { <span class="tag">{d.ready}</span> }.into_any()),
            _ => None,
        };
        view! {
            <li>
                <a href=desk.at(&format!("/desk/cases/{}", row.case))><bdi>{named(&row.title, row.kind, d)}</bdi></a>
                {mark}
                <p class="small">
                    <bdi>{row.agency.name.clone()}</bdi>" · "{(d.submitted_at)(&minute(row.submitted, w.lang))}
                    {row.due.map(|due| format!(" · {}", (d.due)(&minute(due, w.lang))))}
                </p>
            </li>
        }
    });
    view! { <ul class="work">{lines.collect_view()}</ul> }
}

fn rows(rows: &[DraftRow], writes: &[AgencyRef], desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let d = &w.drafts;
    let lines = rows.iter().map(|row| {
        let about = row.index.filter(|_| writes.contains(&row.agency) && row.kind == DraftKind::Disclosure).map(|index| {
            let kinds = DraftKind::ALL.into_iter().map(|kind| {
                view! { <button class="quiet" name="kind" value=kind.code()>{(d.about)(kind)}</button> }
            });
            view! {
                <form class="about" method="post" action=desk.at("/desk/drafts")>
                    {token(desk)}
                    <input type="hidden" name="agency" value=row.agency.id.clone()/>
                    <input type="hidden" name="target" value=index.to_string()/>
                    {kinds.collect_view()}
                </form>
            }
        });
        let entry = row.index.map(|index| {
            view! { " · "<a href=desk.at(&format!("/disclosures/{index}"))>{(d.entry)(index)}</a> }
        });
        view! {
            <li>
                <a href=desk.at(&format!("/desk/drafts/{}", row.id))><bdi>{named(&row.title, row.kind, d)}</bdi></a>
                <p class="small">
                    <bdi>{row.agency.name.clone()}</bdi>" · "{(d.saved)(&minute(row.saved, w.lang), &row.by)}{entry}
                </p>
                {about}
            </li>
        }
    });
    view! { <ul class="work">{lines.collect_view()}</ul> }
}

fn begin<'a>(view: &'a DraftsView, desk: &'a Desk<'a>, w: &'static DeskWords) -> Option<impl IntoView + use<'a>> {
    let d = &w.drafts;
    (!view.begin.is_empty()).then(|| {
        let agencies = view.begin.iter().map(|agency| view! { <option value=agency.id.clone()>{agency.name.clone()}</option> });
        let kinds = DraftKind::ALL.into_iter().map(|kind| {
            let class = if kind == DraftKind::Disclosure { "" } else { "quiet" };
            view! {
                <li>
                    <button name="kind" value=kind.code() class=class>{(d.kind)(kind)}</button>
                    <span class="small">{(d.kind_means)(kind)}</span>
                </li>
            }
        });
        view! {
            <form class="begin" method="post" action=desk.at("/desk/drafts")>
                {token(desk)}
                <h3>{d.begin}</h3>
                <div class="field">
                    <label for="agency">{d.begin_for}</label>
                    <select id="agency" name="agency">{agencies.collect_view()}</select>
                </div>
                <ul class="kinds">{kinds.collect_view()}</ul>
                <ul class="more-ways">
                    <li><a href=desk.at("/desk/templates")>{w.templates.from}</a></li>
                    <li><a href=desk.at("/desk/bring")>{w.bringing.title}</a></li>
                </ul>
            </form>
        }
    })
}
