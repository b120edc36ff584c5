//! What the sender does with the database: events come into the queue of an endpoint, and what a try came to is kept.

use serde_json::Value;

use super::deliveries::{of_event, scope_of};
use super::signature::Key;
use crate::domain::access::{Actor, Role};
use crate::domain::event::Event;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::schedule::Verdict;
use crate::domain::webhook::{Delivery, DeliveryState, Endpoint};
use crate::service::subscriptions::Subscription;
use crate::service::{Result, Service};
use crate::store::webhooks::{self, deliveries};
use crate::store::{events, failpoint, now};

/// Events that come into the queue in one commit.
const AT_ONCE: u64 = 200;
/// Events that nobody hears of, after which the place in the log is kept all the same.
const KEEP_PLACE: i64 = 1_000;
/// Deliveries that one clean-up forgets at most.
const FORGET_AT_ONCE: u64 = 1_000;
const DAY: i64 = 24 * 3_600_000;

/// What there was to queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// The log was read to its end.
    Nothing,
    /// Something; there may be more.
    Some,
    /// Another server sends to this endpoint.
    Elsewhere,
}

impl Service {
    /// Puts the next events of the log into the queue of an endpoint, in the commit that keeps how far it was read and
    /// that this server sends to it. `place` is how far this server read on without keeping it.
    pub async fn queue_events(&self, endpoint: &Endpoint, worker: &str, place: &mut i64) -> Result<Queued> {
        *place = endpoint.position.max(*place);
        let subscription = match &endpoint.space_id {
            Some(space) => Subscription::Space(space.clone()),
            None => Subscription::Environment(endpoint.environment_id.clone()),
        };
        let found = self.events_after(&subscription, *place, AT_ONCE).await?;
        let place_of = |event: &Event| match &subscription {
            Subscription::Space(_) => event.space_sequence.unwrap_or_default(),
            Subscription::Environment(_) => event.environment_sequence,
        };
        let Some(last) = found.last().map(place_of) else { return Ok(Queued::Nothing) };
        let wanted: Vec<&Event> = found.iter().filter(|event| endpoint.choice.takes(event)).collect();
        if !wanted.is_empty() || last - endpoint.position >= KEEP_PLACE {
            let moment = now();
            let until = moment.plus(self.settings.webhooks.schedule.lease);
            let mut tx = self.db.write().await?;
            if !webhooks::take(&mut tx, &endpoint.id, worker, until, moment).await?
                || !webhooks::advance(&mut tx, &endpoint.id, endpoint.position, last).await?
            {
                return Ok(Queued::Elsewhere);
            }
            for event in wanted {
                deliveries::queue(&mut tx, &of_event(endpoint, event), false).await?;
            }
            failpoint("webhook-queue");
            tx.commit().await?;
        }
        *place = last;
        Ok(Queued::Some)
    }

    /// The event of a delivery; nothing when it is a test, or gone.
    pub async fn event_of_delivery(&self, endpoint: &Endpoint, delivery: &Delivery) -> Result<Option<Event>> {
        let mut tx = self.db.read().await?;
        Ok(events::find(&mut tx, &scope_of(endpoint), &delivery.event_id).await?)
    }

    /// What is sent of an event: as lists show it, with addresses that lead here from anywhere.
    pub fn webhook_body(&self, event: &Event) -> Value {
        let mut body = event.to_wire();
        for member in ["dataUrl", "callbackUrl"] {
            if let Some(path) = body.get(member).and_then(Value::as_str).filter(|path| !path.is_empty()) {
                body[member] = format!("{}{path}", self.settings.public_url).into();
            }
        }
        body
    }

    /// The keys that sign for an endpoint, the newest first.
    pub fn webhook_keys(&self, endpoint: &Endpoint, now: Timestamp) -> Vec<Key> {
        let previous = endpoint.previous_salt.iter().filter(|(_, until)| now < *until);
        let salts = std::iter::once(&endpoint.salt).chain(previous.map(|(salt, _)| salt));
        salts.map(|salt| self.secrets.webhook_key(&endpoint.id, salt)).collect()
    }

    /// The endpoint as it acts when it answers: within what it hears of.
    pub fn actor_of_webhook(&self, endpoint: &Endpoint) -> Actor {
        Actor { id: endpoint.id.to_string(), role: Role::System, scope: scope_of(endpoint) }
    }

    /// Keeps what a try came to, for the delivery and for the endpoint.
    pub async fn keep_try(&self, mut delivery: Delivery, verdict: Verdict) -> Result<()> {
        let moment = now();
        failpoint("webhook-sent");
        let tries = delivery.tries;
        delivery.tries += 1;
        delivery.state = match verdict {
            Verdict::Delivered => DeliveryState::Delivered,
            Verdict::Gone | Verdict::GivenUp => DeliveryState::Failed,
            Verdict::Again { wait, .. } => {
                delivery.next_try_at = moment.plus(wait);
                DeliveryState::Retrying
            }
        };
        let mut tx = self.db.write().await?;
        deliveries::record(&mut tx, &delivery, tries).await?;
        if let Some(before) = webhooks::find_anywhere(&mut tx, &delivery.endpoint_id).await? {
            let mut endpoint = before.clone();
            if let Some(reason) = endpoint.heard(&self.settings.webhooks.schedule, verdict, moment) {
                tracing::warn!(webhook = %before.id, reason, "a webhook was disabled");
            }
            if endpoint != before {
                webhooks::update(&mut tx, &endpoint).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Keeps an endpoint for this server, so that no other one sends to it; `false` while another one does.
    pub async fn take_webhook(&self, id: &WebhookId, worker: &str) -> Result<bool> {
        let moment = now();
        let mut tx = self.db.write().await?;
        let until = moment.plus(self.settings.webhooks.schedule.lease);
        let taken = webhooks::take(&mut tx, id, worker, until, moment).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Forgets deliveries that ended long ago: as long as old versions of the records are kept.
    pub async fn forget_deliveries(&self) -> Result<u64> {
        let before = now().plus(-i64::from(self.settings.retention.days) * DAY);
        let mut forgotten = 0;
        loop {
            let mut tx = self.db.write().await?;
            let count = deliveries::forget(&mut tx, before, FORGET_AT_ONCE).await?;
            tx.commit().await?;
            forgotten += count;
            if count < FORGET_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}
