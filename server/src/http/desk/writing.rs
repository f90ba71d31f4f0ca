//! What the editor's script asks while somebody writes: to save, to see the text as it will be read, to know who else saved; and
//! files that come piece by piece. Each address is for those who write the draft; to others there is no such thing.

use super::{ByScript, Fields, drafts::Names, previewing, typing::written};
use crate::{
    drafts::{self, Came, DraftsError, File, Refusal, Saved, Stage, Upload},
    http::{App, trouble::Asked},
};
use app::{Lang, pages, view::Shell};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

type Handler = MethodRouter<Arc<App>>;

/// Where a piece begins, and how many bytes are here; and of how many.
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// The addresses that scripts ask, below `/desk/drafts`, in no language.
pub(super) fn asked() -> Vec<(&'static str, Handler)> {
    let form = || DefaultBodyLimit::max(super::drafts::LARGEST);
    let piece = DefaultBodyLimit::max(drafts::LARGEST_PIECE);
    vec![
        ("/desk/drafts/{id}/save", post(save).layer(form())),
        ("/desk/drafts/{id}/preview", post(preview).layer(form())),
        ("/desk/drafts/{id}/revision", get(revision)),
        ("/desk/drafts/{id}/uploads", get(uploads).post(begin)),
        ("/desk/drafts/{id}/uploads/{upload}", get(upload).patch(go_on).delete(give_up).layer(piece)),
    ]
}

/// Why it was not done: a name for the script, which has the sentences.
fn refused(error: &DraftsError) -> Response {
    let (status, code) = match error.refusal() {
        Some(Refusal::Nothing) => (StatusCode::NOT_FOUND, "nothing"),
        Some(Refusal::TooLong | Refusal::FileSize | Refusal::PieceSize) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        Some(refusal @ (Refusal::Offset(_) | Refusal::NotWriting)) => (StatusCode::CONFLICT, refusal.code()),
        Some(refusal) => (StatusCode::UNPROCESSABLE_ENTITY, refusal.code()),
        None => {
            tracing::error!(%error, "the drafts did not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "trouble")
        }
    };
    let said = Json(json!({ "refused": code }));
    match error.refusal() {
        Some(Refusal::Offset(came)) => (status, [(OFFSET, came.to_string())], said).into_response(),
        _ => (status, said).into_response(),
    }
}

fn answered(said: Result<Response, DraftsError>) -> Response {
    said.unwrap_or_else(|error| refused(&error))
}

async fn save(State(app): State<Arc<App>>, Path(id): Path<String>, ByScript(signed): ByScript, fields: Fields) -> Response {
    let revision = fields.one("revision").parse().unwrap_or_default();
    let said = async {
        Ok(match app.drafts.save_by_itself(&signed.account, &id, revision, &written(&fields)).await? {
            Saved::Revision(revision) => {
                // Whoever goes on typing is told that this much was not kept, which a form that is sent is refused for.
                let misread = super::editor::misnumbered(&fields);
                Json(json!({ "revision": revision, "saved": app.staff.now(), "misread": misread })).into_response()
            }
            Saved::Aside { newest, .. } => {
                let said = json!({
                    "refused": if newest.stage == Stage::Writing { "conflict" } else { "submitted" },
                    "by": Names::new(&app).of(&newest.saved_by).await?,
                    "saved": newest.saved,
                    "revision": newest.revision,
                });
                (StatusCode::CONFLICT, Json(said)).into_response()
            }
        })
    };
    answered(said.await)
}

/// In which language the page is that asks.
#[derive(Deserialize)]
struct Asking {
    #[serde(default)]
    lang: String,
}

/// Draws what is being typed, with what draws the published page.
async fn preview(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(Asking { lang }): Asked<Asking>,
    ByScript(signed): ByScript,
    fields: Fields,
) -> Response {
    let said = async {
        app.drafts.draft(&signed.account, &id).await?;
        let site = super::site(&app);
        let shell = Shell { site: &site, lang: Lang::from_code(&lang).unwrap_or(signed.lang), path: "/desk" };
        let view = previewing::preview(&written(&fields)).await;
        Ok(Json(json!({ "html": pages::desk::preview(&shell, &view) })).into_response())
    };
    answered(said.await)
}

/// Which revision stands, and whose it is.
async fn revision(State(app): State<Arc<App>>, Path(id): Path<String>, ByScript(signed): ByScript) -> Response {
    let said = async {
        let draft = app.drafts.draft(&signed.account, &id).await?;
        let by = Names::new(&app).of(&draft.saved_by).await?;
        let said = json!({ "revision": draft.revision, "by": by, "saved": draft.saved, "writing": draft.stage == Stage::Writing });
        Ok(Json(said).into_response())
    };
    answered(said.await)
}

fn told(upload: &Upload) -> serde_json::Value {
    json!({ "id": upload.id, "name": upload.name, "size": upload.size, "came": upload.came, "digest": upload.digest })
}

fn offset(came: i64, size: i64) -> [(HeaderName, String); 2] {
    [(OFFSET, came.to_string()), (LENGTH, size.to_string())]
}

async fn uploads(State(app): State<Arc<App>>, Path(id): Path<String>, ByScript(signed): ByScript) -> Response {
    let said = app.drafts.uploads(&signed.account, &id).await;
    answered(said.map(|uploads| Json(uploads.iter().map(told).collect::<Vec<_>>()).into_response()))
}

/// A file that somebody is about to send.
#[derive(Deserialize)]
struct Announced {
    name: String,
    size: i64,
    digest: String,
}

async fn begin(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    ByScript(signed): ByScript,
    announced: Result<Json<Announced>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let Ok(Json(Announced { name, size, digest })) = announced else { return refused(&Refusal::Digest.into()) };
    let said = app.drafts.begin_upload(&signed.account, &id, &name, size, &digest).await;
    answered(said.map(|upload| (StatusCode::CREATED, offset(0, upload.size), Json(told(&upload))).into_response()))
}

async fn upload(State(app): State<Arc<App>>, Path((id, upload)): Path<(String, String)>, ByScript(signed): ByScript) -> Response {
    let said = app.drafts.upload(&signed.account, &id, &upload).await;
    answered(said.map(|upload| (offset(upload.came, upload.size), Json(told(&upload))).into_response()))
}

fn file_told(file: &File) -> serde_json::Value {
    json!({ "id": file.id, "name": file.name, "media": file.media, "size": file.size })
}

async fn go_on(
    State(app): State<Arc<App>>,
    Path((id, upload)): Path<(String, String)>,
    ByScript(signed): ByScript,
    headers: HeaderMap,
    bytes: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => return refused(&Refusal::PieceSize.into()),
        // It broke off on its way: nothing of it counts, and it is sent again.
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, Json(json!({ "refused": "cut" }))).into_response(),
    };
    let at = headers.get(OFFSET).and_then(|at| at.to_str().ok()).and_then(|at| at.parse().ok()).unwrap_or(-1);
    answered(app.drafts.go_on(&signed.account, &id, &upload, at, bytes.to_vec()).await.map(|came| match came {
        Came::Part(came) => (StatusCode::NO_CONTENT, [(OFFSET, came.to_string())]).into_response(),
        Came::Whole(file) => (StatusCode::OK, offset(file.size, file.size), Json(json!({ "file": file_told(&file) }))).into_response(),
    }))
}

async fn give_up(State(app): State<Arc<App>>, Path((id, upload)): Path<(String, String)>, ByScript(signed): ByScript) -> Response {
    answered(app.drafts.give_up(&signed.account, &id, &upload).await.map(|()| StatusCode::NO_CONTENT.into_response()))
}
