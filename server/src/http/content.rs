//! Contents: parts by their commitment, as bytes that never run in the portal's origin.

use super::{App, Refused};
use crate::store::{Store, StoreError, StoredContent};
use app::{contract::unseen, pages::text::query};
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
    let name = if salted { None } else { app.node.store.name_of(&commitment).await?.as_deref().and_then(file_name) };
    let disposition = name.map_or_else(|| disposition.to_owned(), |name| format!("{disposition}; {name}"));
    // Also where a browser is told that it has the bytes: what is said then replaces what it had been told with them.
    let headers = response.headers_mut();
    let value_or = |text: &str, other| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(other));
    let value = |text: &str| value_or(text, FILE);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    headers.insert(header::CONTENT_TYPE, value(&media));
    headers.insert(header::ETAG, value(&etag));
    headers.insert(header::CONTENT_DISPOSITION, value_or(&disposition, "attachment"));
    Ok(response)
}

/// Longest name of a file, in characters.
const LONGEST_NAME: usize = 120;

/// The name that a part is kept under when it is downloaded (RFC 6266): in ASCII, and whole for browsers of today. Nothing in
/// it is a path, hides, or turns what stands beside it.
fn file_name(name: &str) -> Option<String> {
    let apart = |c: char| c.is_control() || unseen(c) || "/\\:*?\"<>|".contains(c);
    let name: String = name.chars().take(LONGEST_NAME).map(|c| if apart(c) { '_' } else { c }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let simple: String = name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    (!name.is_empty()).then(|| format!("filename=\"{simple}\"; filename*=UTF-8''{}", query(name)))
}

/// The catalogues of some entries, in one answer: what a page of a list needs for C7.
async fn catalogues(State(app): State<Arc<App>>, Path(indexes): Path<String>) -> Result<Response, Refused> {
    let indexes = parse_indexes(&indexes).ok_or(Refused::BadRequest("not a rising list of at most 64 indexes"))?;
    let contents = of(&app.node.store, &indexes).await?;
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(contents)).into_response())
}

/// The catalogues of some entries, as far as they are kept.
pub(super) async fn of(store: &Store, indexes: &[u64]) -> Result<Contents, StoreError> {
    let mut contents = Contents::new();
    for index in indexes {
        let Some(bytes) = store.entry(*index).await? else { continue };
        let statement = chain::entry::Entry::parse(&bytes).ok().and_then(|entry| Statement::parse(entry.note.as_bytes()).ok());
        let Some(Core::Disclosure(core)) = statement.as_ref().map(|statement| &statement.core) else { continue };
        let Some(catalogue) = core.parts.iter().find(|part| part.role == "catalogue") else { continue };
        let content = match store.content(&catalogue.commitment).await? {
            Some(StoredContent::Present { salt, bytes, .. }) => {
                Content::Text { salt: format_salt(&salt), text: String::from_utf8_lossy(&bytes).into_owned() }
            }
            Some(StoredContent::Removed { by }) => Content::Redacted { by },
            Some(StoredContent::Lost) | None => Content::Missing,
        };
        contents.insert(catalogue.commitment.to_string(), content);
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_its_catalogue_says_and_nothing_in_that_leads_elsewhere() {
        for (name, called) in [
            ("fees.csv", Some("filename=\"fees.csv\"; filename*=UTF-8''fees.csv")),
            ("收费 表.csv", Some("filename=\"__ _.csv\"; filename*=UTF-8''%E6%94%B6%E8%B4%B9%20%E8%A1%A8.csv")),
            ("../../etc/passwd", Some("filename=\"_.._etc_passwd\"; filename*=UTF-8''_.._etc_passwd")),
            ("a\"; x=\"b\r\nset-cookie: c", Some("filename=\"a_; x=_b__set-cookie_ c\"; filename*=UTF-8''a_%3B%20x%3D_b__set-cookie_%20c")),
            ("fdp\u{202e}exe", Some("filename=\"fdp_exe\"; filename*=UTF-8''fdp_exe")),
            (".. ", None),
            ("", None),
        ] {
            assert_eq!(file_name(name).as_deref(), called, "{name:?}");
            assert!(file_name(name).is_none_or(|name| HeaderValue::from_str(&name).is_ok()));
        }
        assert!(file_name(&"长".repeat(10_000)).is_some_and(|name| name.len() < 2_000));
    }
}
