//! What happened in an environment, the newest first.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// Which events are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsAsked {
    /// Of this environment.
    pub environment_id: String,
    /// Of this space of it; of all when empty.
    pub space_id: String,
    /// Of that topic, or of a domain as `job:*`; of all when empty.
    pub topic: String,
    /// So many at most.
    pub most: u64,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Its id.
    pub id: String,
    /// What happened.
    pub topic: String,
    /// The name of the space; empty for what happened around spaces.
    pub space: String,
    /// What people call the one who did it.
    pub who: String,
    /// When it happened: milliseconds since 1970.
    pub at: i64,
}

/// The newest events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventList {
    /// The newest first.
    pub events: Vec<EventRow>,
    /// There are older ones.
    pub has_more: bool,
    /// Spaces whose events can be looked at alone: id and name.
    pub spaces: Vec<(String, String)>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// The newest events of an environment.
///
/// # Errors
/// When there is no such environment or space for this person.
#[server(input = Packed, output = Packed)]
pub async fn newest_events(asked: EventsAsked) -> Result<EventList, RpcError> {
    super::bodies::events::newest_events(asked).await
}

/// An event as listeners get it, as JSON text.
///
/// # Errors
/// When there is no such event for this person.
#[server(input = Packed, output = Packed)]
pub async fn event(event_id: String) -> Result<String, RpcError> {
    super::bodies::events::event(event_id).await
}
