//! `/v1/events/stream`: the log as it grows, for listeners that keep one request open. It goes on behind any event.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Bearer, Caller, known};
use crate::domain::event::Event;
use crate::domain::ids::{EnvironmentId, EventId, GuestId, SpaceId};
use crate::service::Service;
use crate::service::subscriptions::Subscription;
use crate::store::EventSignal;

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The log is read, and the key looked at, at least this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
const BATCH: u64 = 100;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// What is to be heard, and from where on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct StreamParameters {
    /// Everything in this environment; that of the key when absent.
    environment_id: Option<String>,
    /// Only what happens in this space.
    space_id: Option<String>,
    /// The id of the last event that is known; what came after it is sent first. The header `Last-Event-ID`, which
    /// browsers and libraries send when they come back, wins. `start` is everything that is still known. Without
    /// either, what happens from now on.
    since: Option<String>,
}

/// The events as they happen, as server-sent events whose ids are those of the events.
#[utoipa::path(get, path = "/v1/events/stream", tag = "events",
    params(StreamParameters, ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = String), Failures))]
async fn follow(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Bearer(token): Bearer,
    Extension(stopping): Extension<CancellationToken>,
    Asked(asked): Asked<StreamParameters>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let environment = asked.environment_id.map(|id| known::<EnvironmentId>(&id)).transpose()?;
    let space = asked.space_id.map(|id| known::<SpaceId>(&id)).transpose()?;
    let space = space.or_else(|| actor.scope.space_id.clone());
    let environment = environment.or_else(|| actor.scope.environment_id.clone());
    let subscription = match (space, environment) {
        (Some(space), _) => Subscription::Space(space),
        (None, Some(environment)) => Subscription::Environment(environment),
        (None, None) => return Err(ApiError::bad("spaceId", "say of which space or environment")),
    };
    // Subscribed before the place is read, so that nothing falls between.
    let signals = service.db.signals().events.subscribe();
    let newest = service.event_place(&actor, &subscription).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_string);
    let after = match last.or(asked.since) {
        None => newest,
        Some(start) if start == "start" => 0,
        Some(id) => {
            let event = service.event(&actor, &known::<EventId>(&id)?).await?;
            let is_here = match &subscription {
                Subscription::Environment(id) => event.environment_id == *id,
                Subscription::Space(id) => event.space_id.as_ref() == Some(id),
            };
            if !is_here {
                return Err(ApiError::bad("since", "this event is not of what is to be heard"));
            }
            subscription.place(&event)
        }
    };
    let (waiting, seen) = (VecDeque::new(), Instant::now());
    let granted_to = actor.scope.granted_to;
    let follower =
        Follower { service, stopping, subscription, granted_to, token, signals, after, waiting, seen };
    let stream = futures::stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        let message = Message::default().id(event.id.to_string()).data(event.to_wire().to_string());
        Some((Ok::<_, Infallible>(message), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

struct Follower {
    service: Arc<Service>,
    stopping: CancellationToken,
    subscription: Subscription,
    /// The guest who hears only of what was granted to them, where it is one.
    granted_to: Option<GuestId>,
    token: String,
    signals: Receiver<EventSignal>,
    after: i64,
    waiting: VecDeque<Event>,
    /// When the key was last good.
    seen: Instant,
}

impl Follower {
    /// The next event; nothing when the server stops, or the key is good no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.after = self.subscription.place(&event);
                return Some(event);
            }
            if self.seen.elapsed() >= LOOK_AGAIN {
                self.granted_to = self.service.actor_of_bearer(&self.token).await.ok()?.scope.granted_to;
                self.seen = Instant::now();
            }
            let granted_to = self.granted_to.as_ref();
            match self.service.hear(&self.subscription, granted_to, self.after, BATCH).await {
                Ok((events, place)) if events.is_empty() => self.after = place,
                Ok((events, _)) => self.waiting.extend(events),
                Err(error) => tracing::warn!(%error, "the event log cannot be read"),
            }
            if self.waiting.is_empty() {
                self.wait().await?;
            }
        }
    }

    /// Waits until there may be another event.
    async fn wait(&mut self) -> Option<()> {
        let again = tokio::time::sleep(LOOK_AGAIN);
        tokio::pin!(again);
        loop {
            tokio::select! {
                signal = self.signals.recv() => match signal {
                    Ok(signal) if !self.subscription.concerns(&signal) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
                () = &mut again => return Some(()),
                () = self.stopping.cancelled() => return None,
            }
        }
    }
}
