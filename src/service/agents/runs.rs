//! What agents did on which events, for those who deployed them.

use super::find;
use crate::domain::access::{Actor, Operation};
use crate::domain::agent::AgentRun;
use crate::domain::ids::{AgentId, EnvironmentId, EventId};
use crate::service::environments::named_or_own;
use crate::service::{Page, Paged, Result, Service, ServiceError, allow};
use crate::store::agents::runs::{self, RunFilter};
use crate::store::{agents, now};

/// Runs of an agent that are kept at most.
const MOST_RUNS: u64 = 10_000;
const DAY: i64 = 24 * 3_600_000;

impl Service {
    /// The runs of an agent, the latest first.
    pub async fn runs_of_agent(&self, actor: &Actor, id: &AgentId, page: Page) -> Result<Paged<AgentRun>> {
        let mut tx = self.db.read().await?;
        let agent = find(&mut tx, actor, id).await?;
        let filter = RunFilter { agent_id: Some(agent.id), ..RunFilter::default() };
        let (items, total) =
            runs::list(&mut tx, &agent.environment_id, &filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The runs of all agents of an environment, the latest first.
    pub async fn agent_runs(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        filter: &RunFilter,
        page: Page,
    ) -> Result<Paged<AgentRun>> {
        allow(actor, Operation::ManageAgents)?;
        let mut tx = self.db.read().await?;
        let environment = named_or_own(&mut tx, actor, environment).await?;
        let (items, total) = runs::list(&mut tx, &environment.id, filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The last run on an event.
    pub async fn agent_run_on(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        event: &EventId,
    ) -> Result<AgentRun> {
        let filter = RunFilter { event_id: Some(event.clone()), ..RunFilter::default() };
        let found = self.agent_runs(actor, environment, &filter, Page::first(1)).await?;
        let missing = || ServiceError::not_found("log of an agent on the event", event);
        found.items.into_iter().next().ok_or_else(missing)
    }

    /// Forgets runs that are older than old versions of records may be, and of each agent all but the latest.
    pub async fn forget_agent_runs(&self) -> Result<()> {
        let before = now().plus(-DAY * i64::from(self.settings.retention.days));
        let mut tx = self.db.write().await?;
        runs::forget_before(&mut tx, before).await?;
        for agent in agents::all(&mut tx).await? {
            runs::forget_beyond(&mut tx, &agent, MOST_RUNS).await?;
        }
        Ok(tx.commit().await?)
    }
}
