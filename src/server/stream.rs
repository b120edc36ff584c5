//! `GET /stream`: the events of a space as they happen, for the page. Resumes where it was cut off.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};

use super::ServerState;
use super::problem::Problem;
use super::session::{SignedIn, token_of};
use crate::domain::event::Event;
use crate::domain::ids::{Id, SpaceId};
use crate::service::authentication::Subscription;
use crate::store::EventSignal;

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The log is read at least this often, should a signal of another server be lost.
const POLL: Duration = Duration::from_secs(10);
const BATCH: u64 = 100;

/// What the page asks for.
#[derive(Deserialize)]
pub struct Wanted {
    space: String,
    after: Option<i64>,
}

struct Follower {
    state: ServerState,
    space: SpaceId,
    /// The session that listens, and when it was last seen to be one.
    session: String,
    seen: Instant,
    signals: broadcast::Receiver<EventSignal>,
    /// Who comes, goes and moves.
    people: broadcast::Receiver<Arc<str>>,
    sequence: i64,
    waiting: VecDeque<Event>,
    /// The log holds nothing else, as of that time.
    is_read: bool,
    read: Instant,
}

/// Streams events after the given place; `Last-Event-ID` wins over `after`.
pub async fn follow(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let space = SpaceId::parse(&wanted.space).map_err(|error| Problem::bad_request(error.to_string()))?;
    // Subscribed before the place is read, so that nothing falls between.
    let signals = state.service.db.signals().events.subscribe();
    let newest = state.service.space_sequence(&signed_in.actor, &space).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let sequence = last.or(wanted.after).unwrap_or(newest).min(newest);
    let (session, seen) = (token_of(&headers).unwrap_or_default(), Instant::now());
    let (people, waiting) = (state.presence.follow(&space), VecDeque::new());
    let follower = Follower {
        state,
        space,
        session,
        seen,
        signals,
        people,
        sequence,
        waiting,
        is_read: false,
        read: seen,
    };
    let stream = futures::stream::unfold(follower, |mut follower| async {
        let message = follower.next().await?;
        Some((Ok(message), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Why a stream goes on.
enum Woken {
    /// There may be an event in the log.
    Log,
    /// Somebody moved.
    People(Arc<str>),
    /// The server stops.
    Stop,
}

impl Follower {
    /// What to say next; nothing when the server stops, or the session has ended.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.sequence = event.space_sequence.unwrap_or(self.sequence);
                return Some(message(&event));
            }
            if self.is_read {
                match self.wait().await {
                    Woken::Log => self.is_read = false,
                    // They have no place in the log: who missed them hears of it otherwise.
                    Woken::People(text) => return Some(Message::default().data(text)),
                    Woken::Stop => return None,
                }
                continue;
            }
            if self.seen.elapsed() >= POLL {
                // A database in trouble is no reason to send people away.
                if let Ok(None) = self.state.service.actor_of_session(&self.session).await {
                    return None;
                }
                self.seen = Instant::now();
            }
            let subscription = Subscription::Space(self.space.clone());
            let events = self.state.service.events_after(&subscription, self.sequence, BATCH).await;
            if let Err(error) = &events {
                tracing::warn!(%error, "the event log cannot be read");
            }
            self.waiting.extend(events.unwrap_or_default());
            self.is_read = self.waiting.is_empty();
            self.read = Instant::now();
        }
    }

    /// Waits until this space may have a new event, or somebody in it moved.
    async fn wait(&mut self) -> Woken {
        let deadline = tokio::time::sleep_until((self.read + POLL).into());
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                signal = self.signals.recv() => match signal {
                    Ok(signal) if signal.space_id.as_ref() != Some(&self.space) => {}
                    // Lagging behind only means that the log is read.
                    Ok(_) | Err(RecvError::Lagged(_)) => return Woken::Log,
                    Err(RecvError::Closed) => return Woken::Stop,
                },
                people = self.people.recv() => match people {
                    Ok(text) => return Woken::People(text),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => self.people = self.state.presence.follow(&self.space),
                },
                () = &mut deadline => return Woken::Log,
                () = self.state.stopping.cancelled() => return Woken::Stop,
            }
        }
    }
}

fn message(event: &Event) -> Message {
    let sequence = event.space_sequence.unwrap_or_default();
    let mut data = json!({ "sequence": sequence, "topic": event.topic, "context": event.context });
    // Of other events the page needs to know only that they happened, and what those of records tell is long.
    if event.topic.starts_with("job:") || matches!(event.topic.as_str(), "sheet:updated" | "workbook:updated")
    {
        data["payload"] = json!(event.payload);
    }
    Message::default().id(sequence.to_string()).data(data.to_string())
}
