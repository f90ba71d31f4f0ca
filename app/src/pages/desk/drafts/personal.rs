//! What looks like personal data, and what nobody looked through, before it is published.

use crate::view::desk::{PersonalView, SpotView};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

/// The caution above what is about to be published, where there is anything to say.
pub(super) fn personal(view: &PersonalView, title: &'static str, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let s = &w.drafts.submit;
    (!view.is_empty()).then(|| {
        let found = found(view, w).map(|lines| view! { <h2>{title}</h2><p>{s.personal_help}</p>{lines} });
        let unread = unread(view, w).map(|lines| view! { <h2>{s.unread}</h2><p>{s.unread_help}</p>{lines} });
        view! { <div class="caution" role="note">{found}{unread}</div> }
    })
}

/// Numbers that belong to persons, each with where it stands.
pub(super) fn found(view: &PersonalView, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let s = &w.drafts.submit;
    let lines: Vec<_> = view
        .rows
        .iter()
        .map(|row| {
            // The text itself has a name only in the catalogue.
            let part = row.part.as_deref().map(|part| if part == "body.md" { w.drafts.editor.text } else { part });
            let at = match (&row.spot, part) {
                (SpotView::Field(field), None) => (w.drafts.editor.field)(field).to_owned(),
                (spot, part) => (s.at)(part, spot),
            };
            view! {
                <li>
                    <bdi class="number">{row.number.clone()}</bdi>" "
                    <span>{(s.sort)(row.sort)}</span>" "
                    <span class="small">{at}</span>
                </li>
            }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> })
}

/// Files that nobody looked through, each with why.
pub(super) fn unread(view: &PersonalView, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let between = if w.lang == crate::Lang::Zh { "：" } else { ": " };
    let lines: Vec<_> = view
        .unread
        .iter()
        .map(|row| {
            let name = match row.name.as_str() {
                "body.md" => w.drafts.editor.text.to_owned(),
                // That has no name of a file.
                "catalogue" => (w.drafts.submit.at)(None, &SpotView::Within),
                name => name.to_owned(),
            };
            view! { <li><bdi>{name}</bdi>{between}{(w.drafts.submit.gap)(row.gap, &row.pages)}</li> }
        })
        .collect();
    (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> })
}
