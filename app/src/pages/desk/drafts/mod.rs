//! Drafts: what waits for whoever asks, what is being written, and what has been published.

mod area;
mod aside;
mod bring;
mod case;
mod changed;
mod conflict;
mod editor;
mod history;
mod late;
mod personal;
mod preview;
mod sealing;
mod submit;
mod templates;
mod texts;
mod tools;

pub use aside::aside;
pub use bring::{bring, brought};
pub use case::case;
pub use editor::editor;
pub use late::late;
pub use preview::preview;
pub use submit::submit;
pub use templates::{template, templates};

use super::form::{fault_of, summary, token};
use super::frame::{Page, document, minute};
use crate::view::AgencyRef;
use crate::view::desk::{CaseRow, Desk, DraftKind, DraftRow, DraftsView, Paged, Room};
use crate::words::desk::{DeskWords, drafts::DraftsWords};
use leptos::prelude::*;

pub fn drafts(desk: &Desk<'_>, view: &DraftsView) -> String {
    let title = crate::words::desk::of(desk.lang).drafts.title;
    document(desk, Page::new(Room::Drafts, "drafts", title).with(&view.faults), |w| {
        let d = &w.drafts;
        let waiting = match view.waiting.is_empty() {
            true => view! { <p class="quiet">{d.waiting_none}</p> }.into_any(),
            false => cases(&view.waiting, desk, w).into_any(),
        };
        let writing = match is_empty(&view.writing) {
            true => view! { <p class="quiet">{d.writing_none}</p> }.into_any(),
            false => rows(&view.writing.rows, &view.begin, desk, w).into_any(),
        };
        let submitted = (!is_empty(&view.submitted)).then(|| {
            view! {
                <section class="wide" id="submitted">
                    <h2>{d.submitted}</h2>
                    {cases(&view.submitted.rows, desk, w)}
                    {pager(&view.submitted, "submitted", d.submitted, desk, w)}
                </section>
            }
        });
        // Also where none of them came from here: whoever writes may write about any.
        let published = (!is_empty(&view.published) || !view.begin.is_empty()).then(|| {
            view! {
                <section class="wide" id="published">
                    <h2>{d.published}</h2>
                    {(!view.published.rows.is_empty()).then(|| rows(&view.published.rows, &view.begin, desk, w))}
                    {pager(&view.published, "published", d.published, desk, w)}
                    {by_number(view, desk, w)}
                </section>
            }
        });
        let discarded = (!is_empty(&view.discarded)).then(|| {
            view! {
                <section class="wide" id="discarded">
                    <h2>{d.discarded}</h2>
                    <p class="help">{(d.discarded_help)(view.discarded_days)}</p>
                    {discarded(&view.discarded.rows, desk, w)}
                    {pager(&view.discarded, "discarded", d.discarded, desk, w)}
                </section>
            }
        });
        view! {
            {summary(&view.faults, w)}
            <div class="lead"><h1>{d.title}</h1></div>
            <section class="wide first"><h2>{d.waiting}</h2>{waiting}</section>
            <section class="wide" id="writing">
                <h2>{d.writing}</h2>
                {writing}
                {pager(&view.writing, "writing", d.writing, desk, w)}
                {begin(view, desk, w)}
            </section>
            {submitted}
            {published}
            {discarded}
        }
    })
}

/// Whether there is nothing in a list, on this page and on those beside it.
fn is_empty<T>(list: &Paged<T>) -> bool {
    list.rows.is_empty() && list.newer.is_none() && list.older.is_none()
}

/// To the pages beside one of a list, which stands in the section of this id.
fn pager<T>(list: &Paged<T>, id: &'static str, of: &'static str, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<T>> {
    let d = &w.drafts;
    let link = |query: &Option<String>, said: &'static str, rel: &'static str| {
        query.as_ref().map(|query| {
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            view! { <li><a href=desk.at(&format!("/desk/drafts{query}#{id}")) rel=rel>{said}</a></li> }
        })
    };
    (list.newer.is_some() || list.older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=(d.pages)(of)>
                <ul>{link(&list.newer, d.newer, "prev")}{link(&list.older, d.older, "next")}</ul>
            </nav>
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
        let mark = match (row.rejected, row.refused, row.unsealed, row.ready) {
            (true, ..) => Some(view! { <span class="tag grave">{d.rejected}</span> }.into_any()),
            (_, true, ..) => Some(view! { <span class="tag grave">{d.refused}</span> }.into_any()),
            (_, _, true, _) => Some(view! { <span class="tag">{w.sealing.tag}</span> }.into_any()),
            (.., true) => Some(view! { <span class="tag">{d.ready}</span> }.into_any()),
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

/// What was given up, each with a way to take it back.
fn discarded(rows: &[DraftRow], desk: &Desk<'_>, w: &'static DeskWords) -> impl IntoView + use<> {
    let d = &w.drafts;
    let lines = rows.iter().map(|row| {
        let called = named(&row.title, row.kind, d);
        let until = row.until.map(|until| format!(" · {}", (d.erased_at)(&minute(until, w.lang))));
        view! {
            <li>
                <bdi>{called.clone()}</bdi>
                <p class="small">
                    <bdi>{row.agency.name.clone()}</bdi>" · "{(d.discarded_at)(&minute(row.saved, w.lang), &row.by)}{until}
                </p>
                <form class="about" method="post" action=desk.at(&format!("/desk/drafts/{}/take-up", row.id))>
                    {token(desk)}
                    <button class="quiet" aria-label=(d.take_up_of)(&called)>{d.take_up}</button>
                </form>
            </li>
        }
    });
    view! { <ul class="work">{lines.collect_view()}</ul> }
}

/// What may be begun about a published document, named by its number: also one that is in no list here.
fn by_number(view: &DraftsView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let d = &w.drafts;
    (!view.begin.is_empty()).then(|| {
        let asked = view.typed.of("agency").to_owned();
        let agencies = view.begin.iter().map(|agency| {
            view! { <option value=agency.id.clone() selected=agency.id == asked>{agency.name.clone()}</option> }
        });
        let agencies = agencies.collect_view();
        let asked = view.typed.of("kind").to_owned();
        let kinds = DraftKind::ALL.into_iter().map(|kind| {
            view! { <option value=kind.code() selected=kind.code() == asked>{(d.about)(kind)}</option> }
        });
        let kinds = kinds.collect_view();
        let fault = fault_of(&view.faults, "target").map(|fault| (w.frame.fault)(fault));
        let faulty = fault.is_some();
        let described = if faulty { "target-help target-fault" } else { "target-help" };
        let invalid = faulty.then_some("true");
        view! {
            <form class="begin" method="post" action=desk.at("/desk/drafts")>
                {token(desk)}
                <h3>{d.number}</h3>
                <div class="field">
                    <label for="number-agency">{d.begin_for}</label>
                    <select id="number-agency" name="agency">{agencies}</select>
                </div>
                <div class="field" class:faulty=faulty>
                    <label for="target">{d.number_label}</label>
                    <p class="help" id="target-help">{d.number_help}</p>
                    {fault.map(|fault| view! { <p class="fault" id="target-fault">{fault}</p> })}
                    <input id="target" name="target" type="text" inputmode="numeric" class="short" value=view.typed.of("target").to_owned()
                        maxlength="40" autocomplete="off" aria-describedby=described aria-invalid=invalid/>
                </div>
                <div class="field">
                    <label for="number-kind">{d.number_kind}</label>
                    <select id="number-kind" name="kind">{kinds}</select>
                </div>
                <button class="quiet">{d.number_begin}</button>
            </form>
        }
    })
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
