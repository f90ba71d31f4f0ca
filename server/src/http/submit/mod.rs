//! `POST /submit`: signed statements from agencies that seal for themselves, one a line, and where each came to stand.
//!
//! No password: a statement that no registered key signed is refused, whoever brings it.

mod asked;
mod foretold;
pub(super) mod persons;
pub(super) mod said;

pub(super) use asked::Asked;

use self::said::{Line as Fault, Said};
use super::{App, Refused, bodies::Room};
use crate::{
    sequencer::{Checked, SubmitError, Submitter},
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
use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
    time::Instant,
};

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
    let (room, places) = (Room::of(ROOM), Places::default());
    let handler = move |app: State<Arc<App>>, request: Request| take(app, room.clone(), places.clone(), request);
    Router::new().route("/submit", post(handler))
}

/// Places for requests that are worked on, and one for each agency whose lines are looked through first: that takes longer, and keeps no
/// place from what is only to be logged, nor from what another agency has looked through. Cloning shares them.
#[derive(Clone)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    looking: Arc<Mutex<HashSet<String>>>,
}

/// Given back when it is dropped.
pub(super) struct Place {
    _of_all: Option<OwnedSemaphorePermit>,
    _looking: Option<Looking>,
}

/// Somebody whose lines are looked through.
struct Looking {
    whose: String,
    all: Arc<Mutex<HashSet<String>>>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.whose);
    }
}

impl Default for Places {
    fn default() -> Places {
        Places { all: Arc::new(Semaphore::new(AT_ONCE)), looking: Arc::default() }
    }
}

impl Places {
    /// `looks`: whose lines are looked through, where they are. None: all are taken, or that one is.
    pub(super) fn take(&self, looks: Option<&str>) -> Option<Place> {
        let Some(whose) = looks else {
            return Some(Place { _of_all: Some(self.all.clone().try_acquire_owned().ok()?), _looking: None });
        };
        if !self.looking.lock().unwrap_or_else(PoisonError::into_inner).insert(whose.to_owned()) {
            return None;
        }
        Some(Place { _of_all: None, _looking: Some(Looking { whose: whose.to_owned(), all: self.looking.clone() }) })
    }
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
async fn take(State(app): State<Arc<App>>, room: Room, places: Places, request: Request) -> Result<Response, Refused> {
    let asked = Asked::read(request.uri()).map_err(|_| Refused::BadRequest("asked for here are check=1 and personal=refuse alone"))?;
    let body = room.whole(request, LARGEST).await?;
    // Those without a token have one place together.
    let Some(_place) = places.take(asked.looks().then_some("")) else { return Err(Refused::Busy) };
    submit(&app, &body.bytes, &asked).await
}

/// Takes lines, or says what would become of them, as they are asked to be taken.
pub(super) async fn submit(app: &App, body: &Bytes, asked: &Asked) -> Result<Response, Refused> {
    let lines: Vec<_> = lines(body).collect();
    let said = if asked.check { foretold::lines(app, &lines, asked).await } else { taken(app, &lines, asked).await? };
    if !said.is_empty() && said.iter().all(|said| matches!(said, Said::Refused { retry: true, .. })) {
        return Err(Refused::Busy);
    }
    let mut answer = Vec::with_capacity(said.len() * 96);
    for said in &said {
        serde_json::to_writer(&mut answer, said).map_err(|_| Refused::Busy)?;
        answer.push(b'\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Offers lines in their order, and waits for what becomes of each.
async fn taken(app: &App, lines: &[Bytes], asked: &Asked) -> Result<Vec<Said>, Refused> {
    let until = Instant::now() + persons::PATIENCE;
    let mut waiting = Vec::with_capacity(lines.len());
    let mut full = false;
    for (checking, chunk) in checking(app, lines, asked).into_iter().zip(lines.chunks(CHUNK)) {
        for checked in verified(checking, chunk.len()).await {
            let told = match &checked {
                Ok(checked) if asked.strict && !full => persons::refuse(app, checked, until).await,
                _ => Ok(None),
            };
            waiting.push(match (checked, told) {
                (Err(refused), _) | (_, Err(refused)) => Err(refused),
                (Ok(_), _) if full => Err(SubmitError::Busy.into()),
                (Ok(checked), Ok(told)) => match app.node.submitter.offer(checked, PATIENCE).await {
                    Ok(waiting) => Ok((waiting, told)),
                    Err(error) => {
                        full |= matches!(error, SubmitError::Busy);
                        Err(error.into())
                    }
                },
            });
        }
    }
    let mut said = Vec::with_capacity(lines.len());
    for (waiting, line) in waiting.into_iter().zip(lines) {
        said.push(match waiting {
            Ok((waiting, told)) => {
                let mut became: Said = waiting.await.unwrap_or(Err(SubmitError::Stopped)).into();
                if let (Some(_), Said::Logged { index, repeated: true, .. }) = (&asked.agency, &became)
                    && !is_logged(app, *index, line).await?
                {
                    became = Fault::Differs.into();
                }
                became.telling(told)
            }
            Err(refused) => refused,
        });
    }
    Ok(said)
}

/// A chunk of lines that is being verified.
type Checking = JoinHandle<Vec<Result<Checked, Said>>>;

/// Signatures are verified on all cores, a chunk at a time in each, and taken in the order of the lines.
fn checking(app: &App, lines: &[Bytes], asked: &Asked) -> Vec<Checking> {
    let check_all = |chunk: &[Bytes]| {
        let (chunk, submitter, agency) = (chunk.to_vec(), app.node.submitter.clone(), asked.agency.clone());
        tokio::spawn(async move { chunk.iter().map(|line| check(&submitter, line, agency.as_deref())).collect::<Vec<_>>() })
    };
    lines.chunks(CHUNK).map(check_all).collect()
}

async fn verified(checking: Checking, lines: usize) -> Vec<Result<Checked, Said>> {
    // A panic is this program's fault and has been logged. These lines were not taken; others may have been.
    checking.await.unwrap_or_else(|_| (0..lines).map(|_| Err(SubmitError::Stopped.into())).collect())
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

fn check(submitter: &Submitter, line: &[u8], agency: Option<&str>) -> Result<Checked, Said> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_lines_looked_through_keeps_no_other_agency_from_it_and_nobody_from_what_is_only_logged() {
        let places = Places::default();
        let finance = places.take(Some("finance")).unwrap();
        assert!(places.take(Some("finance")).is_none(), "one at a time");
        let others = ["health", "weather", "parks", ""].map(|whose| places.take(Some(whose)).unwrap());
        let logged: Vec<_> = (0..AT_ONCE).map(|_| places.take(None).unwrap()).collect();
        assert!(places.take(None).is_none(), "no more than there are");
        drop(finance);
        assert!(places.take(Some("finance")).is_some() && places.take(Some("health")).is_none());
        drop((others, logged));
        assert!(places.take(None).is_some() && places.take(Some("health")).is_some());
    }
}
