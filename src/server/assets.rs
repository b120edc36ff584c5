//! The page's files: script, WebAssembly, style, fonts, icon.
//!
//! They are compressed when the site is built, so serving one is a look-up. Where they are kept is
//! the caller's affair: the program has them inside itself, tests have none.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::ServerState;

/// One stored file.
pub struct Asset {
    /// Its content as stored, which may be compressed.
    pub bytes: Cow<'static, [u8]>,
    /// The content's SHA-256.
    pub hash: [u8; 32],
}

/// Where the page's files are.
pub trait Assets: Send + Sync + 'static {
    /// The file at `path`, which has no leading slash. `path` + `.br` and `.gz` are its compressed
    /// forms, where it has them.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// A site without files.
pub struct NoAssets;

impl Assets for NoAssets {
    fn get(&self, _path: &str) -> Option<Asset> {
        None
    }
}

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Content codings that the site holds, the best first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Routes of every file.
pub fn routes() -> Router<ServerState> {
    Router::new()
        .route("/pkg/{*name}", get(package))
        .route("/fonts/{*name}", get(font))
        .route("/favicon.svg", get(favicon))
        .route("/embed.js", get(loader))
        .route("/visit.js", get(visit))
        .route("/language.js", get(language))
        .route("/languages/{*name}", get(words))
}

/// The names in `/pkg` do not change with their content, so a browser has to ask each time.
async fn package(assets: State<Arc<dyn Assets>>, Path(name): Path<String>, request: HeaderMap) -> Response {
    serve(&**assets, &format!("pkg/{name}"), "no-cache", &request)
}

/// A font's name carries its version.
async fn font(assets: State<Arc<dyn Assets>>, Path(name): Path<String>, request: HeaderMap) -> Response {
    serve(&**assets, &format!("fonts/{name}"), "public, max-age=31536000, immutable", &request)
}

/// What other sites put into their pages, those too that take nothing from elsewhere unless it says that they may.
async fn loader(assets: State<Arc<dyn Assets>>, request: HeaderMap) -> Response {
    let mut response = serve(&**assets, "embed.js", "public, max-age=300", &request);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

/// What a visitor's page begins with.
async fn visit(assets: State<Arc<dyn Assets>>, request: HeaderMap) -> Response {
    serve(&**assets, "visit.js", "no-cache", &request)
}

/// What puts a visitor's page into another language.
async fn language(assets: State<Arc<dyn Assets>>, request: HeaderMap) -> Response {
    serve(&**assets, "language.js", "no-cache", &request)
}

/// The words of a language.
async fn words(assets: State<Arc<dyn Assets>>, Path(name): Path<String>, request: HeaderMap) -> Response {
    serve(&**assets, &format!("languages/{name}"), "no-cache", &request)
}

async fn favicon(assets: State<Arc<dyn Assets>>, request: HeaderMap) -> Response {
    serve(&**assets, "favicon.svg", "public, max-age=86400", &request)
}

fn serve(assets: &dyn Assets, path: &str, cache: &'static str, request: &HeaderMap) -> Response {
    let Some(content_type) = content_type(path) else { return StatusCode::NOT_FOUND.into_response() };
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let compressed = CODINGS
        .into_iter()
        .filter(|(coding, _)| accepts(accepted, coding))
        .find_map(|(coding, ending)| Some((Some(coding), assets.get(&format!("{path}{ending}"))?)));
    let Some((coding, asset)) = compressed.or_else(|| Some((None, assets.get(path)?))) else {
        return StatusCode::NOT_FOUND.into_response();
    };

    // Each form has bytes of its own, hence a hash and a tag of its own.
    let tag = tag(&asset.hash);
    let unchanged = request.get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &tag));
    let mut response = Response::new(if unchanged { Body::empty() } else { body(asset.bytes) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn body(bytes: Cow<'static, [u8]>) -> Body {
    match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// The type of a file by its ending; a file with another ending is not served.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "wasm" => "application/wasm",
        "pack" => "application/octet-stream",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether an `Accept-Encoding` header names `coding` and does not refuse it by `q=0`.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts
            .filter_map(|part| part.split_once('='))
            .any(|(key, q)| key.trim().eq_ignore_ascii_case("q") && q.trim().parse() == Ok(0.0_f32));
        named && !refused
    })
}

/// A strong validator: the first half of the hash is more than enough.
fn tag(hash: &[u8; 32]) -> String {
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

/// Whether an `If-None-Match` header names `tag`. Proxies may have made it weak.
fn names(header: &HeaderValue, tag: &str) -> bool {
    let Ok(text) = header.to_str() else { return false };
    text.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site of one script, with both compressed forms.
    struct OneScript;

    impl Assets for OneScript {
        fn get(&self, path: &str) -> Option<Asset> {
            let (bytes, hash): (&'static [u8], u8) = match path {
                "pkg/a.js" => (b"plain", 1),
                "pkg/a.js.br" => (b"brotli", 2),
                "pkg/a.js.gz" => (b"gzip", 3),
                _ => return None,
            };
            Some(Asset { bytes: bytes.into(), hash: [hash; 32] })
        }
    }

    fn get(path: &str, request: &[(HeaderName, &'static str)]) -> Response {
        let headers =
            request.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        serve(&OneScript, path, "no-cache", &headers)
    }

    fn coding(accepted: &'static str) -> Option<String> {
        let response = get("pkg/a.js", &[(header::ACCEPT_ENCODING, accepted)]);
        response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn takes_the_smallest_form_that_is_accepted() {
        assert_eq!(coding("gzip, deflate, br, zstd").as_deref(), Some("br"));
        assert_eq!(coding("br;q=0, gzip;q=0.5").as_deref(), Some("gzip"));
        assert_eq!(coding("GZIP").as_deref(), Some("gzip"));
        assert_eq!(coding("brotli, x-gzip"), None);
        assert_eq!(coding(""), None);
    }

    #[test]
    fn sends_nothing_again_that_the_browser_has() {
        let first = get("pkg/a.js", &[]);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(tag, "\"01010101010101010101010101010101\"");

        let known = "\"something else\", W/\"01010101010101010101010101010101\"";
        assert_eq!(get("pkg/a.js", &[(header::IF_NONE_MATCH, known)]).status(), StatusCode::NOT_MODIFIED);
        // The same tag with another coding is another content.
        let other = [(header::IF_NONE_MATCH, known), (header::ACCEPT_ENCODING, "br")];
        assert_eq!(get("pkg/a.js", &other).status(), StatusCode::OK);
    }

    #[test]
    fn serves_no_compressed_form_by_its_own_name_and_nothing_else() {
        for path in ["pkg/a.js.br", "pkg/b.js", "pkg/a", "pkg/../Cargo.toml"] {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
