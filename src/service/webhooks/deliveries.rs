//! Deliveries: listed, tried again, and one made to try an endpoint.

use serde_json::{Value, json};

use super::find;
use crate::domain::access::{Actor, Scope};
use crate::domain::event::Event;
use crate::domain::ids::{DeliveryId, EventId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, DeliveryState, Endpoint, EndpointState};
use crate::service::{Page, Paged, Result, Service, ServiceError};
use crate::store::events::EventFilter;
use crate::store::webhooks::deliveries;
use crate::store::{events, new_id, new_log_id, now};

/// The topic of the event that tries an endpoint; it is in no log.
pub const TEST_TOPIC: &str = "webhook:test";
/// Events that are read at a time.
const AT_ONCE: u64 = 500;
/// Most events that one replay looks at.
const MOST_REPLAYED: u64 = 100_000;

impl Service {
    /// The deliveries of an endpoint, the latest first.
    pub async fn deliveries(
        &self,
        actor: &Actor,
        id: &WebhookId,
        state: Option<DeliveryState>,
        page: Page,
    ) -> Result<Paged<Delivery>> {
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await?;
        let (items, total) = deliveries::list(&mut tx, id, state, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// How many deliveries of an endpoint wait, are tried again, and were given up.
    pub async fn delivery_counts(&self, actor: &Actor, id: &WebhookId) -> Result<[u64; 3]> {
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await?;
        Ok(deliveries::counts(&mut tx, id).await?)
    }

    /// One delivery, and what is sent with it.
    pub async fn delivery(
        &self,
        actor: &Actor,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<(Delivery, Value)> {
        let mut tx = self.db.read().await?;
        let endpoint = find(&mut tx, actor, id).await?;
        let found = deliveries::find(&mut tx, id, delivery).await?;
        let found = found.ok_or_else(|| ServiceError::not_found("delivery", delivery))?;
        let body = match &found.body {
            Some(body) => body.clone(),
            None => {
                let event = events::find(&mut tx, &scope_of(&endpoint), &found.event_id).await?;
                event.map_or(Value::Null, |event| self.webhook_body(&event))
            }
        };
        Ok((found, body))
    }

    /// Sends an event that tries the endpoint.
    pub async fn test_webhook(&self, actor: &Actor, id: &WebhookId) -> Result<Delivery> {
        let mut tx = self.db.write().await?;
        let endpoint = find(&mut tx, actor, id).await?;
        active(&endpoint)?;
        let (event_id, moment): (EventId, _) = (new_log_id(), now());
        let body = json!({
            "id": event_id, "topic": TEST_TOPIC, "domain": "webhook",
            "context": { "accountId": endpoint.account_id, "environmentId": endpoint.environment_id,
                "spaceId": endpoint.space_id, "webhookId": endpoint.id, "actorId": actor.id },
            "payload": { "message": "A test of this webhook" }, "namespaces": [], "createdAt": moment,
        });
        let mut delivery = fresh(&endpoint, event_id, TEST_TOPIC.to_string(), 0);
        delivery.body = Some(body);
        deliveries::queue(&mut tx, &delivery, false).await?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(delivery)
    }

    /// Sends one event once more, under the id that it had.
    pub async fn replay_delivery(
        &self,
        actor: &Actor,
        id: &WebhookId,
        delivery: &DeliveryId,
    ) -> Result<Delivery> {
        let mut tx = self.db.write().await?;
        active(&find(&mut tx, actor, id).await?)?;
        deliveries::again(&mut tx, id, Some(delivery)).await?;
        let found = deliveries::find(&mut tx, id, delivery).await?;
        let found = found.ok_or_else(|| ServiceError::not_found("delivery", delivery))?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(found)
    }

    /// Sends once more what was given up; how many events.
    pub async fn replay_failed(&self, actor: &Actor, id: &WebhookId) -> Result<u64> {
        let mut tx = self.db.write().await?;
        active(&find(&mut tx, actor, id).await?)?;
        let count = deliveries::again(&mut tx, id, None).await?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(count)
    }

    /// Sends everything since that moment that the endpoint hears of, also what arrived already; how many events.
    pub async fn replay_since(&self, actor: &Actor, id: &WebhookId, since: Timestamp) -> Result<u64> {
        let endpoint = self.webhook(actor, id).await?;
        active(&endpoint)?;
        let filter = EventFilter {
            environment_id: Some(endpoint.environment_id.clone()),
            space_id: endpoint.space_id.clone(),
            since: Some(since.plus(-1)),
            include_acknowledged: true,
            ..EventFilter::default()
        };
        let (mut offset, mut count) = (0, 0);
        while offset < MOST_REPLAYED {
            let mut tx = self.db.read().await?;
            let (found, _) = events::list(&mut tx, &scope_of(&endpoint), &filter, offset, AT_ONCE).await?;
            drop(tx);
            let wanted: Vec<&Event> = found.iter().filter(|event| endpoint.choice.takes(event)).collect();
            let mut tx = self.db.write().await?;
            for event in &wanted {
                deliveries::queue(&mut tx, &of_event(&endpoint, event), true).await?;
            }
            tx.commit().await?;
            count += wanted.len() as u64;
            offset += AT_ONCE;
            if (found.len() as u64) < AT_ONCE {
                break;
            }
        }
        self.webhooks_changed.notify_waiters();
        Ok(count)
    }
}

fn active(endpoint: &Endpoint) -> Result<()> {
    match endpoint.state {
        EndpointState::Active => Ok(()),
        EndpointState::Paused => Err(ServiceError::conflict("this webhook is paused; let it go on first")),
        EndpointState::Disabled => Err(ServiceError::conflict("this webhook is disabled; enable it first")),
    }
}

/// What of the log an endpoint hears of.
pub(super) fn scope_of(endpoint: &Endpoint) -> Scope {
    Scope {
        account_id: endpoint.account_id.clone(),
        environment_id: Some(endpoint.environment_id.clone()),
        space_id: endpoint.space_id.clone(),
        granted_to: None,
        workbook_roles: Vec::new(),
    }
}

/// An event of the log as it comes into the queue.
pub(super) fn of_event(endpoint: &Endpoint, event: &Event) -> Delivery {
    fresh(endpoint, event.id.clone(), event.topic.clone(), event.environment_sequence)
}

fn fresh(endpoint: &Endpoint, event_id: EventId, topic: String, sequence: i64) -> Delivery {
    Delivery {
        id: new_id(),
        endpoint_id: endpoint.id.clone(),
        event_id,
        topic,
        sequence,
        body: None,
        state: DeliveryState::Waiting,
        tries: 0,
        next_try_at: Timestamp(0),
        created_at: now(),
        last: None,
    }
}
