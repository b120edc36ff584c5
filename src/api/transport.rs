//! What surrounds the operations of `/v1`: CORS, packed bodies and answers, and errors that the framework makes.

use axum::extract::DefaultBodyLimit;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Router, middleware};
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tower_http::decompression::RequestDecompressionLayer;

use super::error::ApiError;

/// Puts around the operations what every request needs.
pub fn wrap(operations: Router) -> Router {
    operations
        .method_not_allowed_fallback(wrong_method)
        .route("/v1", any(unknown))
        .route("/v1/", any(unknown))
        .route("/v1/{*rest}", any(unknown))
        .route("/v2-alpha/{*rest}", any(unknown))
        // The body extractors have limits of their own, which count unpacked bytes.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestDecompressionLayer::new().gzip(true))
        .layer(middleware::map_response(in_envelope))
        .layer(compression())
        .layer(cors())
}

/// Answers of these kinds are packed for clients that ask for it; files are often packed already.
const PACKED: [&str; 5] =
    ["application/json", "application/jsonl", "text/csv", "text/tab-separated-values", "text/plain"];

/// The quality of packing: answers are made anew each time, so it must be quick.
const QUALITY: CompressionLevel = CompressionLevel::Precise(1);

fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().br(true).gzip(true).quality(QUALITY).compress_when(is_packed)
}

fn is_packed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    PACKED.iter().any(|packed| kind.starts_with(packed.as_bytes()))
}

/// Pages of other origins may call with a key; cookies are never read here.
pub fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods(AllowMethods::list([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::HEAD,
        ]))
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([CONTENT_DISPOSITION])
        .max_age(std::time::Duration::from_secs(3600))
}

async fn unknown(method: Method, uri: axum::http::Uri) -> ApiError {
    let message = format!("there is no {method} {}; /v1/openapi.json lists what there is", uri.path());
    ApiError::new(StatusCode::NOT_FOUND, message)
}

/// The router adds `Allow`.
async fn wrong_method(method: Method, uri: axum::http::Uri) -> ApiError {
    let message = format!("there is no {method} {}; `Allow` lists the methods that it has", uri.path());
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message)
}

/// Gives the framework's own errors, which are plain texts, the envelope.
async fn in_envelope(response: Response) -> Response {
    let status = response.status();
    let json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if status.as_u16() < 400 || json {
        return response;
    }
    let message = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "bodies may be packed with gzip only",
        _ => status.canonical_reason().unwrap_or("the request failed"),
    };
    ApiError::new(status, message).into_response()
}
