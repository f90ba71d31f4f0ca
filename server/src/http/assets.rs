//! Files the browser loads, embedded in the program: scripts, wasm and style under names that carry their hash.

use super::App;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use std::sync::Arc;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../dist/site"]
#[allow_missing = true]
struct Site;

/// Where pages find their files.
#[derive(Debug, Default)]
pub struct Assets(pub app::view::Assets);

impl Assets {
    /// Reads the manifest; without one (a program built without `make web`) pages have neither style nor scripts.
    #[must_use]
    pub fn embedded() -> Assets {
        let manifest = Site::get("manifest.json").and_then(|file| serde_json::from_slice::<serde_json::Value>(&file.data).ok());
        let Some(manifest) = manifest else {
            tracing::warn!("built without the browser part: run `make web` and build again");
            return Assets::default();
        };
        let of = |name: &str| manifest[name].as_str().map(|path| format!("/{path}")).unwrap_or_default();
        Assets(app::view::Assets { css: of("main.css"), boot_js: of("boot.js"), glue_js: of("gazette.js"), wasm: of("gazette_bg.wasm") })
    }
}

/// Hashed files: never change under their name.
pub(super) async fn packaged(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("pkg/{path}");
    let brotli = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("br"));
    if brotli && let Some(file) = Site::get(&format!("{name}.br")) {
        let mut response = answer(&name, file, "public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        return response;
    }
    match Site::get(&name) {
        Some(file) => answer(&name, file, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Icons, `robots.txt`, and the page for addresses that do not exist.
pub(super) async fn public(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    match Site::get(name) {
        Some(file) if !name.starts_with("pkg/") && !name.contains("..") && name != "manifest.json" => {
            answer(name, file, "public, max-age=86400")
        }
        _ => super::pages::not_found(&app, &uri, &headers),
    }
}

fn answer(name: &str, file: EmbeddedFile, cache: &'static str) -> Response {
    let media = match name.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, cache)], file.data).into_response()
}
