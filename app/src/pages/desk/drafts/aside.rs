//! A text that was kept aside, with all that stands in it.

use super::super::frame::{Page, document, minute};
use super::late::typed;
use crate::view::desk::{AsideView, Desk, Room};
use leptos::prelude::*;

pub fn aside(desk: &Desk<'_>, view: &AsideView) -> String {
    let title = crate::words::desk::of(desk.lang).drafts.editor.aside_title;
    document(desk, Page::new(Room::Drafts, "aside", title), |w| {
        let e = &w.drafts.editor;
        view! {
            <div class="lead">
                <h1>{title}</h1>
                <p><bdi>{(e.aside)(&view.by, &minute(view.kept, w.lang))}</bdi></p>
                <p>{e.aside_help}</p>
                <p><a href=desk.at(&format!("/desk/drafts/{}", view.draft))>{w.drafts.submit.back}</a></p>
            </div>
            <section class="late">{typed(&view.typed, w)}</section>
        }
    })
}
