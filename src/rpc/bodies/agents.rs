//! The agents of an environment.

use super::{Asker, id};
use crate::domain::agent::{AgentRun, AgentStanding, AgentVersion, Deployer};
use crate::domain::ids::{AgentId, EnvironmentId, EventId};
use crate::rpc::RpcError;
use crate::rpc::agents::{AgentList, AgentRow, RunList, RunRow, VersionList, VersionRow};
use crate::service::agents::AgentRuntime;
use crate::service::{Page, ServiceError};
use crate::store::agents::runs::RunFilter;
use crate::store::now;

/// Agents that the page lists.
const MOST: u64 = 200;
/// Runs that it lists.
const MOST_RUNS: u64 = 500;
/// Characters of what a run wrote that the list has.
const SHOWN: usize = 1_000;

pub async fn agents(environment_id: String) -> Result<AgentList, RpcError> {
    let asker = Asker::of_request()?;
    let environment: EnvironmentId = id(&environment_id)?;
    let (service, actor) = (&asker.service, &asker.actor);
    let found = service.agent_standings(actor, &environment, MOST).await?;
    let agents = found.into_iter().map(|standing| row(&asker, standing)).collect();
    let server = service.settings.public_url.clone();
    Ok(AgentList { agents, notice: notice(service.agent_runtime()), server, now: now().0 })
}

fn row(asker: &Asker, standing: AgentStanding) -> AgentRow {
    let agent = standing.agent;
    AgentRow {
        by: who(asker, standing.deployed_by),
        slug: agent.slug,
        topics: agent.config.topics,
        version: agent.version,
        deployed_at: agent.updated_at.0,
        runs: standing.runs,
        failed: standing.failed,
        last: standing.last.map(|(at, success)| (at.0, success)),
        id: agent.id.to_string(),
    }
}

/// What people call the one who deployed something; nothing where nobody knows any more.
fn who(asker: &Asker, deployer: Deployer) -> String {
    match deployer.name {
        Some(name) => name,
        None if deployer.id.is_empty() => String::new(),
        None => asker.who(&deployer.id),
    }
}

fn notice(runtime: AgentRuntime) -> String {
    match runtime {
        AgentRuntime::Missing(reason) => format!(
            "Agents are kept here, but nothing runs: {reason}. Install Node.js 18 or newer on the machine of the server, \
             or name it in INLET_NODE, and start the server again; agents go on where they stopped."
        ),
        AgentRuntime::Ready { version, confined: false, .. } => format!(
            "Node.js {version} does not confine agents: they may do whatever the server's user may. With Node.js 20 or \
             newer they read their own folder and nothing else."
        ),
        AgentRuntime::Ready { .. } | AgentRuntime::Unknown => String::new(),
    }
}

pub async fn agent_runs(agent_id: String, most: u64) -> Result<RunList, RpcError> {
    let asker = Asker::of_request()?;
    let page = Page::first(most.clamp(1, MOST_RUNS));
    let found = asker.service.runs_of_agent(&asker.actor, &id(&agent_id)?, page).await?;
    Ok(RunList { runs: found.items.into_iter().map(run).collect(), total: found.total, now: now().0 })
}

fn run(run: AgentRun) -> RunRow {
    let end = run.log.char_indices().nth(SHOWN).map(|(end, _)| end);
    RunRow {
        id: run.id.to_string(),
        event_id: run.event_id.to_string(),
        space: run.space_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        success: run.success,
        at: run.created_at.0,
        took: run.duration(),
        lines: run.log[..end.unwrap_or(run.log.len())].to_string(),
        is_cut: end.is_some(),
        topic: run.topic,
    }
}

pub async fn lines_of_run(agent_id: String, event_id: String, run_id: String) -> Result<String, RpcError> {
    let asker = Asker::of_request()?;
    let (agent, event): (AgentId, EventId) = (id(&agent_id)?, id(&event_id)?);
    let (service, actor) = (&asker.service, &asker.actor);
    let environment = service.agent(actor, &agent).await?.agent.environment_id;
    let filter = RunFilter { agent_id: Some(agent), event_id: Some(event), ..RunFilter::default() };
    let found = service.agent_runs(actor, Some(environment), &filter, Page::first(MOST_RUNS)).await?;
    let run = found.items.into_iter().find(|run| run.id.to_string() == run_id);
    Ok(run.ok_or_else(|| ServiceError::not_found("run", &run_id))?.log)
}

pub async fn agent_versions(agent_id: String) -> Result<VersionList, RpcError> {
    let asker = Asker::of_request()?;
    let (agent, versions) = asker.service.agent_versions(&asker.actor, &id(&agent_id)?).await?;
    let row = |version: AgentVersion| VersionRow {
        id: version.id.to_string(),
        number: version.version,
        origin: version.origin,
        by: who(&asker, version.deployed_by),
        at: version.created_at.0,
        runs: version.version == agent.version,
    };
    Ok(VersionList { versions: versions.into_iter().map(row).collect(), now: now().0 })
}

pub async fn revert_agent(agent_id: String, version_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    let (agent, version) = (id(&agent_id)?, id(&version_id)?);
    Ok(asker.service.revert_agent(&asker.actor, &agent, &version).await.map(drop)?)
}

pub async fn delete_agent(agent_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    Ok(asker.service.delete_agent(&asker.actor, &id(&agent_id)?).await?)
}
