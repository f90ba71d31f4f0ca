//! The desk's first page.

use super::{Signed, answer, held};
use crate::http::{App, trouble::Trouble};
use app::{
    pages,
    view::desk::{Desk, HomeView},
};
use axum::{extract::State, response::Response};
use std::sync::Arc;

pub(super) async fn home(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let view = HomeView { login: signed.account.login.clone(), held: held(&app, &signed.account.roles, signed.lang) };
    answer(&app, &signed, "/desk", Ok::<_, Trouble>(|desk: &Desk<'_>| pages::desk::home(desk, &view)))
}
