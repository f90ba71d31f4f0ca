//! Everything that was ever decided in a case, from the first.

use super::super::form::token;
use super::super::frame::minute;
use super::case::{called, word};
use crate::view::desk::{CaseView, Desk};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub(super) fn history(view: &CaseView, desk: &Desk<'_>, w: &'static DeskWords) -> Option<impl IntoView + use<>> {
    let c = &w.drafts.case;
    (!view.history.is_empty()).then(|| {
        let rows = view.history.iter().map(|one| {
            let entry = one.index.map(|index| view! { <a href=desk.at(&format!("/entries/{index}"))>{(w.drafts.entry)(index)}</a> });
            let void = (!one.counts).then(|| view! { <p class="small gone">{c.counts_not}</p> });
            // Also of one that counts no more: the public may read why all the same.
            let opened = one.opened.then(|| view! { <p class="small">{c.reason_opened}</p> });
            let closing = one.closing.as_ref().map(|at| {
                view! { <form method="post" action=desk.at(at)>{token(desk)}<button class="quiet">{c.reason_close}</button></form> }
            });
            view! {
                <li>
                    <strong>{called(&one.code, w.lang)}": "{word(&one.decision, w.lang)}</strong>" "{entry}
                    <p class="small"><bdi>{one.post.clone()}</bdi>" · "<bdi>{one.by.clone()}</bdi>" · "{minute(one.when, w.lang)}</p>
                    {void}
                    {opened}
                    {closing}
                </li>
            }
        });
        view! { <section><h2>{c.history}</h2><ol class="work">{rows.collect_view()}</ol></section> }
    })
}
