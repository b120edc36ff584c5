//! What happened in an environment.

use std::collections::HashMap;

use super::names::spaces_of;
use super::{Asker, id};
use crate::domain::event::Event;
use crate::domain::ids::EnvironmentId;
use crate::rpc::RpcError;
use crate::rpc::events::{EventList, EventRow, EventsAsked};
use crate::store::events::EventFilter;
use crate::store::now;

/// Events that are listed at once.
const MOST: u64 = 1_000;

pub async fn newest_events(asked: EventsAsked) -> Result<EventList, RpcError> {
    let asker = Asker::of_request()?;
    let environment: EnvironmentId = id(&asked.environment_id)?;
    let spaces = spaces_of(&asker, &environment).await?;
    let names: HashMap<&str, &str> = spaces.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let space_id = (!asked.space_id.is_empty()).then(|| id(&asked.space_id)).transpose()?;
    let topic = asked.topic.trim();
    let prefix = topic.strip_suffix('*').map(str::to_string);
    let filter = EventFilter {
        environment_id: Some(environment),
        space_id,
        topic: Some(topic.to_string()).filter(|topic| !topic.is_empty() && prefix.is_none()),
        topic_prefix: prefix,
        include_acknowledged: true,
        ..EventFilter::default()
    };
    let most = asked.most.clamp(1, MOST);
    // One more says whether there are more.
    let mut events = asker.service.newest_events(&asker.actor, &filter, most + 1).await?;
    let has_more = events.len() as u64 > most;
    events.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let events = events.into_iter().map(|event| row(&asker, event, &names)).collect();
    Ok(EventList { events, has_more, spaces, now: now().0 })
}

fn row(asker: &Asker, event: Event, spaces: &HashMap<&str, &str>) -> EventRow {
    let space = event.space_id.map(|id| id.to_string()).unwrap_or_default();
    let actor = event.context.get("actorId").and_then(|actor| actor.as_str());
    EventRow {
        id: event.id.to_string(),
        topic: event.topic,
        space: spaces.get(space.as_str()).map_or(space.clone(), |name| (*name).to_string()),
        who: actor.map(|actor| asker.who(actor)).unwrap_or_default(),
        at: event.created_at.0,
    }
}

pub async fn event(event_id: String) -> Result<String, RpcError> {
    let asker = Asker::of_request()?;
    let event = asker.service.event(&asker.actor, &id(&event_id)?).await?;
    Ok(serde_json::to_string_pretty(&event.to_wire()).unwrap_or_default())
}
