//! What the runner does with the database: the next events of an agent, and what came of each.

use super::source::unpack;
use crate::domain::agent::{Agent, AgentRun};
use crate::domain::event::Event;
use crate::domain::ids::{AgentId, Id};
use crate::domain::tenant::Resource;
use crate::service::secrets::AGENT_TOKEN_LIFE;
use crate::service::subscriptions::Subscription;
use crate::service::{Result, Service, ServiceError};
use crate::store::agents::{self, runs, versions};
use crate::store::{failpoint, now, roles};

/// Events that are read at a time.
const AT_ONCE: u64 = 100;

impl Service {
    /// Every agent that there is.
    pub async fn every_agent(&self) -> Result<Vec<AgentId>> {
        let mut tx = self.db.read().await?;
        Ok(agents::all(&mut tx).await?)
    }

    /// An agent as it is now, and where it has a role; nothing when it is gone.
    pub async fn agent_now(&self, id: &AgentId) -> Result<Option<(Agent, Option<Resource>)>> {
        let mut tx = self.db.read().await?;
        let Some(agent) = agents::find_anywhere(&mut tx, id).await? else { return Ok(None) };
        let role = roles::of_actor(&mut tx, id.as_str()).await?;
        Ok(Some((agent, role.map(|role| role.resource))))
    }

    /// The events of an agent's environment after a place that it asks for, where it has a role, and how far the log
    /// was read.
    pub async fn events_for_agent(
        &self,
        agent: &Agent,
        role: Option<&Resource>,
        after: i64,
    ) -> Result<(Vec<Event>, i64)> {
        let all = Subscription::Environment(agent.environment_id.clone());
        let mut found = self.events_after(&all, after, AT_ONCE).await?;
        let read = found.last().map_or(after, |event| event.environment_sequence);
        let lies_there =
            |event: &Event, role: &Resource| role.space_id.is_none() || role.space_id == event.space_id;
        found.retain(|event| {
            agent.config.takes(&event.topic) && role.is_some_and(|role| lies_there(event, role))
        });
        Ok((found, read))
    }

    /// The bundle of the version that runs.
    pub async fn bundle_of_agent(&self, agent: &Agent) -> Result<String> {
        let mut tx = self.db.read().await?;
        let packed = versions::source(&mut tx, &agent.id, agent.version).await?;
        drop(tx);
        let packed = packed.ok_or_else(|| ServiceError::not_found("version of the agent", agent.version))?;
        Ok(unpack(packed).await?.0)
    }

    /// A token with which an agent does what its role allows.
    pub fn agent_token(&self, agent: &Agent) -> String {
        let expires = now().plus(AGENT_TOKEN_LIFE.as_millis() as i64);
        self.secrets.sign("agent", agent.id.as_str(), expires)
    }

    /// Takes an agent for this server alone, or keeps it for `lease` milliseconds more; `false` when another has it,
    /// or when it is gone.
    pub async fn take_agent(&self, id: &AgentId, worker: &str, lease: i64) -> Result<bool> {
        let moment = now();
        let mut tx = self.db.write().await?;
        let taken = agents::take(&mut tx, id, worker, moment.plus(lease), moment).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Keeps what came of an event, in the commit that moves the agent on. Says whether it was the one to move it.
    pub async fn keep_run(&self, agent: &Agent, worker: &str, run: &AgentRun, to: i64) -> Result<bool> {
        failpoint("agent-ran");
        let mut tx = self.db.write().await?;
        if !agents::advance(&mut tx, &agent.id, worker, (agent.position, to)).await? {
            return Ok(false);
        }
        runs::insert(&mut tx, &agent.account_id, run).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Moves an agent past events that it does not ask for.
    pub async fn pass_events(&self, agent: &Agent, worker: &str, to: i64) -> Result<bool> {
        let mut tx = self.db.write().await?;
        let moved = agents::advance(&mut tx, &agent.id, worker, (agent.position, to)).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// Counts that an agent died of the event after its place; how often it has.
    pub async fn agent_died(&self, agent: &Agent) -> Result<i64> {
        let mut tx = self.db.write().await?;
        let tries = agents::count_try(&mut tx, &agent.id, agent.position).await?;
        tx.commit().await?;
        Ok(tries)
    }
}
