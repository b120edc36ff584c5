//! Agents: deployed, brought back and deleted here; their code is taken away in [`exports`], what they may do is in
//! [`roles`], what they did in [`runs`], what the runner needs in [`running`], their timer in [`crons`].

mod archive;
pub mod crons;
pub mod exports;
pub mod roles;
pub mod running;
pub mod runs;
mod runtime;
mod source;

pub use runtime::AgentRuntime;

use serde_json::json;

use super::announce::object;
use super::environments::named_or_own;
use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::agent::{self, Agent, AgentConfig, AgentStanding, AgentVersion, Deployer};
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::{AgentId, AgentVersionId, EnvironmentId};
use crate::store::agents::{self, AgentFilter, standing, versions};
use crate::store::events::Sequence;
use crate::store::{self, Tx, events, new_id, now};
use source::{pack, unpack};

/// Versions of an agent that are kept, with their sources.
const KEPT_VERSIONS: i64 = 10;

/// What is deployed.
#[derive(Debug, Clone, Default)]
pub struct NewAgent {
    /// By which it is deployed again; `default` when absent.
    pub slug: Option<String>,
    /// Whether it belongs to the system.
    pub is_system: bool,
    /// Topics and the like.
    pub config: AgentConfig,
    /// One CommonJS bundle.
    pub source: String,
    /// Its source map.
    pub source_map: Option<String>,
}

/// An agent with the sources of the version that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentSources {
    /// The agent.
    pub agent: Agent,
    /// The bundle.
    pub source: String,
    /// Its source map.
    pub source_map: Option<String>,
}

impl Service {
    /// Deploys an agent: the one of its slug gets another version, or a new one is made, which hears of what happens
    /// from now on.
    pub async fn deploy_agent(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        new: NewAgent,
    ) -> Result<Agent> {
        allow(actor, Operation::ManageAgents)?;
        new.config.check()?;
        let slug = agent::slug(new.slug)?;
        if new.source.trim().is_empty() {
            return Err(ServiceError::bad_request("source: send the agent's code as one CommonJS bundle"));
        }
        let packed = pack(new.source, new.source_map).await?;
        let mut tx = self.db.write().await?;
        let environment = named_or_own(&mut tx, actor, environment).await?;
        let found = agents::by_slug(&mut tx, &environment.id, &slug).await?;
        let (moment, is_new) = (now(), found.is_none());
        let mut agent = match found {
            Some(agent) => agent,
            None => {
                let of = Sequence::Environment(environment.id.clone());
                Agent {
                    id: new_id(),
                    account_id: environment.account_id,
                    position: events::last_sequence(&mut tx, &of).await?,
                    environment_id: environment.id,
                    slug,
                    is_system: false,
                    version: 0,
                    config: AgentConfig::default(),
                    tries: 0,
                    created_at: moment,
                    updated_at: moment,
                }
            }
        };
        agent.version += 1;
        agent.config = new.config;
        agent.is_system = new.is_system;
        agent.updated_at = moment;
        let version = version_of(&agent, agent.version, actor);
        match is_new {
            true => {
                agents::insert(&mut tx, &agent, &actor.id).await?;
                store::roles::insert(&mut tx, &roles::at_first(&agent)).await?;
            }
            false => agents::update(&mut tx, &agent).await?,
        }
        versions::insert(&mut tx, &version, &packed, KEPT_VERSIONS).await?;
        let topic = if is_new { Topic::AgentCreated } else { Topic::AgentUpdated };
        self.agent_changed(tx, topic, actor, &agent).await?;
        Ok(agent)
    }

