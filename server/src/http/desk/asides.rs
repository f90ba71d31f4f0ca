//! Texts of a draft that were kept aside: one of them, whole, for whoever may read the draft.

use super::{
    Signed, answer,
    drafts::{Names, at, zone},
    typing::all_typed,
};
use crate::{
    drafts::DraftsError,
    http::{App, trouble::Trouble},
};
use app::{
    pages,
    view::desk::{AsideView, Desk},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use std::sync::Arc;

pub(super) async fn aside(State(app): State<Arc<App>>, Path((draft, id)): Path<(String, String)>, signed: Signed) -> Response {
    let view = async {
        let (aside, written) = app.drafts.aside(&signed.account, &draft, &id).await?;
        Ok::<_, DraftsError>(AsideView {
            by: Names::new(&app).of(&aside.kept_by).await?,
            kept: at(&zone(&app, signed.lang), aside.kept),
            typed: all_typed(&written, signed.lang),
            draft: draft.clone(),
        })
    };
    let view = view.await.map_err(Trouble::from);
    let path = format!("/desk/drafts/{draft}/asides/{id}");
    answer(&app, &signed, &path, view.map(|view| move |desk: &Desk<'_>| pages::desk::aside(desk, &view)))
}
