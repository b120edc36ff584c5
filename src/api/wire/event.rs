//! Events.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An event of the caller's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRequest {
    /// One of the known topics, such as `job:updated`.
    pub topic: String,
    /// Ids of what it is about: `environmentId` or `spaceId` is needed.
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
    /// What else there is to know.
    #[schema(value_type = Option<Object>)]
    pub payload: Option<Map<String, Value>>,
    /// `space:<namespace>` and the like.
    pub namespaces: Option<Vec<String>>,
}

/// An entry of the event log.
#[derive(Debug, serde::Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = Event, value_type = Object)]
pub struct EventBody(pub Value);
