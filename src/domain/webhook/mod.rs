//! Webhooks: endpoints of others that are told of events, and the deliveries to them.
//!
//! What an endpoint wants to hear is in [`filter`], what an answer of it means for the delivery in [`schedule`], what
//! it means for the job of the event in [`answer`], and where an endpoint may be in [`reach`].

pub mod answer;
pub mod filter;
pub mod reach;
pub mod schedule;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{AccountId, DeliveryId, EnvironmentId, EventId, SpaceId, WebhookId};
use super::time::Timestamp;
use filter::EventChoice;

/// Whether an endpoint is sent anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointState {
    /// It is.
    Active,
    /// A person stopped it; events wait until it goes on.
    Paused,
    /// Inlet stopped it, for the reason that is kept; what happens meanwhile is not sent.
    Disabled,
}

/// An address that is told of events.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Of which environment it hears.
    pub environment_id: EnvironmentId,
    /// The one space that it hears of; of all when absent.
    pub space_id: Option<SpaceId>,
    /// What people call it; its address when absent.
    pub name: Option<String>,
    /// Where it is.
    pub url: String,
    /// What it hears of.
    pub choice: EventChoice,
    /// Whether it is sent anything.
    pub state: EndpointState,
    /// Why it was disabled.
    pub reason: Option<String>,
    /// Since when no try reached it.
    pub failing_since: Option<Timestamp>,
    /// When it asked to be left alone until.
    pub hold_until: Option<Timestamp>,
    /// What its secret is made of, with the key of the server.
    pub salt: String,
    /// The same of the secret before, and until when that signs too.
    pub previous_salt: Option<(String, Timestamp)>,
    /// The place in the log up to which its deliveries were made.
    pub position: i64,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When somebody changed it.
    pub updated_at: Timestamp,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It was not tried yet.
    Waiting,
    /// A try failed; there will be another.
    Retrying,
    /// It arrived.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// Every state, in the order in which lists offer them.
    pub const ALL: &'static [Self] = &[Self::Waiting, Self::Retrying, Self::Delivered, Self::Failed];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// To whom.
    pub endpoint_id: WebhookId,
    /// Which event; the `webhook-id` of every try.
    pub event_id: EventId,
    /// What happened.
    pub topic: String,
    /// The place of the event in the log: the order of first tries.
    pub sequence: i64,
    /// What is sent in place of an event of the log: a test.
    pub body: Option<Value>,
    /// How far it is.
    pub state: DeliveryState,
    /// Tries so far.
    pub tries: u32,
    /// When the next try is due.
    pub next_try_at: Timestamp,
    /// When the event came into the queue.
    pub created_at: Timestamp,
    /// What the last try came to.
    pub last: Option<LastTry>,
}

/// What a try came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LastTry {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration: i64,
    /// The status of the answer; nothing when none came.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// What there is to say of it: why nothing came, or what the answer did.
    pub note: Option<String>,
}
