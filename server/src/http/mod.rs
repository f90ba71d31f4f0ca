//! HTTP: the router, what every answer carries, and how errors become answers.

mod api;
mod assets;
mod bodies;
mod content;
mod desk;
mod doorway;
mod kept;
mod limits;
mod log;
mod pages;
mod portal;
mod saved;
mod search;
mod submit;
mod trouble;

use crate::{
    departments::Departments, drafts::Drafts, evidence::Registries, journal::Journal, node::Node, search::Index, staff::Staff,
    store::StoreError,
};
use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use tower_http::{compression::CompressionLayer, limit::RequestBodyLimitLayer};

pub use assets::Assets;
pub use desk::{ByScript, Posted, Signed};
pub use doorway::serve;
pub use limits::Limits;
pub use portal::Portal;

/// What handlers share.
#[derive(Clone)]
pub struct App {
    pub node: Node,
    pub registries: Registries,
    pub index: Arc<Index>,
    pub assets: Arc<Assets>,
    pub limits: Limits,
    /// The people of the desk.
    pub staff: Staff,
    /// Departments that sign their own people in.
    pub departments: Arc<Departments>,
    /// What they write, and what waits for approval.
    pub drafts: Drafts,
    /// The log of what was done at the desk.
    pub journal: Option<Journal>,
    /// `http://127.0.0.1:3000`, for commands that can be copied.
    pub base: Arc<str>,
    /// Leaf hash of entry 0.
    pub identity: chain::Hash,
}

/// No inline script, no inline style, no other host.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The portal.
pub fn portal(app: App) -> Portal {
    let app = Arc::new(app);
    let tiles = kept::Kept::tiles(app.node.heads.clone());
    let pages = kept::Kept::pages(app.node.heads.clone());
    let rest = Router::new()
        .merge(log::router(tiles.clone()))
        .merge(content::router())
        .merge(pages::router().layer(from_fn_with_state(pages, kept::until_the_next_entry)))
        .route("/pkg/{*path}", get(assets::packaged))
        .fallback(get(assets::public))
        .layer(RequestBodyLimitLayer::new(64 * 1024))
        .merge(submit::router())
        .layer(CompressionLayer::new())
        // Hashes, which cannot be made smaller.
        .merge(log::hashes(tiles.clone()))
        // Not compressed: the size of an answer that holds a secret beside what somebody else chose tells of the secret.
        .merge(desk::router(&app))
        .merge(api::router())
        .layer(from_fn_with_state(app.clone(), limits::limited))
        .layer(from_fn_with_state(app.clone(), trouble::told))
        .layer(map_response(async |response: Response| common(response)))
        .with_state(app.clone());
    Portal { app, tiles, newest: Arc::new(portal::of_checkpoints()), rest }
}

/// What every answer says, be it a page, a refusal or a fault.
fn common<B>(mut response: Response<B>) -> Response<B> {
    common_headers(response.headers_mut());
    response
}

fn common_headers(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The desk brings its own.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    // Contents bring a stricter one.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
}

/// An answer that is not the thing asked for, at addresses meant for programs.
#[derive(Debug)]
pub enum Refused {
    BadRequest(&'static str),
    NotFound,
    Gone(String),
    /// Too much at once; nothing was taken.
    Busy,
    TooLarge,
    /// The request did not come to its end in time.
    Slow,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Store(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let plain = |status, text: String, cache: &'static str| {
            (status, [(header::CACHE_CONTROL, cache), (header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        };
        let later = |text: &str, seconds| {
            let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, format!("{text}\n"), "no-store");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
            response
        };
        match self {
            Refused::BadRequest(what) => plain(StatusCode::BAD_REQUEST, format!("{what}\n"), "no-store"),
            // What is not there yet may be there soon.
            Refused::NotFound => plain(StatusCode::NOT_FOUND, "not found\n".into(), "public, max-age=1"),
            Refused::Gone(text) => plain(StatusCode::GONE, text, "no-cache"),
            Refused::Store(error) => {
                tracing::error!(%error, "the store did not answer");
                later("the store did not answer", "2")
            }
            Refused::TooLarge => plain(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large\n".into(), "no-store"),
            Refused::Slow => plain(StatusCode::REQUEST_TIMEOUT, "the request came too slowly\n".into(), "no-store"),
            Refused::Busy => later("busy: nothing was taken; try again", "1"),
        }
    }
}
