//! A form that came too late for its session: what was typed into it, whole, so that nothing of it is lost.

use super::super::form::area_text;
use super::super::frame::{Page, document};
use crate::pages::text;
use crate::view::desk::{Desk, LateView, Room};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// Lines shown of a long text; it scrolls.
const LONG: usize = 16;

pub fn late(desk: &Desk<'_>, view: &LateView) -> String {
    let late = &crate::words::desk::of(desk.lang).editing.late;
    let title = late.title;
    document(desk, Page::new(Room::None, "late", title), |w| {
        let (sentence, way) = match view.signed_out {
            true => (late.signed_out, desk.at(&format!("/desk/sign-in?to={}", text::query(&desk.at(&view.page))))),
            false => (late.stale, desk.at(&view.page)),
        };
        let go_on = if view.signed_out { late.sign_in } else { late.draft };
        view! {
            <div class="lead">
                <h1>{title}</h1>
                <p>{sentence}</p>
                // In a window of its own: this page is all that has the text.
                <p><a class="button" href=way target="_blank" rel="noopener">{go_on}</a></p>
            </div>
            <section class="late">
                <h2>{late.typed}</h2>
                {typed(&view.typed, w)}
            </section>
        }
    })
}

/// All that was typed, field by field, to be read and copied.
pub(super) fn typed(fields: &[(&'static str, String)], w: &'static DeskWords) -> impl IntoView + use<> {
    let texts = fields.iter().enumerate().map(|(number, (field, text))| {
        let id = format!("typed-{number}");
        let lines = text.lines().count().clamp(1, LONG);
        view! {
            <div class="field" data-typed=*field>
                <label for=id.clone()>{(w.drafts.editor.field)(field)}</label>
                <textarea id=id rows=lines.to_string() readonly autocomplete="off">{area_text(text)}</textarea>
            </div>
        }
    });
    view! { <div class="form">{texts.collect_view()}</div> }
}
