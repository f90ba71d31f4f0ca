//! The desk's first page.

use super::drafts::cases;
use super::frame::{Page, document, held};
use super::registrations::waiting_rows;
use crate::view::desk::{Desk, HomeView, Room};
use leptos::prelude::*;

/// How many things are named here; the rest stands behind a link.
const FEW: usize = 10;

pub fn home(desk: &Desk<'_>, view: &HomeView) -> String {
    let title = crate::words::desk::of(desk.lang).home.title;
    document(desk, Page::new(Room::Home, "home", title), |w| {
        let none = view.held.is_empty().then(|| view! { <p class="quiet">{w.home.none}</p> });
        let all = (view.waiting.len() > FEW).then(|| {
            view! { <p><a href=desk.at("/desk/drafts")>{(w.home.all_waiting)(view.waiting.len())}</a></p> }
        });
        let few = &view.waiting[..view.waiting.len().min(FEW)];
        let waiting = view.works.then(|| {
            let rows = match few.is_empty() {
                true => view! { <p class="quiet">{w.drafts.waiting_none}</p> }.into_any(),
                false => cases(few, desk, w).into_any(),
            };
            view! { <section class="wide first"><h2>{w.drafts.waiting}</h2>{rows}{all}</section> }
        });
        let registrations = view.registers.then(|| {
            let few = &view.registrations[..view.registrations.len().min(FEW)];
            let rows = match few.is_empty() {
                true => view! { <p class="quiet">{w.drafts.waiting_none}</p> }.into_any(),
                false => waiting_rows(desk, few, w).into_any(),
            };
            let all = (view.registrations.len() > FEW).then(|| {
                view! { <p><a href=desk.at("/desk/registrations")>{(w.home.all_waiting)(view.registrations.len())}</a></p> }
            });
            view! { <section class="wide first"><h2>{w.home.registrations}</h2>{rows}{all}</section> }
        });
        view! {
            <div class="lead">
                <h1>{w.home.title}</h1>
                <p>{(w.home.lead)(&view.login)}</p>
            </div>
            {waiting}
            {registrations}
            <section>
                <h2>{w.home.roles}</h2>
                {none}
                {held(&view.held, w)}
            </section>
        }
    })
}
