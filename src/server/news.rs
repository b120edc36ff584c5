//! The events of the spaces that somebody watches: read from the log once and written once, however many streams a
//! space has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::Event as Message;
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::domain::event::Event;
use crate::domain::ids::SpaceId;
use crate::service::Service;
use crate::service::plugin_words::in_words;
use crate::service::subscriptions::Subscription;
use crate::store::EventSignal;

/// The log is read at least this often, should a signal of another server be lost.
const POLL: Duration = Duration::from_secs(10);
/// Events that are read at once.
pub const BATCH: u64 = 100;
/// Events that a slow stream may fall behind before it has to read the log itself.
const BEHIND: usize = 256;

/// An event as every stream sends it.
#[derive(Debug)]
pub struct Told {
    /// Its place among the events of the space.
    pub sequence: i64,
    /// What browsers are sent.
    pub message: Message,
}

impl From<&Event> for Told {
    fn from(event: &Event) -> Self {
        let sequence = event.space_sequence.unwrap_or_default();
        let mut data = json!({ "sequence": sequence, "topic": event.topic, "context": event.context });
        // Of other events the page needs to know only that they happened, and what those of records tell is long.
        if event.topic.starts_with("job:")
            || matches!(event.topic.as_str(), "sheet:updated" | "workbook:updated")
        {
            data["payload"] = json!(event.payload);
            if let Some(info) = event.payload.get("info").and_then(Value::as_str) {
                data["payload"]["info"] = json!(in_words(info));
            }
        }
        Self { sequence, message: Message::default().id(sequence.to_string()).data(data.to_string()) }
    }
}

/// The spaces that are watched on this server.
#[derive(Clone, Default)]
pub struct News(Arc<Mutex<HashMap<SpaceId, broadcast::Sender<Arc<Told>>>>>);

impl News {
    fn spaces(&self) -> MutexGuard<'_, HashMap<SpaceId, broadcast::Sender<Arc<Told>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every event of the space from now on. Whoever asks must be allowed to see it, has just read that `newest` is the
    /// place of its last event, and reads the log once more after this: what came between is told by one or the other.
    pub fn follow(
        &self,
        service: &Arc<Service>,
        stopping: &CancellationToken,
        (space, newest): (&SpaceId, i64),
    ) -> broadcast::Receiver<Arc<Told>> {
        let mut spaces = self.spaces();
        if let Some(streams) = spaces.get(space) {
            return streams.subscribe();
        }
        let (streams, receiver) = broadcast::channel(BEHIND);
        spaces.insert(space.clone(), streams.clone());
        let reader = Reader {
            signals: service.db.signals().events.subscribe(),
            service: service.clone(),
            space: space.clone(),
            sequence: newest,
            streams,
        };
        let (news, stopping) = (self.clone(), stopping.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = reader.read(news) => {}
                () = stopping.cancelled() => {}
            }
        });
        receiver
    }
}

/// Reads the log for the streams of one space.
struct Reader {
    service: Arc<Service>,
    space: SpaceId,
    sequence: i64,
    signals: broadcast::Receiver<EventSignal>,
    streams: broadcast::Sender<Arc<Told>>,
}

impl Reader {
    /// Tells what happens until nobody watches.
    async fn read(mut self, news: News) {
        loop {
            while self.tell().await {}
            if self.wait().await.is_none() {
                return;
            }
            let mut spaces = news.spaces();
            if self.streams.receiver_count() == 0 {
                spaces.remove(&self.space);
                return;
            }
        }
    }

    /// Tells some events; whether there may be more.
    async fn tell(&mut self) -> bool {
        let subscription = Subscription::Space(self.space.clone());
        let events = match self.service.events_after(&subscription, self.sequence, BATCH).await {
            Ok(events) => events,
            Err(error) => {
                tracing::warn!(%error, "the event log cannot be read");
                return false;
            }
        };
        for event in &events {
            let told = Told::from(event);
            self.sequence = told.sequence;
            // Nobody listens perhaps.
            let _ = self.streams.send(Arc::new(told));
        }
        !events.is_empty()
    }

    /// Waits until this space may have a new event; nothing when there will be none.
    async fn wait(&mut self) -> Option<()> {
        let deadline = tokio::time::sleep(POLL);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                signal = self.signals.recv() => match signal {
                    Ok(signal) if signal.space_id.as_ref() != Some(&self.space) => {}
                    // Lagging behind only means that the log is read.
                    Ok(_) | Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                },
                () = &mut deadline => return Some(()),
            }
        }
    }
}
