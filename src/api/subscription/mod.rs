//! The subscription protocol of the published listeners: PubNub's, as far as their driver uses it.
//!
//! A listener asks for what came after its last timetoken and is kept waiting until there is
//! something. The event log is the truth: a timetoken is a place in it, so nothing is lost however
//! long a listener was away, and no server has to remember who listens.

mod poll;
mod timetoken;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::extract::Asked;
use super::transport::cors;
use crate::service::{ErrorKind, Service, ServiceError};
use timetoken::Timetoken;

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
        .route("/v2/{*rest}", get(|| refuse(StatusCode::NOT_FOUND, "there is no such call")))
        .route("/time/0", get(time))
        .layer(cors())
        .with_state(Channels { service, stopping })
}

/// What the driver sends; the rest of it does not matter here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameters {
    /// The last timetoken; absent or 0 for the first call.
    tt: Option<u64>,
    /// The token of `/v1/subscription`.
    auth: Option<String>,
}

async fn subscribe(
    State(channels): State<Channels>,
    Path((key, channel)): Path<(String, String)>,
    Asked(asked): Asked<Parameters>,
) -> Response {
    let subscription =
        match channels.service.check_subscription(asked.auth.as_deref().unwrap_or_default(), &channel) {
            Ok(subscription) => subscription,
            Err(error) => return failed(error).await,
        };
    let after = asked.tt.filter(|timetoken| *timetoken > 0).map(|timetoken| Timetoken(timetoken).sequence());
    match poll::wait(&channels.service, &subscription, after, &channels.stopping).await {
        Ok(found) => Json(found.answer(&key, &channel)).into_response(),
        Err(error) => failed(error).await,
    }
}

async fn failed(error: ServiceError) -> Response {
    match error.kind {
        // The driver fetches a new token and comes back.
        ErrorKind::Forbidden | ErrorKind::Unauthorized | ErrorKind::NotFound | ErrorKind::BadRequest => {
            refuse(StatusCode::FORBIDDEN, "the token is not valid for this channel (any more)").await
        }
        _ => {
            tracing::error!(message = error.message, "a subscription failed");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "try again in a moment").await
        }
    }
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
