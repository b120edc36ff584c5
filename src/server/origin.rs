//! Requests that change something must come from our own pages: a cookie is sent by any page's request.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ServerState;
use super::problem::Problem;

/// Refuses an unsafe request of another site, or of nobody who says where it comes from.
pub async fn check(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers(), &state.service.settings.public_url) {
        return next.run(request).await;
    }
    Problem::foreign_origin().into_response()
}

fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = origin.split_once("://").map(|(_, host)| host);
    origin == public_url || (host.is_some() && host == text(header::HOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_change_something() {
        for (headers, own) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (
                &[("sec-fetch-site", "cross-site"), ("origin", "http://a.example"), ("host", "a.example")],
                false,
            ),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://a.example:3000"), ("host", "a.example:3000")], true),
            (&[("origin", "https://inlet.example"), ("host", "10.0.0.7:3000")], true),
            (&[("origin", "http://evil.example"), ("host", "a.example")], false),
            (&[("origin", "null"), ("host", "a.example")], false),
            (&[("host", "a.example")], false),
        ] {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(is_own(&headers, "https://inlet.example"), own, "{headers:?}");
        }
    }
}
