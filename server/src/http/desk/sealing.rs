//! Sealing elsewhere: what an agency that keeps its own seal saves to be sealed, and the door for what it sealed. Links and forms alone,
//! which need no script.

use super::{
    Signed, again,
    attachments::download,
    cases::{case_view, drawn},
    drafts::failed,
    problem, see,
    signing::brought,
};
use crate::{
    drafts::{Case, Drafts, DraftsError, Refusal, Sealing},
    http::{App, saved, trouble::At},
    staff::Account,
};
use app::view::desk::{CaseView, DeskProblem, SealingView};
use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
    routing::{MethodRouter, get, post},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

type Handler = MethodRouter<Arc<App>>;

/// The addresses below `/desk/cases`, in each language.
pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![("/cases/{case}/to-seal", get(save)), ("/cases/{case}/sealed", post(hand_in))]
}

/// What the page of a case says of the seal, where its agency keeps that itself.
pub(super) fn view(app: &App, who: &Account, case: &Case) -> Result<Option<SealingView>, DraftsError> {
    Ok(match app.drafts.sealing(case)? {
        Sealing::Here => None,
        Sealing::Later => Some(SealingView::Later),
        Sealing::AtItsTime => Some(SealingView::AtItsTime),
        Sealing::Open(_) => Some(SealingView::Open { brings: Drafts::may_bring_sealed(who, &case.frozen.agency) }),
        Sealing::Sealed(_) => Some(SealingView::Sealed),
    })
}

/// What is to be sealed, as a file: what `gazette seal` reads.
async fn save(State(app): State<Arc<App>>, At(id): At, signed: Signed) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let file = async {
        let case = app.drafts.case(who, &id).await?;
        let file = saved::to_seal(&app, who, &case).await?;
        let details = json!({ "kind": "seal", "statement": case.frozen.id });
        app.staff.journal().note(&who.id, "downloaded", &id, &details).await?;
        Ok::<_, DraftsError>(file.to_string())
    };
    match file.await {
        Ok(file) => download("to-seal.json", file.into_bytes()),
        // It was published, or taken back, meanwhile, or is no more approved: the page says so.
        Err(DraftsError::Refused(Refusal::NotOpen | Refusal::NotToSeal | Refusal::Busy)) => see(lang, &format!("/desk/cases/{id}")),
        Err(error) => failed(&app, lang, error),
    }
}

/// What `gazette seal` prints.
#[derive(Deserialize)]
struct Sealed {
    note: String,
}

/// Takes it, as a file or pasted.
async fn hand_in(State(app): State<Arc<App>>, signed: Signed, At(id): At, request: Request) -> Response {
    let lang = signed.lang;
    let Some(text) = brought(&app, &signed, request).await else {
        return problem(&app, Some(&signed), lang, StatusCode::FORBIDDEN, DeskProblem::Stale);
    };
    // What cannot be read is no note, and is told so once it is known that whoever brings it may.
    let note = serde_json::from_str::<Sealed>(text.trim()).map(|sealed| sealed.note).unwrap_or_default();
    let refusal = match app.drafts.take_sealed(&signed.account, &id, &note).await {
        Ok(()) => return see(lang, &format!("/desk/cases/{id}")),
        Err(DraftsError::Refused(refusal)) if refusal != Refusal::Nothing => refusal,
        Err(error) => return failed(&app, lang, error),
    };
    match case_view(&app, &signed, &id, "").await {
        Ok(view) => again(drawn(&app, &signed, &id, Ok(CaseView { unsealed: Some(refusal.code()), ..view }))),
        Err(error) => failed(&app, lang, error),
    }
}
