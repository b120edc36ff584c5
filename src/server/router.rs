//! Which address is answered by whom.

use axum::extract::DefaultBodyLimit;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Router, middleware};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::compression::CompressionLayer;

use super::session::SignedIn;
use super::{
    ServerState, assets, csp, frames, health, origin, pages, presence, session, sign_in, stream, transfer,
};
use crate::api;
use crate::app::{App, shell};

/// The whole server as one router, as tests drive it too.
pub fn router(state: ServerState) -> Router {
    let options = state.leptos.clone();
    let page = move || shell::shell(options.clone());
    let context = {
        let service = state.service.clone();
        move || {
            provide_context(service.clone());
            introduce();
            csp::allow_page();
        }
    };

    // The page's files are compressed ahead of time; this is for what is made on request.
    let compressed = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), context, page)
        .route("/frames/{sheet}", get(frames::frame))
        .fallback(pages::not_found)
        .layer(CompressionLayer::new().br(true).gzip(true));

    let browser = Router::new()
        .route("/stream", get(stream::follow))
        .route("/presence", post(presence::say))
        .route("/files", post(transfer::upload).layer(DefaultBodyLimit::disable()))
        .route("/files/{id}/download", get(transfer::download))
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .merge(compressed)
        .layer(middleware::from_fn_with_state(state.clone(), session::identify))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check));

    let served = Router::new()
        .merge(assets::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(browser)
        .with_state(state.clone())
        .merge(api::router(state.service, state.stopping))
        .layer(middleware::map_response(csp::close_by_default));
    api::tidy_addresses(served)
}

/// Tells a page or server function who is signed in.
pub(super) fn introduce() {
    let signed_in = use_context::<Parts>().and_then(|request| request.extensions.get::<SignedIn>().cloned());
    if let Some(SignedIn { actor, user }) = signed_in {
        provide_context(actor);
        provide_context(user);
    }
}
