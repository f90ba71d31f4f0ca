//! `/api/v1/statements`: statements that the agency's own key signed, as `/submit` takes them, each answered with what in it belongs to
//! persons: nobody at the desk has looked at it before.

use super::{
    Answer, Bearer, Shared,
    answers::{Fault, personal_of},
};
use crate::{
    drafts::{DraftsError, HandedPart, Refusal},
    http::{App, Refused, submit},
    staff::{Account, Scope},
};
use axum::{
    Extension,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chain::{
    catalogue::Catalogue,
    part::{Commitment, parse_salt},
    statement::{Core, Statement},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Statements of one request that the journal names.
const NAMED: usize = 50;
/// How long the answer waits, once all are taken, for what is said of persons in them.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn take(State(app): State<Arc<App>>, bearer: Bearer, Extension(shared): Extension<Shared>, request: Request) -> Answer {
    let who = bearer.acting(Scope::Statements)?;
    let (body, place) = shared.whole(request).await?;
    // By itself: what was taken is written down also where whoever sent it has hung up meanwhile.
    let handing_in = tokio::spawn(async move {
        let _place = place;
        hand_in(&app, &who, &bearer.0.agency, &body.bytes).await
    });
    // A panic is this program's fault and has been logged.
    handing_in.await.unwrap_or(Err(Fault::Trouble))
}

/// Has lines taken, and written down what became of them.
async fn hand_in(app: &Arc<App>, who: &Account, agency: &str, body: &Bytes) -> Answer {
    let done = match submit::submit(app.clone(), body.clone(), Some(agency.into())).await {
        Ok(response) => {
            let (parts, said) = response.into_parts();
            to_bytes(said, usize::MAX).await.map(|said| (parts, said)).map_err(|error| error.to_string())
        }
        // Nothing was taken.
        Err(Refused::Busy) => return Err(Fault::Refused(Refusal::Busy)),
        Err(refused) => Err(format!("{refused:?}")),
    };
    let details = match &done {
        Ok((_, said)) => handed_in(body, said),
        // Some may have been taken.
        Err(_) => Some(json!({ "why": "trouble" })),
    };
    if let Some(details) = details {
        app.staff.journal().note(&who.id, "statements-handed-in", agency, &details).await.map_err(DraftsError::from)?;
    }
    match done {
        Ok((parts, said)) => Ok(Response::from_parts(parts, looked_through(app, agency, body, &said).await.into())),
        Err(error) => {
            tracing::error!(error, "statements could not be answered");
            Err(Fault::Trouble)
        }
    }
}

/// The lines of a request, each with the answer to it.
fn answered<'a>(body: &'a [u8], said: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.zip(said.split(|byte| *byte == b'\n'))
}

/// A line of a request, without its parts.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    note: Cow<'a, str>,
}

/// The answer to one.
#[derive(Deserialize)]
struct Became {
    index: Option<u64>,
}

impl Became {
    fn is_logged(said: &[u8]) -> bool {
        serde_json::from_slice::<Became>(said).is_ok_and(|became| became.index.is_some())
    }
}

/// How many lines were taken and refused, and the ids of the first that were taken. None: there was none.
fn handed_in(body: &[u8], said: &[u8]) -> Option<Value> {
    let (mut taken, mut refused, mut ids) = (0, 0, Vec::new());
    for (line, said) in answered(body, said) {
        if !Became::is_logged(said) {
            refused += 1;
            continue;
        }
        taken += 1;
        if ids.len() < NAMED {
            ids.extend(statement_in(line));
        }
    }
    (taken + refused > 0).then(|| json!({ "taken": taken, "refused": refused, "statement": ids.join(" ") }))
}

/// The id of a line's statement.
fn statement_in(line: &[u8]) -> Option<String> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    let statement = Statement::parse(line.note.as_bytes()).ok()?;
    Some(statement.id)
}

/// The answers, each with what in the parts that came with its line belongs to persons, as far as that is found soon.
async fn looked_through(app: &App, agency: &str, body: &Bytes, said: &[u8]) -> Vec<u8> {
    let (until, mut told) = (Instant::now() + PATIENCE, Vec::with_capacity(said.len()));
    for (line, said) in answered(body, said) {
        let personal = if Became::is_logged(said) { personal_in(app, agency, body.slice_ref(line), until).await } else { None };
        match (personal, serde_json::from_slice::<Value>(said)) {
            (Some((personal, unread)), Ok(mut answer)) => {
                answer["personal"] = personal;
                answer["unread"] = unread;
                told.extend_from_slice(answer.to_string().as_bytes());
            }
            _ => told.extend_from_slice(said),
        }
        told.push(b'\n');
    }
    told
}

/// Nothing of a line without parts.
async fn personal_in(app: &App, agency: &str, line: Bytes, until: Instant) -> Option<(Value, Value)> {
    let parts = tokio::task::spawn_blocking(move || parts_of(&line)).await.ok().flatten()?;
    match app.drafts.personal_in_parts(agency, parts, until).await {
        Ok(looked) => Some(personal_of(&looked)),
        Err(error) => {
            tracing::warn!(%error, "a statement that was handed in could not be looked through");
            None
        }
    }
}

/// The same line with its parts.
#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow)]
    note: Cow<'a, str>,
    #[serde(default, borrow)]
    parts: Vec<Given<'a>>,
}

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    salt: Cow<'a, str>,
    /// Base64.
    #[serde(borrow)]
    bytes: Cow<'a, str>,
}

/// What came with a line of a document, as its statement and its catalogue call it.
fn parts_of(line: &[u8]) -> Option<Vec<HandedPart>> {
    let line: Whole<'_> = serde_json::from_slice(line).ok()?;
    let Ok(Statement { core: Core::Disclosure(core), .. }) = Statement::parse(line.note.as_bytes()) else { return None };
    let open = |given: &Given<'_>| {
        let (salt, bytes) = (parse_salt(&given.salt)?, STANDARD.decode(given.bytes.as_bytes()).ok()?);
        Some((Commitment::to(&salt, &bytes), bytes))
    };
    let mut given: Vec<_> = line.parts.iter().filter_map(open).collect();
    if given.is_empty() {
        return None;
    }
    let mut take = |commitment: &Commitment| {
        let at = given.iter().position(|(of, _)| of == commitment)?;
        Some(given.swap_remove(at).1)
    };
    let (mut names, mut parts) = (Vec::new(), Vec::new());
    for (place, part) in core.parts.iter().enumerate() {
        let Some(bytes) = take(&part.commitment) else { continue };
        if place == 0 {
            names = Catalogue::read(&bytes).map(|catalogue| catalogue.parts).unwrap_or_default();
        }
        let name = place.checked_sub(1).and_then(|place| names.get(place).cloned()).unwrap_or_default();
        parts.push(HandedPart { role: part.role.clone(), media: part.media.clone(), name, bytes });
    }
    Some(parts)
}
