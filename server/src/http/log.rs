//! The log: what C2SP clients read, and addresses for light readers. No redirects here, and nothing but GET.

use super::{
    App, Refused,
    kept::{self, Kept},
};
use crate::{
    evidence::{self, Registries},
    node::Node,
    sequencer::with_tiles,
    store::Store,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::get,
};
use chain::{Hash, checkpoint::parse_size, evidence::parse_indexes, tile, tree};
use std::sync::Arc;

pub(super) fn router(kept: Kept) -> Router<Arc<App>> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/tile/entries/{*path}", get(entries).layer(from_fn_with_state(kept, kept::for_ever)))
        .route("/log/policy", get(policy))
        .route("/log/entry/{index}", get(entry))
        .route("/log/proof/{file}", get(proof))
        .route("/log/consistency/{sizes}", get(consistency))
        .route("/log/registry/{root}/{*id}", get(registry))
        .route("/log/evidence/{size}/{indexes}", get(bundle))
        .layer(map_response(open))
}

/// The tiles of hashes.
pub(super) fn hashes(kept: Kept) -> Router<Arc<App>> {
    let tiles = Router::new().route("/log/tile/{*path}", get(hash_tile).layer(from_fn_with_state(kept, kept::for_ever)));
    tiles.layer(map_response(open))
}

async fn open(mut response: Response) -> Response {
    open_to_all(response.headers_mut());
    response
}

/// Other people's readers fetch the log; nothing else is theirs to read from a page.
pub(super) fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

type Answer = Result<Response, Refused>;

const FOREVER: &str = "public, max-age=31536000, immutable";
const TEXT: &str = "text/plain; charset=utf-8";

fn text(body: impl Into<axum::body::Body>, cache: &'static str) -> Response {
    ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, cache)], body.into()).into_response()
}

fn bytes(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, FOREVER)], body).into_response()
}

/// The newest checkpoint, with what cosignatures it has.
async fn checkpoint(State(app): State<Arc<App>>) -> Answer {
    let head = app.node.heads.borrow().clone();
    if head.size == 0 {
        return Err(Refused::NotFound);
    }
    Ok(checkpoint_of(head.checkpoint))
}

pub(super) fn checkpoint_of(note: impl Into<axum::body::Body>) -> Response {
    text(note, "public, max-age=1, must-revalidate")
}

const NO_TILE: Refused = Refused::BadRequest("not the path of a tile");

