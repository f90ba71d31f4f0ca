//! The desk's first page.

use super::frame::{Page, document, held};
use crate::view::desk::{Desk, HomeView, Room};
use leptos::prelude::*;

pub fn home(desk: &Desk<'_>, view: &HomeView) -> String {
    let title = crate::words::desk::of(desk.lang).home.title;
    document(desk, Page::new(Room::Home, "home", title), |w| {
        let none = view.held.is_empty().then(|| view! { <p class="quiet">{w.home.none}</p> });
        view! {
            <div class="lead">
                <h1>{w.home.title}</h1>
                <p>{(w.home.lead)(&view.login)}</p>
            </div>
            <section>
                <h2>{w.home.roles}</h2>
                {none}
                {held(&view.held, w)}
            </section>
        }
    })
}
