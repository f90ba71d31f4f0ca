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

/// What no browser runs.
const FILE: &str = "application/octet-stream";

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
    let (media, disposition) = match (salted, SHOWN.contains(&media.as_str())) {
        (true, _) => ("text/plain; charset=utf-8".to_owned(), "inline"),
        (false, true) if media.starts_with("text/") => (format!("{media}; charset=utf-8"), "inline"),
        (false, true) => (media, "inline"),
        // What a browser would run is sent as what it cannot run.
        (false, false) if ["text/", "html", "script", "xml"].iter().any(|running| media.contains(running)) => {
            (FILE.to_owned(), "attachment")
        }
        (false, false) => (media, "attachment"),
    };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes());
    let mut response = match (known, salted) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, true) => format!("{}\n", format_salt(&salt)).into_response(),
        (false, false) => bytes.into_response(),
    };
    // Also where a browser is told that it has the bytes: what is said then replaces what it had been told with them.
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(FILE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(header::CONTENT_TYPE, value(&media));
    headers.insert(header::ETAG, value(&etag));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition));
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