/// `tile/entries/<N>[.p/<W>]`.
async fn entries(State(app): State<Arc<App>>, Path(path): Path<String>) -> Answer {
    let Some((number, width)) = tile::parse_number_path(&path) else { return Err(NO_TILE) };
    let wanted = usize::from(width);
    if usize::from(tile::width(0, number, app.node.heads.borrow().size)) < wanted {
        return Err(Refused::NotFound);
    }
    let from = number * tile::WIDTH;
    let entries = app.node.store.entries(from, from + u64::from(width)).await?;
    let mut body = Vec::new();
    // An entry that was lost or grew cannot be passed off as a shorter bundle.
    if entries.len() != wanted || !entries.iter().all(|(_, entry)| tile::push_bundle(&mut body, entry)) {
        tracing::error!(number, "entries of a bundle are missing from the store");
        return Err(Refused::NotFound);
    }
    let mut response = bytes(body);
    // Who asks for it gets it compressed.
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

/// `tile/<L>/<N>[.p/<W>]`.
async fn hash_tile(State(app): State<Arc<App>>, Path(path): Path<String>) -> Answer {
    let Some((level, rest)) = path.split_once('/') else { return Err(NO_TILE) };
    let Some((number, width)) = tile::parse_number_path(rest) else { return Err(NO_TILE) };
    let wanted = usize::from(width);
    let Some(level) = parse_size(level).and_then(|level| u8::try_from(level).ok()).filter(|level| *level < 64) else {
        return Err(NO_TILE);
    };
    if level > 7 || usize::from(tile::width(level, number, app.node.heads.borrow().size)) < wanted {
        return Err(Refused::NotFound);
    }
    let mut tile = app.node.store.tile(level, number).await?.ok_or(Refused::NotFound)?;
    if tile.len() < wanted * 32 {
        return Err(Refused::NotFound);
    }
    tile.truncate(wanted * 32);
    Ok(bytes(tile))
}

/// The chain's trust policy: its log key and the witnesses it asks (tlog-policy).
async fn policy(State(app): State<Arc<App>>) -> Answer {
    let state = app.node.submitter.state();
    let charter = state.charter().ok_or(Refused::NotFound)?;
    let logs: String = charter.logs.iter().map(|log| format!("log {}\n", log.key)).collect();
    Ok(text(format!("{logs}{}", charter.policy), "public, max-age=60"))
}

fn index(text: &str) -> Result<u64, Refused> {
    parse_size(text).ok_or(Refused::BadRequest("not an index"))
}

async fn entry(State(app): State<Arc<App>>, Path(at): Path<String>) -> Answer {
    let entry = app.node.store.entry(index(&at)?).await?.ok_or(Refused::NotFound)?;
    Ok(text(entry, FOREVER))
}

/// `<index>.tlog-proof`, in the newest tree.
async fn proof(State(app): State<Arc<App>>, Path(file): Path<String>) -> Answer {
    let index = index(file.strip_suffix(".tlog-proof").ok_or(Refused::NotFound)?)?;
    let head = app.node.heads.borrow().clone();
    if index >= head.size {
        return Err(Refused::NotFound);
    }
    let hashes = with_tiles(&app.node.store, head.size, |tiles| tree::prove_inclusion(tiles, index, head.size)).await?;
    Ok(text(chain::proof::format(index, &hashes, &head.checkpoint), "public, max-age=10"))
}

/// `<old>-<new>`: the consistency proof between two sizes, one hash a line.
async fn consistency(State(app): State<Arc<App>>, Path(sizes): Path<String>) -> Answer {
    consistency_of(&app.node, &sizes).await
}

pub(super) async fn consistency_of(node: &Node, sizes: &str) -> Answer {
    let sizes = sizes.split_once('-').and_then(|(old, new)| Some((parse_size(old)?, parse_size(new)?)));
    let Some((old, new)) = sizes.filter(|(old, new)| old <= new) else { return Err(Refused::BadRequest("not two rising sizes")) };
    if new > node.heads.borrow().size {
        return Err(Refused::NotFound);
    }
    let hashes = with_tiles(&node.store, new, |tiles| tree::prove_consistency(tiles, old, new)).await?;
    Ok(text(hashes.iter().map(|hash| format!("{hash}\n")).collect::<String>(), FOREVER))
}

/// `<root in hexadecimal>/<id>`: what the id maps to under that root, with its proof.
async fn registry(State(app): State<Arc<App>>, Path((root, id)): Path<(String, String)>) -> Answer {
    let root = Hash::from_hex(&root).map_err(|_| Refused::BadRequest("not a root"))?;
    let (proof, _) = app.registries.prove(&app.node.store, root, &id).await?.ok_or(Refused::NotFound)?;
    Ok(([(header::CACHE_CONTROL, FOREVER)], Json(chain::evidence::Lookup { root, id, proof })).into_response())
}

/// `<size>/<indexes>`: everything C1 to C6 need for those entries, in the tree of that size.
async fn bundle(State(app): State<Arc<App>>, Path((size, indexes)): Path<(String, String)>) -> Answer {
    bundle_of(&app.node.store, &app.registries, &size, &indexes).await
}

pub(super) async fn bundle_of(store: &Store, registries: &Registries, size: &str, indexes: &str) -> Answer {
    let size = index(size)?;
    let indexes = parse_indexes(indexes).ok_or(Refused::BadRequest("not a rising list of at most 64 indexes"))?;
    let bundle = evidence::bundle(store, registries, size, &indexes).await?.ok_or(Refused::NotFound)?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=86400")], Json(bundle)).into_response())
}
