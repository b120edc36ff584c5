//! `GET /stream`: the events of a space as they happen, for the page. Resumes where it was cut off.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use tokio::sync::broadcast::{self, error::RecvError};

use super::ServerState;
use super::news::{BATCH, Told};
use super::people::only_at;
use super::problem::Problem;
use super::session::{Credential, SignedIn};
use crate::domain::access::Actor;
use crate::domain::ids::{GuestId, Id, SheetId, SpaceId};
use crate::service::subscriptions::Subscription;

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it is looked whether the session is still one.
const LOOK: Duration = Duration::from_secs(10);

/// What the page asks for.
#[derive(Deserialize)]
pub struct Wanted {
    space: String,
    after: Option<i64>,
}

struct Follower {
    state: ServerState,
    space: SpaceId,
    /// What let the page listen, and when it was last seen to be good.
    credential: Credential,
    /// The guest who hears only of what was granted to them, where it is one.
    granted_to: Option<GuestId>,
    /// The sheets of which such a guest is told who is there.
    sheets: Option<HashSet<SheetId>>,
    seen: Instant,
    /// What happens in the space.
    news: broadcast::Receiver<Arc<Told>>,
    /// Who comes, goes and moves.
    people: broadcast::Receiver<Arc<str>>,
    sequence: i64,
    /// What was read from the log.
    waiting: VecDeque<Told>,
    /// What the news do not tell is read.
    is_read: bool,
    /// It could not be read: it is tried again at the next look.
    failed: bool,
}

/// Streams events after the given place; `Last-Event-ID` wins over `after`.
pub async fn follow(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let space = SpaceId::parse(&wanted.space).map_err(|error| Problem::bad_request(error.to_string()))?;
    let newest = state.service.space_sequence(&signed_in.actor, &space).await?;
    let news = state.news.follow(&state.service, &state.stopping, (&space, newest));
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let sequence = last.or(wanted.after).unwrap_or(newest).min(newest);
    let sheets = state.service.granted_sheets(&signed_in.actor, &space).await?;
    let granted_to = signed_in.actor.scope.granted_to;
    let (credential, seen) = (signed_in.credential, Instant::now());
    let (people, waiting) = (state.presence.follow(&space), VecDeque::new());
    let follower = Follower {
        state,
        space,
        credential,
        granted_to,
        sheets,
        seen,
        news,
        people,
        sequence,
        waiting,
        is_read: false,
        failed: false,
    };
    let stream = futures::stream::unfold(follower, |mut follower| async {
        let message = follower.next().await?;
        Some((Ok(message), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Why a stream goes on.
enum Woken {
    /// Something happened.
    News(Arc<Told>),
    /// Something may have happened that only the log tells.
    Log,
    /// Somebody moved.
    People(Arc<str>),
    /// It is time to look whether the session is still one.
    Look,
    /// The server stops.
    Stop,
}

impl Follower {
    /// What to say next; nothing when the server stops, or the session has ended.
    async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(told) = self.waiting.pop_front() {
                self.sequence = told.sequence;
                return Some(told.message);
            }
            if !self.is_read {
                self.read().await;
                continue;
            }
            match self.wait().await {
                Woken::News(told) if told.sequence == self.sequence + 1 && self.granted_to.is_none() => {
                    self.sequence = told.sequence;
                    return Some(told.message.clone());
                }
                // It was read from the log, or one before it is still to be read.
                Woken::News(told) => self.is_read = told.sequence <= self.sequence,
                Woken::Log => self.is_read = false,
                // They have no place in the log: who missed them hears of it otherwise.
                Woken::People(text) => match &self.sheets {
                    None => return Some(Message::default().data(text)),
                    Some(sheets) => match only_at(&text, sheets) {
                        Some(text) => return Some(Message::default().data(text)),
                        None => continue,
                    },
                },
                Woken::Look => {
                    // A database in trouble is no reason to send people away.
                    match self.credential.holder(&self.state.service).await {
                        Ok(None) => return None,
                        Ok(Some((actor, _))) => self.look(&actor).await,
                        Err(_) => {}
                    }
                    self.seen = Instant::now();
                    self.is_read = !self.failed;
                }
                Woken::Stop => return None,
            }
        }
    }

    /// Looks what of the space is theirs now.
    async fn look(&mut self, actor: &Actor) {
        self.granted_to.clone_from(&actor.scope.granted_to);
        match self.state.service.granted_sheets(actor, &self.space).await {
            Ok(sheets) => self.sheets = sheets,
            Err(error) => tracing::warn!(%error, "the sheets of a guest cannot be read"),
        }
    }

    /// Reads some of what the log has after the last that was said.
    async fn read(&mut self) {
        let subscription = Subscription::Space(self.space.clone());
        let granted_to = self.granted_to.as_ref();
        let heard = self.state.service.hear(&subscription, granted_to, self.sequence, BATCH).await;
        if let Err(error) = &heard {
            tracing::warn!(%error, "the event log cannot be read");
        }
        self.failed = heard.is_err();
        let (events, place) = heard.unwrap_or_else(|_| (Vec::new(), self.sequence));
        self.waiting.extend(events.iter().map(Told::from));
        self.is_read = self.waiting.is_empty();
        if self.is_read {
            self.sequence = place;
        }
    }

    /// Waits until something happens in this space, or somebody in it moves.
    async fn wait(&mut self) -> Woken {
        loop {
            tokio::select! {
                told = self.news.recv() => return match told {
                    Ok(told) => Woken::News(told),
                    Err(RecvError::Lagged(_)) => Woken::Log,
                    // Nobody reads for the space any more; that is so when the server stops.
                    Err(RecvError::Closed) => Woken::Stop,
                },
                people = self.people.recv() => match people {
                    Ok(text) => return Woken::People(text),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => self.people = self.state.presence.follow(&self.space),
                },
                () = tokio::time::sleep_until((self.seen + LOOK).into()) => return Woken::Look,
                () = self.state.stopping.cancelled() => return Woken::Stop,
            }
        }
    }
}
