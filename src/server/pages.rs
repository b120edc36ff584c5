//! The pages of the application, and the functions that they call.

use axum::{
    body::Body,
    extract::{Request, State},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use leptos::prelude::{provide_context, use_context};

use super::session::SignedIn;
use super::{ServerState, csp};
use crate::app::shell;

/// The page at the address, whole; where none is, one that says so, with its status.
pub async fn page(State(state): State<ServerState>, request: Request<Body>) -> Response {
    let (options, service) = (state.leptos, state.service);
    let context = move || {
        provide_context(service.clone());
        introduce();
        csp::allow_page();
    };
    let render = leptos_axum::render_app_async_with_context(context, move || shell::shell(options.clone()));
    render(request).await.into_response()
}

/// What a page asks of the server.
pub async fn function(State(state): State<ServerState>, request: Request<Body>) -> Response {
    let context = move || {
        provide_context(state.service.clone());
        introduce();
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// Tells a page or server function who is signed in.
fn introduce() {
    let signed_in = use_context::<Parts>().and_then(|request| request.extensions.get::<SignedIn>().cloned());
    if let Some(SignedIn { actor, user }) = signed_in {
        provide_context(actor);
        provide_context(user);
    }
}