    /// The agents of an environment.
    pub async fn agents(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        filter: &AgentFilter,
        page: Page,
    ) -> Result<Paged<Agent>> {
        allow(actor, Operation::ManageAgents)?;
        let mut tx = self.db.read().await?;
        let environment = named_or_own(&mut tx, actor, environment).await?;
        let (items, total) = agents::list(&mut tx, &environment.id, filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The first so many agents of an environment, each with who deployed what runs and what came of it.
    pub async fn agent_standings(
        &self,
        actor: &Actor,
        environment: &EnvironmentId,
        most: u64,
    ) -> Result<Vec<AgentStanding>> {
        allow(actor, Operation::ManageAgents)?;
        let mut tx = self.db.read().await?;
        let environment = named_or_own(&mut tx, actor, Some(environment.clone())).await?;
        Ok(standing::list(&mut tx, &environment.id, most).await?)
    }

    /// One agent with its sources.
    pub async fn agent(&self, actor: &Actor, id: &AgentId) -> Result<AgentSources> {
        let mut tx = self.db.read().await?;
        let agent = find(&mut tx, actor, id).await?;
        let packed = versions::source(&mut tx, id, agent.version).await?.unwrap_or_default();
        drop(tx);
        let (source, source_map) = unpack(packed).await?;
        Ok(AgentSources { agent, source, source_map })
    }

    /// Deletes an agent with its versions. What it runs is stopped.
    pub async fn delete_agent(&self, actor: &Actor, id: &AgentId) -> Result<()> {
        let mut tx = self.db.write().await?;
        let agent = find(&mut tx, actor, id).await?;
        agents::delete(&mut tx, id, now()).await?;
        self.agent_changed(tx, Topic::AgentDeleted, actor, &agent).await
    }

    /// The versions of an agent that are kept, the newest first.
    pub async fn agent_versions(&self, actor: &Actor, id: &AgentId) -> Result<(Agent, Vec<AgentVersion>)> {
        let mut tx = self.db.read().await?;
        let agent = find(&mut tx, actor, id).await?;
        let versions = versions::list(&mut tx, id).await?;
        Ok((agent, versions))
    }

    /// Brings a version of an agent back, as a new one; the version that runs then. Nothing changes when it is that
    /// already.
    pub async fn revert_agent(
        &self,
        actor: &Actor,
        id: &AgentId,
        version: &AgentVersionId,
    ) -> Result<(Agent, AgentVersion)> {
        let mut tx = self.db.write().await?;
        let mut agent = find(&mut tx, actor, id).await?;
        let wanted = versions::find(&mut tx, id, version).await?;
        let wanted = wanted.ok_or_else(|| ServiceError::not_found("agent version", version))?;
        let all = versions::list(&mut tx, id).await?;
        if let Some(runs) = all.into_iter().find(|one| one.version == agent.version)
            && runs.origin == wanted.origin
        {
            return Ok((agent, runs));
        }
        let packed = versions::source(&mut tx, id, wanted.version).await?.unwrap_or_default();
        agent.version += 1;
        agent.config = wanted.config;
        agent.updated_at = now();
        let version = version_of(&agent, wanted.origin, actor);
        agents::update(&mut tx, &agent).await?;
        versions::insert(&mut tx, &version, &packed, KEPT_VERSIONS).await?;
        self.agent_changed(tx, Topic::AgentUpdated, actor, &agent).await?;
        Ok((agent, version))
    }

    /// Commits a change of an agent, and lets the timer and the runner know.
    async fn agent_changed(&self, mut tx: Tx, topic: Topic, actor: &Actor, agent: &Agent) -> Result<()> {
        crons::follow(&mut tx, &agent.environment_id).await?;
        tx.emit(NewEvent {
            topic,
            environment_id: agent.environment_id.clone(),
            space_id: None,
            context: object(json!({ "actorId": actor.id, "agentId": agent.id })),
            payload: object(json!({ "agentId": agent.id, "environmentId": agent.environment_id })),
            data_path: None,
            namespaces: Vec::new(),
        });
        tx.commit().await?;
        self.agents_changed.notify_waiters();
        Ok(())
    }
}

/// The agent, when the actor may manage it.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: &AgentId) -> Result<Agent> {
    allow(actor, Operation::ManageAgents)?;
    let agent = agents::find(tx, &actor.scope, id).await?;
    agent.ok_or_else(|| ServiceError::not_found("agent", id))
}

fn version_of(agent: &Agent, origin: i64, actor: &Actor) -> AgentVersion {
    AgentVersion {
        id: new_id(),
        agent_id: agent.id.clone(),
        version: agent.version,
        origin,
        config: agent.config.clone(),
        deployed_by: Deployer { id: actor.id.clone(), name: None },
        created_at: agent.updated_at,
    }
}
