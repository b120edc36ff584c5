//! Events that a client puts into the log itself.

use serde_json::{Map, Value};

use super::environments::named_or_own;
use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::{Event, NewEvent, Topic};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};
use crate::domain::time::Timestamp;
use crate::store::events::EventDraft;
use crate::store::{Tx, events, spaces};

/// What a client says of its event: `CreateEventConfig` of section 2.12.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomEvent {
    /// One of the known topics.
    pub topic: String,
    /// One of the known domains; that of the topic when absent.
    pub domain: Option<String>,
    /// Ids of what it is about; `spaceId` or `environmentId` says where it belongs.
    pub context: Map<String, Value>,
    /// What else there is to know.
    pub payload: Map<String, Value>,
    /// Where its data is: handed back as it is, and never asked by the server.
    pub data_url: Option<String>,
    /// `space:<namespace>` and the like; those of the space when empty.
    pub namespaces: Vec<String>,
    /// `attributes`, `callbackUrl`, `origin` and `target`, where they are given.
    pub extra: Map<String, Value>,
}

impl Service {
    /// Puts an event into the log.
    ///
    /// # Errors
    /// A member cannot be what it is, which the message names; or the actor may not, or does not see the place.
    pub async fn create_event(&self, actor: &Actor, custom: CustomEvent) -> Result<Event> {
        allow(actor, Operation::WriteEvents)?;
        let topic = check(&custom)?;
        let mut tx = self.db.write().await?;
        let space = match custom.context.get("spaceId").and_then(Value::as_str) {
            None => None,
            Some(id) => {
                let found = spaces::find(&mut tx, &actor.scope, &SpaceId::parse(id)?).await?;
                Some(found.ok_or_else(|| ServiceError::not_found("space", id))?)
            }
        };
        let environment_id = match &space {
            Some(space) => space.environment_id.clone(),
            None => environment_of(&mut tx, actor, &custom.context).await?,
        };
        let mut context = custom.context;
        context.insert("actorId".to_string(), actor.id.clone().into());
        let namespaces = match (&space, custom.namespaces) {
            (Some(space), given) if given.is_empty() => space.whereabouts().namespaces(),
            (_, given) => given,
        };
        let mut draft = EventDraft::from(NewEvent {
            topic,
            space_id: space.map(|space| space.id),
            environment_id,
            context,
            payload: custom.payload,
            data_path: None,
            namespaces,
        });
        draft.domain = custom.domain.unwrap_or(draft.domain);
        draft.data_url = custom.data_url;
        draft.extra = custom.extra;
        let id = tx.emit_draft(draft);
        tx.commit().await?;
        let mut tx = self.db.read().await?;
        let found = events::find(&mut tx, &actor.scope, &id).await?;
        found.ok_or_else(|| ServiceError::internal("the event is not in the log"))
    }
}

/// The topic of an event whose members can be what they are.
fn check(custom: &CustomEvent) -> Result<Topic> {
    let refused = |message: String| Err(ServiceError::bad_request(message));
    let Some(topic) = Topic::parse(&custom.topic) else {
        let topic = &custom.topic;
        return refused(format!("topic: `{topic}` is not the name of an event, such as `job:updated`"));
    };
    if let Some(domain) = custom.domain.as_deref().filter(|domain| !Topic::has_domain(domain)) {
        return refused(format!("domain: `{domain}` is not the domain of an event, such as `workbook`"));
    }
    let said = |name: &str| custom.extra.get(name);
    let callback = said("callbackUrl").and_then(Value::as_str);
    for (name, url) in [("dataUrl", custom.data_url.as_deref()), ("callbackUrl", callback)] {
        if url.is_some_and(|url| !leads_here(url)) {
            return refused(format!(
                "{name}: name a place on this server by its path, such as `/v1/…?key=value`"
            ));
        }
    }
    let moment = said("attributes").and_then(|attributes| attributes.get("targetUpdatedAt"));
    let is_moment = |given: &Value| given.as_str().is_some_and(|text| Timestamp::parse(text).is_ok());
    if moment.is_some_and(|given| !given.is_null() && !is_moment(given)) {
        return refused(
            "attributes.targetUpdatedAt: name a moment, such as `2025-01-31T12:00:00.000Z`".to_string(),
        );
    }
    if custom.context.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)) {
        return refused("context: a text in it holds a character that cannot be stored (U+0000)".to_string());
    }
    Ok(topic)
}

/// Whether a text in it holds the character that PostgreSQL takes in no JSON that it looks into, as it looks into the
/// context of each event that a guest may not see.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// Whether an address is empty or a path. Listeners and webhooks ask such addresses with their tokens, so they name no
/// host, however somebody puts their own before them (section 3.1 of the wire contract).
fn leads_here(url: &str) -> bool {
    let is_path = url.starts_with('/') && !url.starts_with("//");
    url.is_empty() || (is_path && !url.contains(['\\', '\t', '\n', '\r']))
}

/// The environment of an event without a space: the one that it names, or the actor's own.
async fn environment_of(tx: &mut Tx, actor: &Actor, context: &Map<String, Value>) -> Result<EnvironmentId> {
    if actor.scope.space_id.is_some() {
        return Err(ServiceError::new(ErrorKind::Forbidden, "a guest may not make events of an environment"));
    }
    let said = context.get("environmentId").and_then(Value::as_str).map(EnvironmentId::parse).transpose()?;
    if said.is_none() && actor.scope.environment_id.is_none() {
        let message =
            "context: say in which space it happened (`spaceId`), or in which environment (`environmentId`)";
        return Err(ServiceError::bad_request(message));
    }
    Ok(named_or_own(tx, actor, said).await?.id)
}
