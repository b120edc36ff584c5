//! Which address is answered by whom.

use any_spawner::Executor;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use tower_http::compression::CompressionLayer;

use super::{
    ServerState, assets, csp, enter, frames, health, icons, invitation, origin, pages, password, presence,
    session, sign_in, stream, transfer, visit,
};
use crate::api;

/// The whole server as one router, as tests drive it too.
pub fn router(state: ServerState) -> Router {
    // What a page reads runs where the server does. A second router of the same process finds it done.
    let _ = Executor::init_tokio();

    // The page's files are compressed ahead of time; this is for what is made on request.
    let most = DefaultBodyLimit::max(state.service.settings.limits.body_bytes);
    let compressed = Router::new()
        .route("/rpc/{*function}", any(pages::function).layer(most))
        .route("/frames/{sheet}", get(frames::frame))
        .fallback(pages::page)
        .layer(CompressionLayer::new().br(true).gzip(true));

    let browser = Router::new()
        .route("/stream", get(stream::follow))
        .route("/presence", post(presence::say))
        .route("/files", post(transfer::upload).layer(DefaultBodyLimit::disable()))
        .route("/files/{id}/download", get(transfer::download))
        .route("/agents/{id}/versions/{version}/download", get(transfer::agent_code))
        .route("/files/{id}/ticket", post(visit::ticket))
        .route("/visit", post(visit::renew))
        .route("/sign-in", get(pages::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/invitation", get(invitation::form).post(invitation::accept))
        .route("/password", get(password::form).post(password::choose))
        .route(password::OWN, get(password::own).post(password::change))
        .route("/space/{space}/enter", get(enter::form).post(enter::ask))
        .merge(compressed)
        .layer(middleware::from_fn_with_state(state.clone(), session::identify))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check));

    let served = Router::new()
        .merge(assets::routes())
        .route("/icons/{version}/{file}", get(icons::icon))
        .route("/embed", get(visit::wait))
        .route("/space-init", get(visit::wait))
        .route("/s/space-init", get(visit::wait))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(browser)
        .with_state(state.clone())
        .merge(api::router(state.service, state.stopping))
        .layer(middleware::map_response(csp::close_by_default));
    api::tidy_addresses(served)
}
