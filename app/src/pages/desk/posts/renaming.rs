//! Other names, for an agency or one of its posts: a form that has the names of now, or those that were typed into it.

use super::of;
use crate::pages::desk::form::{Field, seen, token};
use crate::view::desk::{AgencyPostsView, BothNames, Desk, Faults};
use crate::words::desk::DeskWords;
use leptos::prelude::*;

pub(super) fn form(
    desk: &Desk<'_>,
    view: &AgencyPostsView,
    subject: &str,
    called: &BothNames,
    w: &'static DeskWords,
) -> impl IntoView + use<> {
    let p = &w.posts;
    // A page has many such forms. What was typed into one of them, and what was wrong with it, stands there alone.
    let typed = view.renaming.as_ref().filter(|typed| typed.subject == subject);
    let none = Faults::new();
    let (names, faults, warned) = match typed {
        Some(typed) => (&typed.names, &view.faults, typed.seen.as_str()),
        None => (called, &none, ""),
    };
    let ids = ["to_zh", "to_en"].map(|field| typed.is_none().then(|| format!("{field}-{subject}")));
    view! {
        <details open=typed.is_some()>
            <summary>{p.rename}</summary>
            <form class="form" method="post" action=desk.at(&format!("{}?rename", of(&view.agency.id)))>
                {token(desk)}
                {seen(warned)}
                <input type="hidden" name="subject" value=subject.to_owned()/>
                <p class="help">{p.rename_help}</p>
                {Field::text("to_zh", p.to_zh, &names.zh, "off").id(ids[0].as_deref()).draw(faults, w)}
                {Field::text("to_en", p.to_en, &names.en, "off").id(ids[1].as_deref()).draw(faults, w)}
                <button class="quiet">{p.rename_button}</button>
            </form>
        </details>
    }
}
