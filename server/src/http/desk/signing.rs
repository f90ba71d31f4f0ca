//! Signing a step of a case: what must be known to sign one, for a browser's script or as a file for the command line, and the doors for
//! what was signed. A browser without scripts comes through both by links and forms.

use super::{
    ByScript, Signed, again,
    attachments::download,
    cases::{case_view, drawn, part},
    drafts::failed,
    problem, see,
};
use crate::{
    drafts::{Case, DraftsError, FrozenState, Given, Refusal, Standing, Step},
    http::{
        App, saved,
        trouble::{Asked, At},
    },
    staff::Account,
};
use app::view::desk::{CaseView, DeskProblem};
use axum::{
    Json,
    extract::{FromRequest, Multipart, Request, State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Handler = MethodRouter<Arc<App>>;

/// The addresses below `/desk/cases`, in each language.
pub(super) fn routes() -> Vec<(&'static str, Handler)> {
    vec![("/cases/{case}/sign", get(save)), ("/cases/{case}/steps", post(hand_in))]
}

/// Those that scripts ask, in none.
pub(super) fn asked() -> Vec<(&'static str, Handler)> {
    vec![
        ("/desk/cases/{case}/sign", get(to_sign)),
        ("/desk/cases/{case}/steps", post(take)),
        ("/desk/cases/{case}/parts/{part}", get(part)),
    ]
}

#[derive(Deserialize)]
struct SignQuery {
    #[serde(default)]
    code: String,
}

/// What must be known to sign a step: enough to check that what is shown is what is signed.
async fn ask(app: &App, who: &Account, id: &str, code: &str) -> Result<(Case, Value), DraftsError> {
    let case = app.drafts.case(who, id).await?;
    let Standing::Under { rule, .. } = &case.standing else { return Err(Refusal::NotOpen.into()) };
    // What is published is signed no more, and what opens it is the chain's alone.
    if case.frozen.state != FrozenState::Open {
        return Err(Refusal::NotOpen.into());
    }
    if case.steps.iter().any(|step| !step.stands()) {
        return Err(Refusal::Busy.into());
    }
    let able = app.drafts.able(who, &case).await?;
    let able = able.iter().filter(|able| code.is_empty() || able.code == code);
    let after = case.steps.last().map(Step::link).transpose()?.flatten().map(|link| link.to_string());
    let previous = case.steps.last().and_then(|step| Some(json!({ "index": step.index?, "leaf": step.leaf?.to_string() })));
    let mut parts = saved::parts(&case);
    for (part, frozen) in parts.iter_mut().zip(&case.parts) {
        part["address"] = json!(format!("/desk/cases/{id}/parts/{}", frozen.commitment));
    }
    let asked = json!({
        "origin": app.node.origin,
        "agency": case.frozen.agency,
        "case": case.id,
        "code": code,
        "genre": case.frozen.genre,
        "core_line": case.frozen.core_line,
        "rule": rule.to_string(),
        "previous": previous,
        "after": after,
        "able": able.map(|able| json!({ "code": able.code, "post": able.post, "decisions": able.decisions })).collect::<Vec<_>>(),
        "parts": parts,
    });
    Ok((case, asked))
}

async fn to_sign(
    State(app): State<Arc<App>>,
    At(id): At,
    Asked(SignQuery { code }): Asked<SignQuery>,
    ByScript(signed): ByScript,
) -> Response {
    match ask(&app, &signed.account, &id, &code).await {
        Ok((_, asked)) => Json(asked).into_response(),
        Err(error) => refused(error),
    }
}

/// The same as a file, with the parts in it: what `gazette post sign` reads. That looks at it; nothing of it is believed.
async fn save(State(app): State<Arc<App>>, At(id): At, Asked(SignQuery { code }): Asked<SignQuery>, signed: Signed) -> Response {
    let (who, lang) = (&signed.account, signed.lang);
    let file = async {
        let (case, asked) = ask(&app, who, &id, &code).await?;
        let asked = saved::with_bytes(&app, who, &case, asked).await?;
        app.staff.journal().note(&who.id, "downloaded", &id, &json!({ "kind": "step", "code": code })).await?;
        Ok::<_, DraftsError>(asked.to_string())
    };
    match file.await {
        Ok(file) => download("step.json", file.into_bytes()),
        // It was published, or taken back, meanwhile, or a step is on its way to the log: the page says so.
        Err(DraftsError::Refused(Refusal::NotOpen | Refusal::Busy)) => see(lang, &format!("/desk/cases/{id}")),
        Err(error) => failed(&app, lang, error),
    }
}

async fn take(State(app): State<Arc<App>>, At(id): At, ByScript(signed): ByScript, given: Result<Json<Given>, JsonRejection>) -> Response {
    let Ok(Json(given)) = given else { return refused(Refusal::NotAStep.into()) };
    match app.drafts.take(&signed.account, &id, &given).await {
        Ok(taken) => Json(json!({ "index": taken.index })).into_response(),
        Err(error) => refused(error),
    }
}

/// The same by a form: what `gazette post sign` printed, as a file or pasted.
async fn hand_in(State(app): State<Arc<App>>, signed: Signed, At(id): At, request: Request) -> Response {
    let lang = signed.lang;
    let Some(text) = brought(&app, &signed, request).await else {
        return problem(&app, Some(&signed), lang, StatusCode::FORBIDDEN, DeskProblem::Stale);
    };
    let taken = match serde_json::from_str::<Given>(text.trim()) {
        Ok(given) => app.drafts.take(&signed.account, &id, &given).await.map(drop),
        Err(_) => Err(Refusal::NotAStep.into()),
    };
    let refusal = match taken {
        Ok(()) => return see(lang, &format!("/desk/cases/{id}")),
        Err(DraftsError::Refused(refusal)) => refusal,
        Err(error) => return failed(&app, lang, error),
    };
    match case_view(&app, &signed, &id, "").await {
        Ok(view) => {
            let refused = Some((refusal.code(), refusal.to_string()));
            again(drawn(&app, &signed, &id, Ok(CaseView { refused, ..view })))
        }
        Err(error) => failed(&app, lang, error),
    }
}

/// The text in such a form: the file's if one was chosen, else what was pasted. None: it is no form of this session.
pub(super) async fn brought(app: &Arc<App>, signed: &Signed, request: Request) -> Option<String> {
    let mut form = Multipart::from_request(request, app).await.ok()?;
    // The form's own token first: nothing more is read for another site.
    let token = match form.next_field().await {
        Ok(token) => token?,
        // Longer than anything that is signed: nothing of it is read.
        Err(_) => return Some(String::new()),
    };
    if token.name() != Some("token") || !token.text().await.is_ok_and(|token| signed.token.is_in(&token)) {
        return None;
    }
    let mut text = String::new();
    while let Ok(Some(field)) = form.next_field().await {
        // What is too long, or no text, is nothing that was signed.
        let said = field.text().await.unwrap_or_default();
        if text.trim().is_empty() {
            text = said;
        }
    }
    Some(text)
}

/// Why a script was not answered: in words for whoever looks, by a name for the script, and whether signing again may help.
fn refused(error: DraftsError) -> Response {
    let (status, said) = match &error {
        DraftsError::Refused(Refusal::Nothing) => {
            (StatusCode::NOT_FOUND, json!({ "refused": error.to_string(), "code": "nothing", "retry": false }))
        }
        DraftsError::Refused(refusal) => {
            let status = if refusal.passes() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            (status, json!({ "refused": refusal.to_string(), "code": refusal.code(), "retry": refusal.passes() }))
        }
        error => {
            tracing::error!(%error, "a step could not be taken");
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "refused": "this did not work; try again", "code": "trouble", "retry": true }))
        }
    };
    (status, Json(said)).into_response()
}
