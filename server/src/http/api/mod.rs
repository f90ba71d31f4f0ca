//! `/api/v1/…`: what programs of an agency ask for, each with a token made at the desk. No cookie opens anything here.

mod answers;
mod read;
mod sealing;
mod statements;

pub(super) use self::answers::personal_of;

use self::{
    answers::{Fault, soon, state_of},
    read::{Due, Wire, elements},
};
use super::{
    App,
    bodies::{Room, Whole},
    submit::{Place, Places},
};
use crate::{
    drafts::{DraftsError, Kind, Refusal, Saved, Stage, Written},
    staff::{Account, Machine, Scope, Turned},
};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{any, delete, get, post, put},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Most bytes of one request, items of one request, and bytes of all requests with many items.
const LARGEST: usize = 32 << 20;
const MOST_ITEMS: usize = 1_000;
const ROOM: usize = 4 * LARGEST;
/// Requests a second that one token may go on making, and at once.
const RATE: NonZeroU32 = NonZeroU32::new(20).unwrap();
const BURST: NonZeroU32 = NonZeroU32::new(200).unwrap();
/// Tokens remembered before those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;
/// How long an answer about many documents waits for what is said of persons in all of them.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the addresses here share.
#[derive(Clone)]
struct Shared {
    rates: Arc<DefaultKeyedRateLimiter<String>>,
    room: Room,
    places: Places,
}

impl Shared {
    /// The bytes before a place: a program that sends slowly keeps no other from one. `looks`: of which agency it is, where what is in it is
    /// looked through first.
    async fn whole(&self, request: Request, looks: Option<&str>) -> Result<(Whole, Place), Fault> {
        let body = self.room.whole(request, LARGEST).await?;
        let place = self.places.take(looks).ok_or(Fault::Refused(Refusal::Busy))?;
        Ok((body, place))
    }
}

pub(super) fn router() -> Router<Arc<App>> {
    let rates = Arc::new(RateLimiter::hashmap(Quota::per_second(RATE).allow_burst(BURST)));
    Router::new()
        .route("/api/v1/drafts", get(list))
        .route("/api/v1/drafts/{id}", put(write).get(one))
        .route("/api/v1/drafts/{id}/files", post(attach))
        .route("/api/v1/drafts/{id}/files/{file}", delete(detach))
        .route("/api/v1/drafts/{id}/submit", post(submit_draft))
        .route("/api/v1/drafts/{id}/due", post(set_due))
        .route("/api/v1/drafts/{id}/withdraw", post(withdraw))
        .route("/api/v1/drafts/{id}/publish", post(publish))
        .route("/api/v1/drafts/{id}/to-seal", get(sealing::to_seal))
        .route("/api/v1/drafts/{id}/sealed", post(sealing::take))
        .route("/api/v1/items", post(items))
        .route("/api/v1/statements", post(statements::take))
        .route("/api/v1/openapi.json", get(description))
        .route("/api/{*rest}", any(nowhere))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(Extension(Shared { rates, room: Room::of(ROOM), places: Places::default() }))
}

/// The machine behind a token.
struct Bearer(Machine);

impl FromRequestParts<Arc<App>> for Bearer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Bearer, Fault> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip()).ok_or(Fault::NoToken)?;
        let from = app.limits.seen_from(peer, &parts.headers);
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().trim();
        let machine = match app.staff.machine(secret, from).await.map_err(DraftsError::from)? {
            Ok(machine) => machine,
            // Whoever guesses is slowed down like those who guess passwords.
            Err(turned) => {
                return Err(match (app.limits.refuse_try(peer, &parts.headers), turned) {
                    (Some(seconds), _) => Fault::TooMany(seconds),
                    (None, Turned::Unknown) => Fault::NoToken,
                    (None, Turned::Elsewhere) => Fault::Elsewhere,
                });
            }
        };
        if let Some(Extension(shared)) =
            parts.extensions.get::<Extension<Shared>>().cloned().or_else(|| parts.extensions.get::<Shared>().cloned().map(Extension))
        {
            if shared.rates.len() > REMEMBERED {
                shared.rates.retain_recent();
            }
            if let Err(until) = shared.rates.check_key(&machine.id) {
                let seconds = until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                return Err(Fault::TooMany(u32::try_from(seconds).unwrap_or(60)));
            }
        }
        Ok(Bearer(machine))
    }
}

impl Bearer {
    fn acting(&self, scope: Scope) -> Result<Account, Fault> {
        self.0.acting(scope).ok_or(Fault::Refused(Refusal::Scope))
    }
}

