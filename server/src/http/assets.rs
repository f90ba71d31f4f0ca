//! Files the browser loads, embedded in the program: scripts, wasm and style under names that carry their hash.

use super::App;
use app::view::Problem;
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
        Assets(app::view::Assets {
            css: of("main.css"),
            desk_css: of("desk.css"),
            desk_js: of("desk.js"),
            signing_js: of("signing.js"),
            signing_wasm: of("signing_bg.wasm"),
            boot_js: of("boot.js"),
            passkey_js: of("passkey.js"),
            journal_js: of("journal.js"),
            editor_js: of("editor.js"),
            glue_js: of("gazette.js"),
            wasm: of("gazette_bg.wasm"),
        })
    }
}

/// Hashed files: never change under their name.
pub(super) async fn packaged(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("pkg/{path}");
    if takes_brotli(&headers)
        && let Some(file) = Site::get(&format!("{name}.br"))
    {
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

/// Whether a browser names Brotli among what it unpacks, and does not say that it would rather not.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("br") && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// Icons, `robots.txt`, and the page for addresses that do not exist.
pub(super) async fn public(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    match Site::get(name) {
        Some(file) if !name.starts_with("pkg/") && !name.contains("..") && name != "manifest.json" => {
            answer(name, file, "public, max-age=86400")
        }
        _ => super::trouble::refuse(&app, &uri, &headers, Problem::NotFound),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_sent_to_those_who_ask_for_it_and_to_no_other() {
        let takes = |said: &'static str| takes_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(said))]));
        assert!(["br", "gzip, deflate, br, zstd", "gzip;q=0.5, BR ; q=0.1", "br;q=1.0"].map(takes).iter().all(|takes| *takes));
        assert!(!["br;q=0", "gzip, br; q=0.0", "gzip", "", "*", "brotli", "br;q=x"].map(takes).iter().any(|takes| *takes));
    }
}
