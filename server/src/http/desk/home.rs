//! The desk's first page.

use super::{
    Signed, answer,
    drafts::{case_row, zone},
    held,
};
use crate::http::{App, trouble::Trouble};
use app::{
    pages,
    view::desk::{Desk, HomeView},
};
use axum::{extract::State, response::Response};
use std::sync::Arc;

pub(super) async fn home(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let zone = zone(&app, lang);
    let view = app.drafts.waiting_for(who).await.map(|waiting| HomeView {
        login: who.login.clone(),
        held: held(&app, &who.roles, lang),
        waiting: waiting.iter().map(|case| case_row(&app, &zone, &case.frozen, lang)).collect(),
        works: who.roles.iter().any(|(_, agency)| !agency.is_empty()),
    });
    let view = view.map_err(Trouble::from);
    answer(&app, &signed, "/desk", view.map(|view| move |desk: &Desk<'_>| pages::desk::home(desk, &view)))
}
