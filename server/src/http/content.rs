//! Contents: parts by their commitment, as bytes that never run in the portal's origin.

use super::{App, Refused};
use crate::store::StoredContent;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chain::{
    evidence::{Content, Contents, parse_indexes},
    hash::hex,
    part::{Commitment, format_salt},
    statement::{Core, Statement},
};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route("/content/{name}", get(one)).route("/content/of/{indexes}", get(catalogues))
}

/// Nothing in an uploaded file may run, be framed, or look anything up.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/// Media types a browser may show; the rest is offered as a file.
const SHOWN: [&str; 8] =
    ["text/plain", "text/markdown", "text/csv", "application/json", "application/pdf", "image/png", "image/jpeg", "image/svg+xml"];

/// `<commitment>` and `<commitment>.salt`.
async fn one(State(app): State<Arc<App>>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Refused> {
    let (commitment, salted) = match name.strip_suffix(".salt") {
        Some(commitment) => (commitment, true),
        None => (name.as_str(), false),
    };
    let commitment = Commitment::parse(commitment).ok_or(Refused::BadRequest("not a commitment"))?;
    let (media, salt, bytes) = match app.node.store.content(&commitment).await? {
        None | Some(StoredContent::Lost) => return Err(Refused::NotFound),
        Some(StoredContent::Removed { by }) => return Err(Refused::Gone(format!("redacted by entry {by}\n"))),
        Some(StoredContent::Present { media, salt, bytes }) => (media, salt, bytes),
    };
    let etag = format!("\"{}{}\"", hex(&commitment.0.0[..12]), if salted { "-salt" } else { "" });
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let body = if salted { format!("{}\n", format_salt(&salt)).into_bytes() } else { bytes };
    let shown = SHOWN.contains(&media.as_str());
    let media = match (salted, media.as_str()) {
        (true, _) => "text/plain; charset=utf-8".to_owned(),
        (_, media) if media.starts_with("text/") && !media.contains("html") => format!("{media}; charset=utf-8"),
        // What a browser would run is sent as what it cannot run.
        (_, media) if media.contains("html") || media.contains("script") || media.contains("xml") && media != "image/svg+xml" => {
            "application/octet-stream".to_owned()
        }
        (_, media) => media.to_owned(),
    };
    let mut response = ([(header::CACHE_CONTROL, "no-cache"), (header::CONTENT_SECURITY_POLICY, SANDBOX)], body).into_response();
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, value(&media));
    headers.insert(header::ETAG, value(&etag));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(if shown || salted { "inline" } else { "attachment" }));
    Ok(response)
}

/// The catalogues of some entries, in one answer: what a page of a list needs for C7.
async fn catalogues(State(app): State<Arc<App>>, Path(indexes): Path<String>) -> Result<Response, Refused> {
    let indexes = parse_indexes(&indexes).ok_or(Refused::BadRequest("not a rising list of at most 64 indexes"))?;
    let mut contents = Contents::new();
    for index in indexes {
        let Some(bytes) = app.node.store.entry(index).await? else { continue };
        let statement = chain::entry::Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        let Some(Core::Disclosure(core)) = statement.as_ref().map(|statement| &statement.core) else { continue };
        let Some(catalogue) = core.parts.iter().find(|part| part.role == "catalogue") else { continue };
        let content = match app.node.store.content(&catalogue.commitment).await? {
            Some(StoredContent::Present { salt, bytes, .. }) => {
                Content::Text { salt: format_salt(&salt), text: String::from_utf8_lossy(&bytes).into_owned() }
            }
            Some(StoredContent::Removed { by }) => Content::Redacted { by },
            Some(StoredContent::Lost) | None => Content::Missing,
        };
        contents.insert(catalogue.commitment.to_string(), content);
    }
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(contents)).into_response())
}
