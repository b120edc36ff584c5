//! The OpenAPI document, made from the same handlers that the router has.

use axum::http::header;
use axum::routing::get;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder, SecurityRequirement};

/// The parts of the document that are not about one operation.
pub(super) fn base() -> OpenApi {
    let mut info = Info::new("Inlet", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "The API of Inlet, which the published Flatfile clients speak. Send a key as `Authorization: Bearer sk_…`."
            .to_string(),
    );
    let mut document = OpenApiBuilder::new()
        .info(info)
        .security(Some([SecurityRequirement::new("key", Vec::<String>::new())]))
        .build();
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document.components.get_or_insert_default().security_schemes.insert("key".to_string(), key.into());
    document
}

/// The whole document.
pub fn document() -> OpenApi {
    super::operations().split_for_parts().1
}

/// Serves the document at `/v1/openapi.json`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> axum::Router<S> {
    let json: axum::body::Bytes = document.to_json().unwrap_or_default().into();
    let serve = move || async move { ([(header::CONTENT_TYPE, "application/json")], json) };
    axum::Router::new().route("/v1/openapi.json", get(serve))
}
