//! The pages of the application, and the functions that they call.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::{
    body::Body,
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::{ContentType, Encodes};
use serde_json::Value;

use super::session::SignedIn;
use super::{ServerState, csp};
use crate::api;
use crate::app::shell::{self, Visit};
use crate::rpc::reference::ApiDocument;
use crate::rpc::{ErrorKind, RpcError, Wire};

/// The page at the address, whole; where none is, one that says so, with its status.
pub async fn page(State(state): State<ServerState>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let answer = rendered(&state, parts.clone()).await;
    // A visitor who is sent on is shown the page there at once: the next request would show nothing of the visit.
    match sent_on(&parts, &answer) {
        Some(parts) => rendered(&state, parts).await,
        None => answer,
    }
}

async fn rendered(state: &ServerState, parts: Parts) -> Response {
    let (options, service) = (state.leptos.clone(), state.service.clone());
    let visit = parts.extensions.get::<Visit>().cloned();
    let context = move || {
        provide_context(service.clone());
        provide_context(ApiDocument(api_document));
        introduce();
        if let Some(visit) = visit.clone() {
            provide_context(visit);
        }
        csp::allow_page();
    };
    let render = leptos_axum::render_app_async_with_context(context, move || shell::shell(options.clone()));
    render(Request::from_parts(parts, Body::empty())).await.into_response()
}

/// The request for the page that an answer sends a visitor on to.
fn sent_on(parts: &Parts, answer: &Response) -> Option<Parts> {
    let mut visit = parts.extensions.get::<Visit>()?.clone();
    let address = answer.headers().get(LOCATION)?.to_str().ok()?;
    let mut parts = parts.clone();
    parts.uri = address.parse().ok()?;
    visit.address = address.to_string();
    parts.extensions.insert(visit);
    Some(parts)
}

/// What a page asks of the server. A paste may be as large as a request of the API.
pub async fn function(State(state): State<ServerState>, request: Request<Body>) -> Response {
    let most = state.service.settings.limits.body_bytes;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > most) {
        return too_large(request, most).await;
    }
    let context = move || {
        provide_context(state.service.clone());
        provide_context(ApiDocument(api_document));
        introduce();
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// The document of the API, which the reference is made of when somebody looks at it.
fn api_document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::to_value(api::document()).unwrap_or_default());
    &DOCUMENT
}

/// Says so in the words of a server function.
async fn too_large(request: Request<Body>, most: usize) -> Response {
    // A browser that is cut off while it sends does not hear the answer.
    let mut body = request.into_body().into_data_stream();
    while let Some(Ok(_)) = body.next().await {}
    let words = format!(
        "This is more than the {} MiB that the server takes at once. Save it as a CSV file and drop it on the sheet",
        (most >> 20).max(1)
    );
    let error = Wire::encode(&RpcError::new(ErrorKind::TooLarge, words)).unwrap_or_default();
    (StatusCode::PAYLOAD_TOO_LARGE, [(CONTENT_TYPE, Wire::CONTENT_TYPE)], error).into_response()
}

/// Tells a page or server function who is signed in.
fn introduce() {
    let signed_in = use_context::<Parts>().and_then(|request| request.extensions.get::<SignedIn>().cloned());
    if let Some(SignedIn { actor, person, .. }) = signed_in {
        provide_context(actor);
        provide_context(person);
    }
}
