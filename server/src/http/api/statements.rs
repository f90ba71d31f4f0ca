//! `/api/v1/statements`: statements that the agency's own key signed, as `/submit` takes them, each answered with what in it belongs to
//! persons: nobody at the desk has looked at it before. Where a program asks for it, it is told or refused before anything is logged.

use super::{Answer, Bearer, Shared, answers::Fault};
use crate::{
    drafts::{DraftsError, Refusal},
    http::{
        App, Refused,
        submit::{self, Asked, persons},
    },
    staff::{Account, Scope},
};
use axum::{
    Extension,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use chain::statement::Statement;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::{borrow::Cow, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Statements of one request that the journal names.
const NAMED: usize = 50;
/// How long the answer waits, once all are taken, for what is said of persons in them.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn take(State(app): State<Arc<App>>, bearer: Bearer, Extension(shared): Extension<Shared>, request: Request) -> Answer {
    let who = bearer.acting(Scope::Statements)?;
    let asked = Asked::read(request.uri()).map_err(Fault::Field)?.of(&bearer.0.agency);
    let (body, place) = shared.whole(request, asked.looks().then_some(bearer.0.agency.as_str())).await?;
    if asked.check {
        // Nothing is handed in, and nothing of the desk is read: the journal has nothing to say of it. Where nobody waits any more, no
        // more is looked through.
        return submit::submit(&app, &body.bytes, &asked).await.map_err(fault);
    }
    // By itself: what was taken is written down also where whoever sent it has hung up meanwhile.
    let handing_in = tokio::spawn(async move {
        let _place = place;
        hand_in(&app, &who, &bearer.0.agency, &asked, &body.bytes).await
    });
    // A panic is this program's fault and has been logged.
    handing_in.await.unwrap_or(Err(Fault::Trouble))
}

/// Why a request was answered as a whole, and no line of it.
fn fault(refused: Refused) -> Fault {
    match refused {
        Refused::Busy => Fault::Refused(Refusal::Busy),
        refused => {
            tracing::error!(?refused, "statements could not be answered");
            Fault::Trouble
        }
    }
}

/// Has lines taken, and written down what became of them.
async fn hand_in(app: &App, who: &Account, agency: &str, asked: &Asked, body: &Bytes) -> Answer {
    let done = match submit::submit(app, body, asked).await {
        Ok(response) => {
            let (parts, said) = response.into_parts();
            to_bytes(said, usize::MAX).await.map(|said| (parts, said)).map_err(|error| error.to_string())
        }
        // Nothing was taken.
        Err(Refused::Busy) => return Err(fault(Refused::Busy)),
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
        Ok((parts, said)) => Ok(Response::from_parts(parts, looked_through(app, body, &said).await.into())),
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
#[derive(Deserialize, Default)]
struct Became {
    index: Option<u64>,
    /// It was looked through before.
    personal: Option<IgnoredAny>,
}

impl Became {
    fn of(said: &[u8]) -> Became {
        serde_json::from_slice(said).unwrap_or_default()
    }

    fn is_logged(&self) -> bool {
        self.index.is_some()
    }
}

/// How many lines were taken and refused, and the ids of the first that were taken. None: there was none.
fn handed_in(body: &[u8], said: &[u8]) -> Option<Value> {
    let (mut taken, mut refused, mut ids) = (0, 0, Vec::new());
    for (line, said) in answered(body, said) {
        if !Became::of(said).is_logged() {
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
async fn looked_through(app: &App, body: &Bytes, said: &[u8]) -> Vec<u8> {
    let (until, mut told) = (Instant::now() + PATIENCE, Vec::with_capacity(said.len()));
    for (line, said) in answered(body, said) {
        let became = Became::of(said);
        let after = became.is_logged() && became.personal.is_none();
        let persons = if after { persons::afterwards(app, body.slice_ref(line), until).await } else { None };
        match (persons, serde_json::from_slice::<Value>(said)) {
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
