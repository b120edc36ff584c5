//! What a supervisor asks: is the process alive, and may it be sent requests.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

use super::ServerState;

/// `GET /healthz`: the process answers. Restart it when it does not.
pub async fn alive() -> impl IntoResponse {
    answer(StatusCode::OK, "alive\n")
}

/// `GET /readyz`: requests may be sent here. Not so once the server was told to stop.
pub async fn ready(State(state): State<ServerState>) -> impl IntoResponse {
    if state.stopping.is_cancelled() {
        answer(StatusCode::SERVICE_UNAVAILABLE, "stopping\n")
    } else {
        answer(StatusCode::OK, "ready\n")
    }
}

fn answer(status: StatusCode, text: &'static str) -> impl IntoResponse {
    (status, [(header::CACHE_CONTROL, "no-store")], text)
}
