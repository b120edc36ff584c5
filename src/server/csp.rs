//! What a browser may do with our answers.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

use crate::app::shell::Visit;

/// What a document may do that only opens or goes on with a visit.
pub const VISIT_DOCUMENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors *";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Who may show a visitor's page in a frame: the sites that the environment names, anybody when it names none. Whoever
/// shows it has the token of the space.
pub fn ancestors(origins: &[String]) -> String {
    if origins.is_empty() { "*".to_string() } else { ["'self' ", &origins.join(" ")].concat() }
}

/// Allows a page its own script, which carries the nonce of this one answer. Runs before the page is
/// rendered, where Leptos has just drawn the nonce.
pub fn allow_page() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    // `cargo leptos watch` tells the page by a web socket of another port to load itself anew.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws: wss:" } else { "" };
    let visit = use_context::<Visit>();
    let ancestors = visit.as_ref().map_or("'none'", |visit| &visit.frame_ancestors);
    let words = visit.as_ref().and_then(|visit| visit.words.origin.as_deref());
    let words = words.map(|origin| [" ", origin].concat()).unwrap_or_default();
    // Texts in markdown may show images of other servers.
    let policy = format!(
        "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; connect-src 'self'{words}{reload}; img-src 'self' data: blob: https:; \
         frame-ancestors {ancestors}; base-uri 'none'; object-src 'none'; form-action 'self'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    if visit.is_none() {
        // A page that opened this one, or was opened by it, holds no handle on it.
        response.insert_header(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
    if let Some(visit) = visit {
        // The address of the link has a token in it.
        response.insert_header(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        if let Ok(cookie) = HeaderValue::try_from(visit.cookie) {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
    // The page is another one for each person and carries a nonce.
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Everything else may do nothing at all when a browser is made to show it.
pub async fn close_by_default(mut response: Response) -> Response {
    let headers = response.headers_mut();
    default(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox");
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, header::REFERRER_POLICY, "same-origin");
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
