//! The webhooks of a space or of a whole environment, and what was sent to them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;
use crate::domain::webhook::{DeliveryState, EndpointState};

/// One webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Its id.
    pub id: String,
    /// What people call it; empty when it has no name.
    pub name: String,
    /// Where events are sent.
    pub url: String,
    /// Names of topics, or patterns.
    pub topics: Vec<String>,
    /// The name of a job, or a pattern; empty for all.
    pub job: String,
    /// Namespaces, or patterns; all when there are none.
    pub namespaces: Vec<String>,
    /// Whether it is sent anything.
    pub state: EndpointState,
    /// Why it was disabled.
    pub reason: String,
    /// Since when nothing arrived: milliseconds since 1970.
    pub failing_since: Option<i64>,
    /// Deliveries that wait, are tried again, were given up.
    pub counts: [u64; 3],
}

/// The webhooks of a space or of a whole environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookList {
    /// The id of the space or environment.
    pub place: String,
    /// In the order in which they were made.
    pub webhooks: Vec<WebhookRow>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// A webhook as it is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookDraft {
    /// Its id; empty for a new one.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where events are sent.
    pub url: String,
    /// Names of topics, or patterns.
    pub topics: Vec<String>,
    /// The name of a job, or a pattern; empty for all.
    pub job: String,
    /// Namespaces, or patterns; all when there are none.
    pub namespaces: Vec<String>,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Saved {
    /// It is a new webhook, with that secret.
    Secret(String),
    /// The webhook was changed.
    Changed,
    /// Something in it does not fit.
    Refused(String),
}

/// What is done to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookCommand {
    /// Events wait.
    Pause,
    /// It goes on.
    Enable,
    /// It goes, with its deliveries.
    Delete,
    /// It gets another secret, which is the answer.
    RotateSecret,
    /// It is sent a test.
    Test,
    /// What was given up is sent once more.
    ReplayFailed,
}

/// One event on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// Its id.
    pub id: String,
    /// What happened.
    pub topic: String,
    /// How far it is.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// When it was queued.
    pub created_at: i64,
    /// When the next try is due.
    pub next_try_at: Option<i64>,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// How long the last try took, in milliseconds.
    pub duration: Option<i64>,
    /// Why there was no answer, or what it did.
    pub note: String,
}

/// What was sent to a webhook.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeliveryList {
    /// The latest first.
    pub deliveries: Vec<DeliveryRow>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// Everything of one delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryDetail {
    /// What the list shows.
    pub row: DeliveryRow,
    /// The header `webhook-id`.
    pub event_id: String,
    /// What is sent.
    pub request: String,
    /// The beginning of the last answer.
    pub answer: String,
}

/// The webhooks of a place: of a space, or those that hear of a whole environment.
///
/// # Errors
/// When there is no such place for this person, or they may not manage it.
#[server(input = Packed, output = Packed)]
pub async fn webhooks(place: String) -> Result<WebhookList, RpcError> {
    super::bodies::webhooks::webhooks(place).await
}

/// Makes or changes a webhook of a place.
///
/// # Errors
/// When there is no such place or webhook for this person.
#[server(input = Packed, output = Packed)]
pub async fn save_webhook(place: String, draft: WebhookDraft) -> Result<Saved, RpcError> {
    super::bodies::webhooks::save_webhook(place, draft).await
}

/// Does something to a webhook; what there is to say of it.
///
/// # Errors
/// When there is no such webhook for this person.
#[server(input = Packed, output = Packed)]
pub async fn command_webhook(webhook_id: String, command: WebhookCommand) -> Result<String, RpcError> {
    super::bodies::webhooks::command_webhook(webhook_id, command).await
}

/// What was sent to a webhook; only what is in a state when one is named.
///
/// # Errors
/// When there is no such webhook for this person.
#[server(input = Packed, output = Packed)]
pub async fn deliveries(webhook_id: String, state: Option<DeliveryState>) -> Result<DeliveryList, RpcError> {
    super::bodies::webhooks::deliveries(webhook_id, state).await
}

/// Everything of one delivery.
///
/// # Errors
/// When there is no such delivery for this person.
#[server(input = Packed, output = Packed)]
pub async fn delivery(webhook_id: String, delivery_id: String) -> Result<DeliveryDetail, RpcError> {
    super::bodies::webhooks::delivery(webhook_id, delivery_id).await
}

/// Sends one event once more.
///
/// # Errors
/// When there is no such delivery for this person, or the webhook is stopped.
#[server(input = Packed, output = Packed)]
pub async fn replay(webhook_id: String, delivery_id: String) -> Result<(), RpcError> {
    super::bodies::webhooks::replay(webhook_id, delivery_id).await
}
