//! `POST /submit`: signed statements from agencies that seal for themselves, one a line, and where each came to stand.
//!
//! No password: a statement that no registered key signed is refused, whoever brings it.

pub(super) mod said;

use self::said::{Line as Fault, Said};
use super::{App, Refused, bodies::Room};
use crate::{
    sequencer::{Checked, SubmitError},
    store::NewContent,
};
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::part::{Commitment, parse_salt};
use serde::Deserialize;
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Most bytes of one request.
const LARGEST: usize = 32 << 20;
/// Bytes of all requests that are being read or worked on, and requests worked on at once: each may hold several times its bytes.
const ROOM: usize = 4 * LARGEST;
const AT_ONCE: usize = 4;
/// Lines that one task verifies.
const CHUNK: usize = 32;
/// How long a statement waits for room in the queue.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn router() -> Router<Arc<App>> {
    let (room, places) = (Room::of(ROOM), Arc::new(Semaphore::new(AT_ONCE)));
    let handler = move |app: State<Arc<App>>, request: Request| take(app, room.clone(), places.clone(), request);
    Router::new().route("/submit", post(handler))
}

/// A statement and those of its parts that the log does not have yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    note: Cow<'a, str>,
    #[serde(default, borrow)]
    parts: Vec<Given<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given<'a> {
    /// 32 hexadecimal digits.
    #[serde(borrow)]
    salt: Cow<'a, str>,
    /// Base64.
    #[serde(borrow)]
    bytes: Cow<'a, str>,
}

/// The bytes before a place: whoever sends slowly keeps nobody else from one.
async fn take(State(app): State<Arc<App>>, room: Room, places: Arc<Semaphore>, request: Request) -> Result<Response, Refused> {
    let body = room.whole(request, LARGEST).await?;
    let Ok(_place) = places.try_acquire_owned() else { return Err(Refused::Busy) };
    submit(app, body.bytes.clone(), None).await
}

/// Takes lines; with an agency named, only what its own key signed, and each id for one statement alone.
pub(super) async fn submit(app: Arc<App>, body: Bytes, agency: Option<Arc<str>>) -> Result<Response, Refused> {
    let lines: Vec<_> = lines(&body).collect();
    // Signatures are verified on all cores, and places are taken in the order of the lines.
    let checking: Vec<_> = lines
        .chunks(CHUNK)
        .map(|chunk| {
            let (chunk, submitter, agency) = (chunk.to_vec(), app.node.submitter.clone(), agency.clone());
            tokio::spawn(async move { chunk.iter().map(|line| check(&submitter, line, agency.as_deref())).collect::<Vec<_>>() })
        })
        .collect();
    let mut waiting = Vec::with_capacity(lines.len());
    let mut full = false;
    for (checking, chunk) in checking.into_iter().zip(lines.chunks(CHUNK)) {
        // A panic is this program's fault and has been logged. These lines were not taken; others may have been.
        let checked = checking.await.unwrap_or_else(|_| chunk.iter().map(|_| Err(SubmitError::Stopped.into())).collect());
        for checked in checked {
            waiting.push(match checked {
                Err(refused) => Err(refused),
                Ok(_) if full => Err(SubmitError::Busy.into()),
                Ok(checked) => app.node.submitter.offer(checked, PATIENCE).await.map_err(|error| {
                    full |= matches!(error, SubmitError::Busy);
                    error.into()
                }),
            });
        }
    }
    let mut answer = Vec::with_capacity(waiting.len() * 96);
    let mut busy = !waiting.is_empty();
    for (waiting, line) in waiting.into_iter().zip(&lines) {
        let mut said = match waiting {
            Ok(waiting) => waiting.await.unwrap_or(Err(SubmitError::Stopped)).into(),
            Err(said) => said,
        };
        if let (Some(_), Said::Logged { index, repeated: true, .. }) = (&agency, &said)
            && !is_logged(&app, *index, line).await?
        {
            said = Fault::Differs.into();
        }
        busy &= matches!(said, Said::Refused { retry: true, .. });
        serde_json::to_writer(&mut answer, &said).map_err(|_| Refused::Busy)?;
        answer.push(b'\n');
    }
    if busy {
        return Err(Refused::Busy);
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Lines that hold something, sharing the request's bytes.
fn lines(body: &Bytes) -> impl Iterator<Item = Bytes> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.map(|line| body.slice_ref(line))
}

/// Whether a repeated statement says what the logged one says.
async fn is_logged(app: &App, index: u64, line: &[u8]) -> Result<bool, Refused> {
    let Some(bytes) = app.node.store.entry(index).await? else { return Ok(false) };
    let Ok(line) = serde_json::from_slice::<Line<'_>>(line) else { return Ok(false) };
    let Ok(entry) = chain::entry::Entry::parse(&bytes) else { return Ok(false) };
    let text = |note: &[u8]| chain::note::Note::parse(note).ok().map(|note| note.text.to_owned());
    Ok(text(entry.note.as_bytes()) == text(line.note.as_bytes()))
}

fn check(submitter: &crate::sequencer::Submitter, line: &[u8], agency: Option<&str>) -> Result<Checked, Said> {
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| Fault::Misread(error.to_string()))?;
    let parts = line.parts.iter().map(|part| {
        let salt = parse_salt(&part.salt).ok_or(Fault::Salt)?;
        let bytes = STANDARD.decode(part.bytes.as_bytes()).map_err(|_| Fault::Base64)?;
        // Its type is what the statement says.
        let (commitment, media) = (Commitment::to(&salt, &bytes), String::new());
        Ok(NewContent { commitment, media, size: bytes.len() as u64, salt, bytes: Some(bytes) })
    });
    let parts = parts.collect::<Result<Vec<_>, Fault>>()?;
    let checked = submitter.check(line.note.into_owned(), parts).map_err(Said::from)?;
    match agency {
        Some(agency) if !checked.is_by(agency) => Err(Fault::NotYours.into()),
        _ => Ok(checked),
    }
}
