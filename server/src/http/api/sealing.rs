//! For the program of an agency that keeps its own seal: the text that is to be sealed, and the door for what it sealed.

use super::{
    Answer, Bearer, Body, Shared,
    answers::{soon, state_of},
    read,
};
use crate::{
    drafts::{DraftsError, FrozenState, Refusal},
    http::{App, saved},
    staff::Scope,
};
use axum::{
    Extension, Json,
    extract::{Path, State},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// What `gazette seal` reads, with the parts of the document: so whoever has it must be one who may read drafts, too.
pub(super) async fn to_seal(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Extension(shared): Extension<Shared>,
    Path(id): Path<String>,
) -> Answer {
    bearer.acting(Scope::Read)?;
    let who = bearer.acting(Scope::Publish)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    // Of as many bytes as a request may have.
    let _place = shared.places.take(None).ok_or(Refusal::Busy)?;
    let frozen = app.drafts.submitted_of(&draft).await?.ok_or(Refusal::NotOpen)?;
    let case = app.drafts.case(&who, &frozen.case).await?;
    let file = saved::to_seal(&app, &who, &case).await?;
    let details = json!({ "kind": "seal", "statement": frozen.id });
    app.staff.journal().note(&who.id, "downloaded", &case.id, &details).await.map_err(DraftsError::from)?;
    Ok(Json(file).into_response())
}

/// What `gazette seal` prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    note: String,
}

pub(super) async fn take(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>, Body(body): Body) -> Answer {
    let who = bearer.acting(Scope::Publish)?;
    // Whatever is sent: whose draft it is comes first.
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let sealed: Sealed = read::whole(&body, |_| None)?;
    let frozen = app.drafts.submitted_of(&draft).await?.ok_or(Refusal::NotOpen)?;
    // Asked again, it may be published already.
    if frozen.state != FrozenState::Published {
        app.drafts.take_sealed(&who, &frozen.case, &sealed.note).await?;
    }
    let draft = app.drafts.draft(&who, &draft.id).await?;
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}
