//! Events.

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::service::custom_events::CustomEvent;

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
    /// The domain of a topic, such as `workbook`; that of its own topic unless it says another.
    pub domain: Option<String>,
    /// What is known of its target; `targetUpdatedAt` is the moment of the event unless it says another.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Map<String, Value>>,
    /// Where an answer goes, as a path that begins with `/`; where the event is acknowledged unless it says another.
    pub callback_url: Option<String>,
    /// Where its data is, as a path that begins with `/`.
    pub data_url: Option<String>,
    /// What it is meant for.
    pub target: Option<String>,
    /// Where it comes from: an `id` and a `slug`.
    #[schema(value_type = Option<Object>)]
    pub origin: Option<Map<String, Value>>,
}

impl From<EventRequest> for CustomEvent {
    fn from(request: EventRequest) -> Self {
        let given = [
            ("attributes", request.attributes.map(Value::Object)),
            ("callbackUrl", request.callback_url.map(Value::String)),
            ("origin", request.origin.map(Value::Object)),
            ("target", request.target.map(Value::String)),
        ];
        Self {
            topic: request.topic,
            domain: request.domain,
            context: request.context,
            payload: request.payload.unwrap_or_default(),
            data_url: request.data_url,
            namespaces: request.namespaces.unwrap_or_default(),
            extra: given.into_iter().filter_map(|(name, given)| Some((name.to_string(), given?))).collect(),
        }
    }
}

/// An entry of the event log.
#[derive(Debug, serde::Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = Event, value_type = Object)]
pub struct EventBody(pub Value);
