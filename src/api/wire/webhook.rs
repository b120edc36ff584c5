//! Webhooks and their deliveries.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::nullable;
use crate::api::shape;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Delivery, DeliveryState, Endpoint, EndpointState, LastTry};
use crate::service::webhooks::Revealed;

/// A new webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookCreate)]
pub struct WebhookRequest {
    /// Where events are sent: `https://…` or `http://…`.
    pub url: String,
    /// Names of topics such as `job:ready`, or patterns such as `job:*`; `["job:ready"]` when absent.
    pub topics: Option<Vec<String>>,
    /// The name of a job such as `workbook:submitAction`, or a pattern; it leaves out events of other jobs.
    pub job: Option<String>,
    /// Namespaces such as `space:red`, or patterns; an event must have one of them. All when empty.
    pub namespaces: Option<Vec<String>>,
    /// The one space that it hears of.
    pub space_id: Option<String>,
    /// The environment that it hears of; that of the key when absent.
    pub environment_id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
}

/// Changes to a webhook: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = WebhookUpdate)]
pub struct WebhookChanges {
    /// Where events are sent.
    pub url: Option<String>,
    /// Replaces the list.
    pub topics: Option<Vec<String>>,
    /// The name of a job or a pattern; `null` for all.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub job: Option<Option<String>>,
    /// Replaces the list.
    pub namespaces: Option<Vec<String>>,
    /// What people call it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Option<String>>,
    /// `true` lets events wait, `false` sends them.
    pub paused: Option<bool>,
}

/// An address that is told of events.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub struct WebhookBody {
    /// Its id.
    id: String,
    /// The environment it belongs to.
    environment_id: String,
    /// The one space that it hears of.
    space_id: Option<String>,
    /// What people call it.
    name: Option<String>,
    /// Where events are sent.
    url: String,
    /// Names of topics, or patterns.
    topics: Vec<String>,
    /// The name of a job, or a pattern.
    job: Option<String>,
    /// Namespaces, or patterns.
    namespaces: Vec<String>,
    /// `active`, `paused` or `disabled`.
    #[schema(schema_with = shape::words::<EndpointState>)]
    state: EndpointState,
    /// Why it was disabled.
    reason: Option<String>,
    /// Since when nothing arrived.
    #[schema(value_type = Option<String>)]
    failing_since: Option<Timestamp>,
    /// Until when the secret before this one signs, too.
    #[schema(value_type = Option<String>)]
    previous_secret_until: Option<Timestamp>,
    /// Who made it.
    created_by: String,
    /// When it was made.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When somebody changed it.
    #[schema(value_type = String)]
    updated_at: Timestamp,
    /// `whsec_…`, with which signatures are checked: told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Endpoint> for WebhookBody {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id.into(),
            environment_id: endpoint.environment_id.into(),
            space_id: endpoint.space_id.map(Into::into),
            name: endpoint.name,
            url: endpoint.url,
            topics: endpoint.choice.topics,
            job: endpoint.choice.job,
            namespaces: endpoint.choice.namespaces,
            state: endpoint.state,
            reason: endpoint.reason,
            failing_since: endpoint.failing_since,
            previous_secret_until: endpoint.previous_salt.map(|(_, until)| until),
            created_by: endpoint.created_by,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
            secret: None,
        }
    }
}

impl From<Revealed> for WebhookBody {
    fn from(revealed: Revealed) -> Self {
        Self { secret: Some(revealed.secret), ..revealed.endpoint.into() }
    }
}

/// One event on its way to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub struct DeliveryBody {
    /// Its id.
    id: String,
    /// To which webhook.
    webhook_id: String,
    /// Which event: the header `webhook-id` of every try.
    event_id: String,
    /// What happened.
    topic: String,
    /// `waiting`, `retrying`, `delivered` or `failed`.
    #[schema(schema_with = shape::words::<DeliveryState>)]
    state: DeliveryState,
    /// Tries so far.
    tries: u32,
    /// When the next try is due.
    #[schema(value_type = Option<String>)]
    next_try_at: Option<Timestamp>,
    /// When it was queued.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When the last try began.
    #[schema(value_type = Option<String>)]
    tried_at: Option<Timestamp>,
    /// How long it took, in milliseconds.
    duration: Option<i64>,
    /// The status of the answer.
    status: Option<u16>,
    /// The beginning of the answer.
    answer: Option<String>,
    /// Why there was none, or what it did.
    note: Option<String>,
    /// What is sent; only in the answer for one delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    request: Option<Value>,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        let tried_at = delivery.last.as_ref().map(|last| last.at);
        let duration = delivery.last.as_ref().map(|last| last.duration);
        let LastTry { status, answer, note, .. } = delivery.last.unwrap_or_default();
        Self {
            id: delivery.id.into(),
            webhook_id: delivery.endpoint_id.into(),
            event_id: delivery.event_id.into(),
            topic: delivery.topic,
            state: delivery.state,
            tries: delivery.tries,
            next_try_at: (delivery.state == DeliveryState::Retrying).then_some(delivery.next_try_at),
            created_at: delivery.created_at,
            tried_at,
            duration,
            status,
            answer,
            note,
            request: None,
        }
    }
}

impl From<(Delivery, Value)> for DeliveryBody {
    fn from((delivery, request): (Delivery, Value)) -> Self {
        Self { request: Some(request), ..delivery.into() }
    }
}

/// How many events are sent once more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Events.
    pub count: u64,
}
