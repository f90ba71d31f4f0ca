//! Files of a draft as the editor's forms bring them, and take them out again.

use super::{Posted, Signed, drafts::failed, see};
use crate::{
    drafts::{DraftsError, Refusal},
    http::{App, trouble::At},
};
use app::{pages, view::desk::DeskProblem};
use axum::{
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::Arc;

pub(super) async fn attach(State(app): State<Arc<App>>, signed: Signed, At(id): At, request: Request) -> Response {
    let lang = signed.lang;
    let stale = || super::problem(&app, Some(&signed), lang, StatusCode::FORBIDDEN, DeskProblem::Stale);
    let full = |why: &str| see(lang, &format!("/desk/drafts/{id}?full={why}#file"));
    let Ok(mut form) = Multipart::from_request(request, &app).await else { return stale() };
    // The form's own token first: nothing of a file is read for another site.
    match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("token") => match field.text().await {
            Ok(token) if signed.token.is_in(&token) => {}
            _ => return stale(),
        },
        _ => return stale(),
    }
    let field = match form.next_field().await {
        Ok(Some(field)) if field.name() == Some("file") => field,
        _ => return full("size"),
    };
    let name = field.file_name().unwrap_or_default().to_owned();
    // Also where it is longer than this address takes.
    let Ok(bytes) = field.bytes().await else { return full("size") };
    // Nothing more is waited for: from here on the answer has its time (see `trouble`).
    drop(form);
    match app.drafts.attach(&signed.account, &id, &name, bytes.to_vec()).await {
        Ok(_) => see(lang, &format!("/desk/drafts/{id}?saved=1#file")),
        Err(DraftsError::Refused(Refusal::FileSize)) => full("size"),
        Err(DraftsError::Refused(Refusal::TooManyFiles)) => full("many"),
        Err(DraftsError::Refused(Refusal::NoRoom)) => full("room"),
        Err(error) => failed(&app, lang, error),
    }
}

pub(super) async fn detach(
    State(app): State<Arc<App>>,
    Path((id, file)): Path<(String, String)>,
    Posted { signed, .. }: Posted,
) -> Response {
    match app.drafts.detach(&signed.account, &id, &file).await {
        Ok(()) => see(signed.lang, &format!("/desk/drafts/{id}?saved=1#file")),
        Err(error) => failed(&app, signed.lang, error),
    }
}

pub(super) async fn file(State(app): State<Arc<App>>, Path((id, file)): Path<(String, String)>, signed: Signed) -> Response {
    let found = async {
        let found = app.drafts.file(&signed.account, &id, &file).await?;
        app.staff.journal().note(&signed.account.id, "downloaded", &id, &serde_json::json!({ "file": file })).await?;
        Ok::<_, DraftsError>(found)
    };
    match found.await {
        Ok((file, bytes)) => download(&file.name, bytes),
        Err(error) => failed(&app, signed.lang, error),
    }
}

/// Bytes that nobody has approved, or not yet: handed out to be kept, never to be run in this site's name.
pub(super) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", pages::text::query(name).replace('+', "%20"));
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    (headers, bytes).into_response()
}
