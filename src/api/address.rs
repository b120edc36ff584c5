//! Addresses as the published clients write them, made tidy before the router sees them.
//!
//! The listener asks for `//v1/sheets/…` because it joins a host with a slash to a path with one; a
//! client whose base ends in `/v1/` asks for `/v1/v1/…`; Flatfile's own documents write `/api/v1/…`; hand-written ones
//! end an address in a slash. Lists come as `ids=a&ids=b`, `ids[]=a&ids[]=b` and `ids[0]=a&ids[1]=b`.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use tower::Layer;
use tower::util::MapRequestLayer;

/// The same router, for untidy addresses too.
pub fn tidy_addresses(router: Router) -> Router {
    Router::new().fallback_service(MapRequestLayer::new(normalise_uri).layer(router))
}

/// Collapses doubled slashes, and `/v1/v1/` and `/api/v1/` to `/v1/`, in the path of a request; takes the slash from the
/// end of one of the API, and the places in lists from the names in its query.
pub fn normalise_uri(mut request: Request) -> Request {
    let (given, asked) = (request.uri().path(), request.uri().query());
    let path = tidy(given);
    let query = asked.filter(|_| is_of_api(path.as_deref().unwrap_or(given))).and_then(without_places);
    if path.is_some() || query.is_some() {
        let path = path.as_deref().unwrap_or(given);
        let with_query = match query.as_deref().or(asked) {
            Some(query) => format!("{path}?{query}"),
            None => path.to_string(),
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
    let is_tidy = !path.contains("//") && !["/v1/v1/", "/api/v"].iter().any(|start| path.starts_with(start));
    if is_tidy && without_end(path) == path {
        return None;
    }
    let mut tidied = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !tidied.ends_with('/') {
            tidied.push(character);
        }
    }
    if let Some(rest) = tidied.strip_prefix("/api").filter(|rest| is_of_api(rest)) {
        tidied = rest.to_string();
    }
    while let Some(rest) = tidied.strip_prefix("/v1/v1/") {
        tidied = format!("/v1/{rest}");
    }
    Some(without_end(&tidied).to_string())
}

fn is_of_api(path: &str) -> bool {
    ["/v1/", "/v2-alpha/"].iter().any(|base| path.starts_with(base))
}

/// A query whose names say nothing of places in a list: `ids[0]` and `ids[]` are `ids`. Nothing when none does.
fn without_places(query: &str) -> Option<String> {
    let named = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let inner = ["]", "%5D", "%5d"].iter().find_map(|end| name.strip_suffix(end))?;
        let (list, place) = ["[", "%5B", "%5b"].iter().find_map(|begin| inner.rsplit_once(begin))?;
        let is_list = !list.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit());
        is_list.then(|| format!("{list}={value}"))
    };
    // Most queries have none, and are looked at without being copied.
    query.split('&').any(|part| named(part).is_some()).then(|| {
        let parts = query.split('&').map(|part| named(part).unwrap_or_else(|| part.to_string()));
        parts.collect::<Vec<_>>().join("&")
    })
}

/// A path of the API without the slash at its end.
fn without_end(path: &str) -> &str {
    path.strip_suffix('/').filter(|shorter| is_of_api(shorter)).unwrap_or(path)
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
            ("/api/v1/spaces", "/v1/spaces"),
            ("//api/v1//v1/spaces/", "/v1/spaces"),
            ("/api/v2-alpha/records.jsonl", "/v2-alpha/records.jsonl"),
            ("/api/vines", "/api/vines"),
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

    #[test]
    fn lists_are_named_in_one_way() {
        for (given, expected) in [
            ("ids[0]=a&ids[1]=b&x=[1]", "ids=a&ids=b&x=[1]"),
            ("ids%5B0%5D=a&ids%5b%5d=b%5B", "ids=a&ids=b%5B"),
            ("filter[name]=a&[]=b&ids=c", "filter[name]=a&[]=b&ids=c"),
        ] {
            let request =
                |path: &str| Request::builder().uri(format!("{path}?{given}")).body(Default::default());
            let query = |path: &str| normalise_uri(request(path).unwrap()).uri().query().unwrap().to_string();
            assert_eq!(query("/api/v1/sheets"), expected);
            assert_eq!(query("/space/a"), given, "a page's own");
        }
    }
}
