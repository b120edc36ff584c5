//! The subscription protocol of the published listeners: PubNub's, as far as their driver uses it.
//!
//! A listener asks for what came after its last timetoken and is kept waiting until there is
//! something. The event log is the truth: a timetoken is a place in it, so nothing is lost however
//! long a listener was away, and no server has to remember who listens.
//!
//! The driver fetches a new token after a 403 and asks again when its connection breaks; every other answer but 200
//! silences it for ever. So whatever goes wrong here is one of these.

mod poll;
mod timetoken;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::transport::cors;
use crate::service::{ErrorKind, Service, ServiceError};
use timetoken::Timetoken;

/// How long a listener waits that asks while something is wrong underneath.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Channels {
    service: Arc<Service>,
    stopping: CancellationToken,
}

/// Answers `/v2` and `/time`.
pub fn routes(service: Arc<Service>, stopping: CancellationToken) -> Router {
    Router::new()
        .route("/v2/subscribe/{key}/{channel}/0", get(subscribe))
        .route("/v2/presence/sub-key/{key}/channel/{channel}/leave", get(|| presence("leave")))
        .route("/v2/presence/sub-key/{key}/channel/{channel}/heartbeat", get(|| presence("heartbeat")))
        .route("/v2/presence/sub_key/{key}/channel/{channel}/leave", get(|| presence("leave")))
        .route("/v2/presence/sub_key/{key}/channel/{channel}/heartbeat", get(|| presence("heartbeat")))
        .route("/v2/{*rest}", get(elsewhere))
        .route("/time/0", get(time))
        .layer(cors())
        .with_state(Channels { service, stopping })
}

/// What has no address here. A listener that asks for events of nothing must not hear anything but 403.
async fn elsewhere(Path(rest): Path<String>) -> Response {
    if rest.starts_with("subscribe/") {
        return not_this_channel().await;
    }
    refuse(StatusCode::NOT_FOUND, "there is no such call").await
}

async fn subscribe(
    State(channels): State<Channels>,
    named: Result<Path<(String, String)>, PathRejection>,
    asked: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Response {
    let (Ok(Path((key, channel))), Ok(Query(asked))) = (named, asked) else {
        return not_this_channel().await;
    };
    // The last timetoken; absent or 0 for the first call.
    let timetoken =
        asked.get("tt").and_then(|timetoken| timetoken.parse().ok()).map_or(Timetoken(0), Timetoken);
    let token = asked.get("auth").map(String::as_str).unwrap_or_default();
    let after = (timetoken.0 > 0).then(|| timetoken.sequence());
    match poll::wait(&channels.service, (token, &channel), after, &channels.stopping).await {
        Ok(found) => Json(found.answer(&key, &channel)).into_response(),
        Err(error) => channels.failed(error, timetoken).await,
    }
}

impl Channels {
    /// Sends a listener without a right to the channel for a new token. Others hear of nothing, and ask again from
    /// where they are.
    async fn failed(&self, error: ServiceError, timetoken: Timetoken) -> Response {
        use ErrorKind::{BadRequest, Forbidden, NotFound, Unauthorized};
        if matches!(error.kind, Forbidden | Unauthorized | NotFound | BadRequest) {
            return not_this_channel().await;
        }
        tracing::error!(message = error.message, "a subscription failed");
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.stopping.cancelled() => {}
        }
        Json(json!({ "t": timetoken.to_wire(), "m": [] })).into_response()
    }
}

async fn not_this_channel() -> Response {
    refuse(StatusCode::FORBIDDEN, "the token is not valid for this channel (any more)").await
}

async fn refuse(status: StatusCode, message: &'static str) -> Response {
    let body =
        json!({ "status": status.as_u16(), "error": true, "service": "Access Manager", "message": message });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Nobody asks who is there, so coming and going is only acknowledged.
async fn presence(action: &'static str) -> Response {
    Json(json!({ "status": 200, "message": "OK", "action": action, "service": "Presence" })).into_response()
}

async fn time() -> Response {
    Json([Timetoken::of_clock(crate::store::now()).0]).into_response()
}
