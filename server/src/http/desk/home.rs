//! The desk's first page.

use super::{
    Signed, answer,
    drafts::{case_row, zone},
    held,
    registering::{registrar, rows, troubled},
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
    let zone = zone(&app, lang);
    let view = async {
        let waiting = app.drafts.waiting_for(who).await?;
        let registrations = registrar(&app).waiting_for(who).await.map_err(troubled)?;
        Ok::<_, Trouble>(HomeView {
            login: who.login.clone(),
            held: held(&app, &who.roles, lang),
            waiting: waiting.iter().map(|frozen| case_row(&app, &zone, frozen, lang)).collect(),
            registrations: rows(&app, &signed, &registrations).await?,
            works: who.roles.iter().any(|(_, agency)| !agency.is_empty()),
            registers: who.roles.holds(Role::Registrar, ""),
        })
    };
    let view = view.await;
    answer(&app, &signed, "/desk", view.map(|view| move |desk: &Desk<'_>| pages::desk::home(desk, &view)))
}