/// The bytes of a request, or that there are too many.
struct Body(Bytes);

impl FromRequest<Arc<App>> for Body {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Body, Fault> {
        Bytes::from_request(request, app).await.map(Body).map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge,
            _ => Fault::Json(String::new()),
        })
    }
}

type Answer = Result<Response, Fault>;

/// These addresses for programs that write programs. The tests hold every answer of theirs to it.
async fn description() -> Response {
    let text = include_str!("../../../../docs/openapi.json");
    ([(header::CONTENT_TYPE, "application/openapi+json"), (header::CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}

async fn nowhere(_: Bearer) -> Fault {
    Fault::Refused(Refusal::Nothing)
}

#[derive(Deserialize)]
struct Listed {
    stage: Option<String>,
}

/// The newest drafts of a stage.
async fn list(State(app): State<Arc<App>>, bearer: Bearer, Query(listed): Query<Listed>) -> Answer {
    let who = bearer.acting(Scope::Read)?;
    let stage = match listed.stage.as_deref().unwrap_or("writing") {
        "writing" => Stage::Writing,
        "frozen" => Stage::Frozen,
        "published" => Stage::Published,
        "dropped" => Stage::Dropped,
        _ => return Err(Fault::Field("stage")),
    };
    let drafts = app.drafts.list(&who, stage, 200).await?;
    let row = |draft: &crate::drafts::Draft| json!({ "draft": draft.id, "title": draft.written.title, "revision": draft.revision, "saved": draft.saved });
    Ok(Json(json!({ "drafts": drafts.iter().map(row).collect::<Vec<_>>() })).into_response())
}

async fn one(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>) -> Answer {
    let who = bearer.acting(Scope::Read)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let mut state = state_of(&app, &who, &draft, soon()).await?;
    let files = app.drafts.files(&who, &draft.id).await?;
    let file = |file: &crate::drafts::File| json!({ "file": file.id, "name": file.name, "media": file.media, "size": file.size });
    state["fields"] = serde_json::to_value(&draft.written).unwrap_or_default();
    state["files"] = files.iter().map(file).collect();
    app.drafts.read_whole(&who, &draft).await?;
    Ok(Json(state).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    #[serde(default)]
    kind: Option<String>,
    fields: Written,
    /// On top of which revision it was written; none: it is a new draft.
    #[serde(default)]
    revision: Option<i64>,
}

/// Begins a draft under the program's own id, or saves it on top of a revision.
async fn write(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>, Body(body): Body) -> Answer {
    let who = bearer.acting(Scope::Draft)?;
    let asked: Write = read::whole(&body, |asked: &Write| Some(&asked.fields))?;
    let kind = Kind::named(asked.kind.as_deref().unwrap_or("disclosure")).ok_or(Fault::Field("kind"))?;
    let draft = match asked.revision {
        None => {
            let id = read::id(id)?;
            let item = crate::drafts::Item { id, kind, written: asked.fields, files: vec![], submit: None, publish: false };
            app.drafts.hand_in(&bearer.0, &item).await?
        }
        Some(revision) => {
            let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
            // The answer to this very save was lost on the way.
            let again = draft.revision == revision.saturating_add(1) && draft.written == asked.fields && draft.saved_by == who.id;
            if !again {
                if draft.revision != revision {
                    return Err(Refusal::Changed.into());
                }
                if draft.stage != Stage::Writing {
                    return Err(Refusal::NotWriting.into());
                }
                if let Saved::Aside { .. } = app.drafts.save(&who, &draft.id, revision, &asked.fields).await? {
                    return Err(Refusal::Changed.into());
                }
            }
            app.drafts.draft(&who, &draft.id).await?
        }
    };
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

/// Takes a file away. One that is not there, or not any more, is the same to who asks.
async fn detach(State(app): State<Arc<App>>, bearer: Bearer, Path((id, file)): Path<(String, String)>) -> Answer {
    let who = bearer.acting(Scope::Draft)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    match app.drafts.detach(&who, &draft.id, &file).await {
        Err(DraftsError::Refused(Refusal::Nothing)) | Ok(()) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

/// Adds a file. One of the same name and bytes that is there already is the answer.
async fn attach(
    State(app): State<Arc<App>>,
    bearer: Bearer,
    Path(id): Path<String>,
    Query(named): Query<Named>,
    Body(body): Body,
) -> Answer {
    let who = bearer.acting(Scope::Draft)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let file = app.drafts.attach_once(&who, &draft.id, &named.name.unwrap_or_default(), body.to_vec()).await?;
    Ok(Json(json!({ "file": file.id, "name": file.name, "media": file.media, "size": file.size })).into_response())
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Submit {
    /// The statement's id, if the program names it.
    #[serde(default)]
    statement: Option<String>,
    #[serde(default)]
    revision: Option<i64>,
    #[serde(default)]
    due: Option<String>,
}

async fn submit_draft(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>, Body(body): Body) -> Answer {
    let who = bearer.acting(Scope::Submit)?;
    let asked: Submit = if body.is_empty() { Submit::default() } else { read::whole(&body, |_| None)? };
    let due = read::due(asked.due.as_deref(), app.staff.now())?;
    let statement = asked.statement.map(read::id).transpose()?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let revision = asked.revision.unwrap_or(draft.revision);
    app.drafts.submit_once(&who, &draft, revision, due, statement).await?;
    let draft = app.drafts.draft(&who, &draft.id).await?;
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

/// Sets another time for what was submitted, or none. What was approved stays so.
async fn set_due(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>, Body(body): Body) -> Answer {
    let who = bearer.acting(Scope::Submit)?;
    let asked: Due = read::whole(&body, |_| None)?;
    let due = read::due(asked.due.as_deref(), app.staff.now())?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let frozen = app.drafts.submitted_of(&draft).await?.ok_or(Refusal::NotOpen)?;
    // Asked again, it is so already.
    if frozen.due != due {
        app.drafts.set_due(&who, &frozen.id, due).await?;
    }
    let draft = app.drafts.draft(&who, &draft.id).await?;
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

async fn withdraw(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>) -> Answer {
    let who = bearer.acting(Scope::Submit)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    // Asked again, it is so already.
    if draft.stage != Stage::Writing {
        app.drafts.withdraw(&who, &draft.id).await?;
    }
    let draft = app.drafts.draft(&who, &draft.id).await?;
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

async fn publish(State(app): State<Arc<App>>, bearer: Bearer, Path(id): Path<String>) -> Answer {
    let who = bearer.acting(Scope::Publish)?;
    let draft = app.drafts.meant(&who, &bearer.0.agency, &id).await?;
    let frozen = app.drafts.submitted_of(&draft).await?.ok_or(Refusal::NotOpen)?;
    if frozen.released_by.is_none() || frozen.state == crate::drafts::FrozenState::Withdrawn {
        app.drafts.release(&who, &frozen.id).await?;
    }
    let draft = app.drafts.draft(&who, &draft.id).await?;
    Ok(Json(state_of(&app, &who, &draft, soon()).await?).into_response())
}

/// Many at once, one a line or as one array: each is answered in its place, and a bad one stops none.
async fn items(State(app): State<Arc<App>>, bearer: Bearer, Extension(shared): Extension<Shared>, request: Request) -> Answer {
    bearer.acting(Scope::Draft)?;
    let (body, _place) = shared.whole(request, None).await?;
    let elements = elements(&body.bytes).ok_or_else(|| Fault::Json("the array does not end".into()))?;
    if elements.len() > MOST_ITEMS {
        return Err(Fault::TooLarge);
    }
    let (mut lines, until) = (String::new(), Instant::now() + PATIENCE);
    for element in elements {
        let mut said = match item(&app, &bearer, element, until).await {
            Ok(said) => said,
            Err((id, fault)) => {
                let mut said = fault.told();
                said["id"] = id.map_or(Value::Null, Value::String);
                said
            }
        };
        if said.get("status").is_none() {
            said["status"] = json!(200);
        }
        lines.push_str(&said.to_string());
        lines.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")], lines).into_response())
}

async fn item(app: &Arc<App>, bearer: &Bearer, element: &[u8], until: Instant) -> Result<Value, (Option<String>, Fault)> {
    let wire: Wire = read::whole(element, |wire: &Wire| Some(&wire.fields)).map_err(|fault| (None, fault))?;
    let id = wire.id.clone();
    let done = async {
        let item = wire.item(app.staff.now())?;
        let draft = app.drafts.hand_in(&bearer.0, &item).await?;
        let who = bearer.acting(Scope::Draft)?;
        let mut state = state_of(app, &who, &draft, until).await?;
        state["id"] = json!(item.id);
        Ok(state)
    };
    done.await.map_err(|fault: Fault| (Some(id.chars().take(64).collect()), fault))
}
