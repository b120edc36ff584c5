//! The OpenAPI document, made from the same handlers that the router has.

use axum::http::header;
use axum::routing::get;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder, SecurityRequirement};
use utoipa::{PartialSchema, ToSchema};

use super::error::Errors;

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
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert("key".to_string(), key.into());
    // What all operations may answer is named by them, but not described.
    let mut failures = vec![(Errors::name().to_string(), Errors::schema())];
    Errors::schemas(&mut failures);
    components.schemas.extend(failures);
    document
}

/// The whole document.
pub fn document() -> OpenApi {
    named(super::operations().split_for_parts().1)
}

/// Names each operation by its resource too, as in `spaces.list`: there is a `list` in most of them.
pub(super) fn named(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let tag = operation.tags.iter().flatten().next();
            if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
                operation.operation_id = Some(format!("{tag}.{name}"));
            }
        }
    }
    document
}

/// Serves the document at `/v1/openapi.json`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> axum::Router<S> {
    let json: axum::body::Bytes = document.to_json().unwrap_or_default().into();
    let serve = move || async move { ([(header::CONTENT_TYPE, "application/json")], json) };
    axum::Router::new().route("/v1/openapi.json", get(serve))
}
