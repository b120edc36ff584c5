//! Which address is answered by whom.

use axum::{Router, middleware, routing::get};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::compression::CompressionLayer;

use super::{ServerState, assets, csp, health, pages};
use crate::app::{App, shell};

/// The whole server as one router, as tests drive it too.
pub fn router(state: ServerState) -> Router {
    let options = state.leptos.clone();
    let page = move || shell::shell(options.clone());

    // The page's files are compressed ahead of time; this is for what is made on request.
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), csp::allow_page, page)
        .fallback(pages::not_found)
        .layer(CompressionLayer::new().br(true).gzip(true));

    Router::new()
        .merge(assets::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(pages)
        .layer(middleware::map_response(csp::close_by_default))
        .with_state(state)
}
