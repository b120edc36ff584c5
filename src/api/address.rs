//! Addresses as the published clients write them, made tidy before the router sees them.
//!
//! The listener asks for `//v1/sheets/…` because it joins a host with a slash to a path with one; a
//! client whose base ends in `/v1/` asks for `/v1/v1/…`; hand-written ones end an address in a slash.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use tower::Layer;
use tower::util::MapRequestLayer;

/// The same router, for untidy addresses too.
pub fn tidy_addresses(router: Router) -> Router {
    Router::new().fallback_service(MapRequestLayer::new(normalise_uri).layer(router))
}

/// Collapses doubled slashes, and `/v1/v1/` to `/v1/`, in the path of a request, and takes the slash from the end of one
/// of the API.
pub fn normalise_uri(mut request: Request) -> Request {
    if let Some(path) = tidy(request.uri().path()) {
        let with_query = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = with_query.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// The tidy path, or nothing when it is tidy already.
fn tidy(path: &str) -> Option<String> {
    if !path.contains("//") && !path.starts_with("/v1/v1/") && without_end(path) == path {
        return None;
    }
    let mut tidied = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !tidied.ends_with('/') {
            tidied.push(character);
        }
    }
    while let Some(rest) = tidied.strip_prefix("/v1/v1/") {
        tidied = format!("/v1/{rest}");
    }
    Some(without_end(&tidied).to_string())
}

/// A path of the API without the slash at its end.
fn without_end(path: &str) -> &str {
    let is_longer = |base: &&str| path.len() > base.len() && path.starts_with(*base);
    let of_api = ["/v1/", "/v2-alpha/"].iter().any(is_longer);
    path.strip_suffix('/').filter(|_| of_api).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_tidy() {
        for (given, expected) in [
            ("//v1/sheets/a/records", "/v1/sheets/a/records"),
            ("/v1//sheets///a", "/v1/sheets/a"),
            ("/v1/v1/workbooks", "/v1/workbooks"),
            ("//v1//v1/v1/workbooks/", "/v1/workbooks"),
            ("/v1/spaces", "/v1/spaces"),
            ("/v1/spaces/", "/v1/spaces"),
            ("/v2-alpha/records.jsonl/", "/v2-alpha/records.jsonl"),
            ("/v1/", "/v1/"),
            ("/space/a/", "/space/a/"),
            ("/", "/"),
        ] {
            let request =
                Request::builder().uri(format!("{given}?for=us//evt")).body(Default::default()).unwrap();
            let uri = normalise_uri(request).uri().to_string();
            assert_eq!(uri, format!("{expected}?for=us//evt"), "{given}");
        }
    }
}
