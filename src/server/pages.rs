//! Pages that belong to no route.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};

use leptos::prelude::provide_context;

use super::{ServerState, csp, router::introduce};
use crate::app::shell;

/// The application's own "not found" page; its view sets the status.
pub async fn not_found(State(state): State<ServerState>, request: Request<Body>) -> Response {
    let options = state.leptos.clone();
    let context = move || {
        provide_context(state.service.clone());
        introduce();
        csp::allow_page();
    };
    let render = leptos_axum::render_app_async_with_context(context, move || shell::shell(options.clone()));
    render(request).await.into_response()
}
