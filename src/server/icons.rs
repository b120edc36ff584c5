//! Icons of actions, one small file each. Their address carries the version of the set, so browsers keep them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::icon;

/// The icon of that file name.
pub async fn icon(Path((_version, file)): Path<(String, String)>) -> Response {
    match file.strip_suffix(".svg").and_then(icon::file) {
        Some(svg) => {
            let headers = [
                (header::CONTENT_TYPE, "image/svg+xml"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, svg).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_icon_is_kept_by_browsers() {
        let ask = |file: &str| icon(Path(("lucide-1".to_string(), file.to_string())));
        let found = ask("send.svg").await;
        assert_eq!(found.headers()[header::CONTENT_TYPE], "image/svg+xml");
        assert!(found.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        for file in ["send", "no-such-icon.svg", "..%2fsend.svg"] {
            assert_eq!(ask(file).await.status(), StatusCode::NOT_FOUND, "{file}");
        }
    }
}
