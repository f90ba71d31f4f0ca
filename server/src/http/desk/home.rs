//! The desk's first page.

use super::{
    Signed, answer,
    drafts::{case_row, zone},
    held, lists,
    registering::rows,
};
use crate::{
    http::{App, trouble::Trouble},
    staff::Role,
};
use app::{
    pages,
    view::desk::{Desk, HomeView},
};
use axum::{extract::State, response::Response};
use std::sync::Arc;

pub(super) async fn home(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let (zone, returned) = (zone(&app, lang), &signed.waiting.returned);
    let view = async {
        Ok::<_, Trouble>(HomeView {
            login: who.login.clone(),
            held: held(&app, &who.roles, lang),
            waiting: lists::theirs(&signed).into_iter().map(|frozen| case_row(&app, &zone, frozen, returned, lang)).collect(),
            registrations: rows(&app, &signed, &signed.waiting.registrations).await?,
            works: who.roles.iter().any(|(_, agency)| !agency.is_empty()),
            registers: who.roles.holds(Role::Registrar, ""),
        })
    };
    let view = view.await;
    answer(&app, &signed, "/desk", view.map(|view| move |desk: &Desk<'_>| pages::desk::home(desk, &view)))
}
