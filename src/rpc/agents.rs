//! The agents of an environment, what they did, and their versions.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Its id.
    pub id: String,
    /// By which it is deployed again.
    pub slug: String,
    /// The events that it hears of; of all when there are none.
    pub topics: Vec<String>,
    /// The number of the version that runs.
    pub version: i64,
    /// Who deployed that; empty when nobody knows any more.
    pub by: String,
    /// When it was deployed: milliseconds since 1970.
    pub deployed_at: i64,
    /// Runs that are kept.
    pub runs: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// When the last one began, and whether it ended well.
    pub last: Option<(i64, bool)>,
}

/// The agents of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentList {
    /// In the order in which they were made.
    pub agents: Vec<AgentRow>,
    /// What keeps them from running, or from running confined; empty when nothing does.
    pub notice: String,
    /// The address of this server.
    pub server: String,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// One run of an agent on one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// What happened.
    pub topic: String,
    /// The event.
    pub event_id: String,
    /// The space of the event; empty for what happened around spaces.
    pub space: String,
    /// Whether it ended without an error.
    pub success: bool,
    /// When it began.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub took: i64,
    /// The beginning of what it wrote.
    pub lines: String,
    /// It wrote more.
    pub is_cut: bool,
}

/// The runs of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunList {
    /// The newest first.
    pub runs: Vec<RunRow>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// One deployment of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its id.
    pub id: String,
    /// Counted from 1.
    pub number: i64,
    /// The version whose content it has: itself, unless it was brought back.
    pub origin: i64,
    /// Who deployed it; empty when nobody knows any more.
    pub by: String,
    /// When it was deployed.
    pub at: i64,
    /// It is what runs.
    pub runs: bool,
}

/// The versions of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionList {
    /// The newest first.
    pub versions: Vec<VersionRow>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// The agents of an environment.
///
/// # Errors
/// When there is no such environment for this person, or they may not manage its agents.
#[server(input = Packed, output = Packed)]
pub async fn agents(environment_id: String) -> Result<AgentList, RpcError> {
    super::bodies::agents::agents(environment_id).await
}

/// The newest runs of an agent, so many at most.
///
/// # Errors
/// When there is no such agent for this person.
#[server(input = Packed, output = Packed)]
pub async fn agent_runs(agent_id: String, most: u64) -> Result<RunList, RpcError> {
    super::bodies::agents::agent_runs(agent_id, most).await
}

/// All that was written in a run.
///
/// # Errors
/// When there is no such agent for this person, or its run on the event is not kept any more.
#[server(input = Packed, output = Packed)]
pub async fn lines_of_run(agent_id: String, event_id: String, run_id: String) -> Result<String, RpcError> {
    super::bodies::agents::lines_of_run(agent_id, event_id, run_id).await
}

/// The versions of an agent that are kept, the newest first.
///
/// # Errors
/// When there is no such agent for this person.
#[server(input = Packed, output = Packed)]
pub async fn agent_versions(agent_id: String) -> Result<VersionList, RpcError> {
    super::bodies::agents::agent_versions(agent_id).await
}

/// Goes back to a version of an agent.
///
/// # Errors
/// When there is no such agent or version for this person.
#[server(input = Packed, output = Packed)]
pub async fn revert_agent(agent_id: String, version_id: String) -> Result<(), RpcError> {
    super::bodies::agents::revert_agent(agent_id, version_id).await
}

/// Deletes an agent.
///
/// # Errors
/// When there is no such agent for this person.
#[server(input = Packed, output = Packed)]
pub async fn delete_agent(agent_id: String) -> Result<(), RpcError> {
    super::bodies::agents::delete_agent(agent_id).await
}
