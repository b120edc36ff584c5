//! One endpoint: events come into its queue, and go out of it one after the other. A delivery that fails steps aside
//! until its next try, so that the queue goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::answers;
use super::client::{Client, Received};
use crate::domain::event::Event;
use crate::domain::ids::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::schedule::{Reply, Verdict, judge};
use crate::domain::webhook::{Delivery, Endpoint, LastTry};
use crate::service::webhooks::{sending::Queued, signature};
use crate::service::{Result, Service};
use crate::store::webhooks::{self, deliveries};
use crate::store::{events_come, now, random_bytes};

/// Most characters of an answer that are kept.
const KEPT: usize = 1024;

/// What comes after a turn.
enum Next {
    /// Another one at once.
    Turn,
    /// Another one when something happens, at that moment at the latest.
    Wait(Option<Timestamp>),
    /// Nothing: it is sent nothing any more.
    End,
}

struct Following {
    service: Arc<Service>,
    client: Arc<Client>,
    worker: Arc<str>,
    id: WebhookId,
    /// How far the log was read without keeping it.
    place: i64,
}

/// Sends to an endpoint as long as it is active.
pub async fn run(service: Arc<Service>, client: Arc<Client>, worker: Arc<str>, id: WebhookId) {
    let look = Duration::from_millis(service.settings.webhooks.schedule.look.max(50).unsigned_abs());
    let mut signals = service.db.signals().events.subscribe();
    let shared = service.clone();
    let mut following = Following { service, client, worker, id, place: 0 };
    loop {
        let changed = shared.webhooks_changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let next = following.turn().await.unwrap_or_else(|error| {
            tracing::warn!(webhook = %following.id, %error, "a webhook could not be sent");
            Next::Wait(None)
        });
        let until = match next {
            Next::Turn => continue,
            Next::End => return,
            Next::Wait(until) => until,
        };
        let left = until.map(|until| Duration::from_millis(until.since(now()).max(0).unsigned_abs()));
        tokio::select! {
            () = events_come(&mut signals) => {}
            () = changed => {}
            () = tokio::time::sleep(left.map_or(look, |left| left.min(look))) => {}
        }
    }
}

impl Following {
    async fn turn(&mut self) -> Result<Next> {
        let mut tx = self.service.db.read().await?;
        let held = webhooks::held(&mut tx, &self.id, &self.worker).await?;
        drop(tx);
        let Some((endpoint, lease)) = held else { return Ok(Next::End) };
        match self.service.queue_events(&endpoint, &self.worker, &mut self.place).await? {
            Queued::Some => return Ok(Next::Turn),
            Queued::Elsewhere => return Ok(Next::Wait(None)),
            Queued::Nothing => {}
        }
        let moment = now();
        if let Some(until) = endpoint.hold_until.filter(|until| *until > moment) {
            return Ok(Next::Wait(Some(until)));
        }
        let mut tx = self.service.db.read().await?;
        let Some(delivery) = deliveries::next(&mut tx, &self.id, moment).await? else {
            return Ok(Next::Wait(deliveries::next_due(&mut tx, &self.id).await?));
        };
        drop(tx);
        let is_ours = lease.since(moment) > self.service.settings.webhooks.schedule.lease / 2;
        if !is_ours && !self.service.take_webhook(&self.id, &self.worker).await? {
            return Ok(Next::Wait(None));
        }
        self.send(&endpoint, delivery).await?;
        Ok(Next::Turn)
    }

    async fn send(&self, endpoint: &Endpoint, mut delivery: Delivery) -> Result<()> {
        let event = match delivery.body {
            Some(_) => None,
            None => self.service.event_of_delivery(endpoint, &delivery).await?,
        };
        let body = match (&delivery.body, &event) {
            (Some(body), _) => body.clone(),
            (None, Some(event)) => self.service.webhook_body(event),
            (None, None) => Value::Null,
        };
        let (at, begun) = (now(), Instant::now());
        let text = body.to_string().into_bytes();
        let headers = self.headers(endpoint, &delivery, event.as_ref(), at, &text);
        let received = self.client.send(&endpoint.url, headers, text).await;
        let duration = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut last = LastTry { at, duration, ..LastTry::default() };
        let mut reply = Reply::Nothing;
        match received {
            Err(words) => last.note = Some(words),
            Ok(received) => {
                reply = Reply::Status(received.status, received.retry_after);
                last.status = Some(received.status);
                last.answer = kept(&received);
                let arrived = matches!(received.status, 200..=299);
                if let Some(event) = event.as_ref().filter(|_| arrived) {
                    match answers::apply(&self.service, endpoint, event, &received).await {
                        Ok(note) => last.note = note,
                        // It is sent again, so that what it answers is not lost.
                        Err(error) => {
                            last.note = Some(format!("the answer could not be used: {error}"));
                            reply = Reply::Nothing;
                        }
                    }
                }
            }
        }
        let chance = u32::from_le_bytes(random_bytes());
        let verdict = judge(&self.service.settings.webhooks.schedule, delivery.tries + 1, reply, chance);
        if verdict != Verdict::Delivered {
            tracing::debug!(webhook = %endpoint.id, event = %delivery.event_id, ?reply, "a webhook did not arrive");
        }
        delivery.last = Some(last);
        self.service.keep_try(delivery, verdict).await
    }

    fn headers(
        &self,
        endpoint: &Endpoint,
        delivery: &Delivery,
        event: Option<&Event>,
        at: Timestamp,
        body: &[u8],
    ) -> HeaderMap {
        let (id, seconds) = (delivery.event_id.to_string(), at.0 / 1_000);
        let signed = signature::header(&self.service.webhook_keys(endpoint, at), &id, seconds, body);
        let attempt = event.and_then(answers::attempt).map(|attempt| attempt.to_string());
        let mut headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        for (name, value) in [
            ("webhook-id", Some(id)),
            ("webhook-timestamp", Some(seconds.to_string())),
            ("webhook-signature", Some(signed)),
            ("x-inlet-attempt", attempt),
        ] {
            if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        headers
    }
}

/// The beginning of an answer, as text.
fn kept(received: &Received) -> Option<String> {
    let text = String::from_utf8_lossy(&received.body);
    let end = text.char_indices().nth(KEPT).map_or(text.len(), |(place, _)| place);
    Some(text[..end].to_string()).filter(|text| !text.is_empty())
}
