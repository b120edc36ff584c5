//! Events that a client puts into the log itself.

use serde_json::{Map, Value};

use super::{ErrorKind, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::{Event, NewEvent, Topic};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};
use crate::store::events::Sequence;
use crate::store::{events, spaces};

/// What a client says of its event.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomEvent {
    /// One of the known topics.
    pub topic: String,
    /// Ids of what it is about; `spaceId` or `environmentId` says where it belongs.
    pub context: Map<String, Value>,
    /// What else there is to know.
    pub payload: Map<String, Value>,
    /// `space:<namespace>` and the like; those of the space when empty.
    pub namespaces: Vec<String>,
}

impl Service {
    /// Puts an event into the log.
    pub async fn create_event(&self, actor: &Actor, custom: CustomEvent) -> Result<Event> {
        allow(actor, Operation::WriteEvents)?;
        let topic = Topic::parse(&custom.topic).ok_or_else(|| {
            let message =
                format!("topic: `{}` is not the name of an event, such as `job:updated`", custom.topic);
            ServiceError::bad_request(message)
        })?;
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
            None => own_environment(actor, &custom.context)?,
        };
        let before = events::last_sequence(&mut tx, &Sequence::Environment(environment_id.clone())).await?;
        let mut context = custom.context;
        context.insert("actorId".to_string(), actor.id.clone().into());
        let namespaces = match (&space, custom.namespaces) {
            (Some(space), given) if given.is_empty() => space.whereabouts().namespaces(),
            (_, given) => given,
        };
        let event = NewEvent {
            topic,
            space_id: space.map(|space| space.id),
            environment_id: environment_id.clone(),
            context,
            payload: custom.payload.clone(),
            data_path: None,
            namespaces,
        };
        tx.emit(event);
        tx.commit().await?;
        let mut tx = self.db.read().await?;
        let since = events::after_environment(&mut tx, &environment_id, before, 1000).await?;
        let is_it = |event: &Event| {
            let by = event.context.get("actorId").and_then(Value::as_str);
            event.topic == topic.as_str() && by == Some(&actor.id) && event.payload == custom.payload
        };
        since.into_iter().find(is_it).ok_or_else(|| ServiceError::internal("the event is not in the log"))
    }
}

/// The environment of an event without a space: the actor's own, whatever the event says.
fn own_environment(actor: &Actor, context: &Map<String, Value>) -> Result<EnvironmentId> {
    let said = context.get("environmentId").and_then(Value::as_str).map(EnvironmentId::parse).transpose()?;
    match (said, &actor.scope.environment_id, &actor.scope.space_id) {
        (_, _, Some(_)) => {
            Err(ServiceError::new(ErrorKind::Forbidden, "a guest may not make events of an environment"))
        }
        (Some(said), Some(own), _) if said != *own => Err(ServiceError::not_found("environment", said)),
        (_, Some(own), _) => Ok(own.clone()),
        (_, None, _) => Err(ServiceError::bad_request("context.spaceId: say in which space it happened")),
    }
}
