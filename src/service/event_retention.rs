//! Old events are forgotten, where the settings say so: always the oldest ones of an environment, so that the numbers of
//! what is left have no gaps, and never one that a webhook or an agent is still to hear of.

use super::{Result, Service};
use crate::domain::agent::Agent;
use crate::domain::event::Event;
use crate::domain::ids::EnvironmentId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Endpoint, EndpointState};
use crate::store::{agents, event_retention, events, webhooks};

/// Events that one transaction looks at.
const AT_ONCE: u64 = 500;
const DAY: i64 = 86_400_000;

/// Who goes on in the log of an environment from where they are.
struct Readers {
    endpoints: Vec<Endpoint>,
    agents: Vec<Agent>,
}

impl Service {
    /// Forgets the events that are older than the settings say, as if it were `moment`; how many they were.
    pub async fn forget_events(&self, moment: Timestamp) -> Result<u64> {
        let Some(days) = self.settings.retention.event_days else { return Ok(0) };
        let cutoff = moment.plus(-i64::from(days) * DAY);
        let mut tx = self.db.read().await?;
        let environments = event_retention::environments(&mut tx).await?;
        drop(tx);
        let mut forgotten = 0;
        for environment in environments {
            loop {
                let gone = self.forget_some_events(&environment, cutoff).await?;
                forgotten += gone;
                if gone < AT_ONCE {
                    break;
                }
            }
        }
        Ok(forgotten)
    }

    /// Forgets some of the oldest events of an environment, when they are older than `cutoff`.
    async fn forget_some_events(&self, environment: &EnvironmentId, cutoff: Timestamp) -> Result<u64> {
        let mut tx = self.db.read().await?;
        let oldest = events::after_environment(&mut tx, environment, 0, 1).await?;
        if oldest.first().is_none_or(|event| event.created_at >= cutoff) {
            return Ok(0);
        }
        drop(tx);
        let mut tx = self.db.write().await?;
        let found = events::after_environment(&mut tx, environment, 0, AT_ONCE).await?;
        let readers = Readers {
            endpoints: webhooks::of_environment(&mut tx, environment).await?,
            agents: agents::of_environment(&mut tx, environment).await?,
        };
        let is_old = |event: &&Event| event.created_at < cutoff && !readers.wait_for(event);
        let old: Vec<i64> = found.iter().take_while(is_old).map(|event| event.environment_sequence).collect();
        let (Some(first), Some(last)) = (old.first().copied(), old.last().copied()) else { return Ok(0) };
        let delivered = event_retention::first_delivered(&mut tx, environment, (first, last)).await?;
        let last = delivered.map_or(last, |place| place - 1);
        let gone = event_retention::forget(&mut tx, environment, (first, last)).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

impl Readers {
    /// Whether somebody is still to hear of an event. What they do not ask for, they pass over.
    fn wait_for(&self, event: &Event) -> bool {
        let endpoint = |endpoint: &Endpoint| {
            let place = match &endpoint.space_id {
                None => Some(event.environment_sequence),
                Some(space) => event.space_sequence.filter(|_| event.space_id.as_ref() == Some(space)),
            };
            endpoint.state != EndpointState::Disabled
                && place.is_some_and(|place| endpoint.position < place)
                && endpoint.choice.takes(event)
        };
        let agent =
            |agent: &Agent| agent.position < event.environment_sequence && agent.config.takes(&event.topic);
        self.endpoints.iter().any(endpoint) || self.agents.iter().any(agent)
    }
}
