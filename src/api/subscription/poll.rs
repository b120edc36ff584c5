//! Waiting for events: the log is read, and only when nothing new is there does the call wait for a
//! signal. The signal is subscribed to before the log is read, so nothing falls in between.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::timetoken::Timetoken;
use crate::domain::event::Event;
use crate::service::{Service, ServiceError};

/// How long a call without events waits: less than the idle limit of common proxies.
const PATIENCE: Duration = Duration::from_secs(50);
/// How often the log is read without a signal: another server may have written to it.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Most events in one answer.
const MOST_EVENTS: u64 = 100;

/// What a call is told.
pub struct Found {
    /// How far the caller has read now.
    position: i64,
    events: Vec<(i64, Event)>,
}

/// Waits for events after `after` on a channel that the token opens; without it, tells the current position at once.
///
/// # Errors
/// The token does not open the channel, or not any more.
pub async fn wait(
    service: &Service,
    (token, channel): (&str, &str),
    after: Option<i64>,
    stopping: &CancellationToken,
) -> Result<Found, ServiceError> {
    let mut signals = service.db.signals().events.subscribe();
    let (subscription, _) = service.check_subscription(token, channel).await?;
    let newest = service.event_position(&subscription).await?;
    // A token from before the log was emptied would wait for ever.
    let Some(mut after) = after.map(|after| after.min(newest)) else {
        return Ok(Found { position: newest, events: Vec::new() });
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        // What was taken from them meanwhile is not told any more.
        let (_, granted_to) = service.check_subscription(token, channel).await?;
        let (events, position) = service.hear(&subscription, granted_to.as_ref(), after, MOST_EVENTS).await?;
        if !events.is_empty() || Instant::now() >= deadline || stopping.is_cancelled() {
            let events = events.into_iter().map(|event| (subscription.place(&event), event)).collect();
            return Ok(Found { position, events });
        }
        after = position;
        let look_again = deadline.min(Instant::now() + LOOK_AGAIN);
        loop {
            let signal = tokio::select! {
                () = stopping.cancelled() => break,
                signal = timeout_at(look_again, signals.recv()) => signal,
            };
            match signal {
                Ok(Ok(signal)) if !subscription.concerns(&signal) => {}
                Ok(Err(RecvError::Closed)) => return Ok(Found { position: after, events: Vec::new() }),
                _ => break,
            }
        }
    }
}

impl Found {
    /// The answer as PubNub's clients read it.
    pub fn answer(&self, key: &str, channel: &str) -> Value {
        let at = |sequence| Timetoken::of(sequence).to_wire();
        let messages: Vec<Value> = self
            .events
            .iter()
            .map(|(sequence, event)| {
                json!({ "a": "1", "f": 0, "p": at(*sequence), "k": key, "c": channel, "d": event.to_wire() })
            })
            .collect();
        json!({ "t": at(self.position), "m": messages })
    }
}
