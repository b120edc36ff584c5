//! Agents, their versions and their runs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::shape;
use crate::domain::agent::{Agent, AgentConfig, AgentExport, AgentExportType, AgentRun, AgentVersion};
use crate::domain::ids::AgentId;
use crate::domain::time::Timestamp;
use crate::service::agents::AgentSources;

/// An agent to deploy. The one of the same slug gets another version.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = AgentDeploy)]
pub struct AgentRequest {
    /// The events that it hears of; all but those of the timer when empty.
    pub topics: Option<Vec<String>>,
    /// `js`.
    pub compiler: Option<String>,
    /// One CommonJS bundle.
    pub source: Option<String>,
    /// Its source map.
    pub source_map: Option<String>,
    /// By which it is deployed again; `default` when absent.
    pub slug: Option<String>,
    /// The deployer's own data.
    #[schema(value_type = Option<Object>)]
    pub options: Option<Map<String, Value>>,
    /// Code that the platform brings; this server has none.
    pub template: Option<String>,
    /// Whether it belongs to the system.
    pub is_system: Option<bool>,
    /// For people: the filter stands in the agent's code.
    pub namespace: Option<String>,
    /// The packages that it was made of.
    #[schema(value_type = Option<Object>)]
    pub package_versions: Option<Map<String, Value>>,
    /// The commit that it was made of.
    #[schema(value_type = Option<Object>)]
    pub commit_info: Option<Map<String, Value>>,
}

/// What an agent was deployed with beside its sources.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentConfig)]
pub struct ConfigBody {
    /// The events that it hears of; all but those of the timer when empty.
    topics: Vec<String>,
    /// `js`.
    compiler: Option<String>,
    /// By which it is deployed again.
    slug: String,
    /// The deployer's own data.
    #[schema(value_type = Option<Object>)]
    options: Option<Map<String, Value>>,
    /// Whether it belongs to the system.
    is_system: bool,
    /// For people: the filter stands in the agent's code.
    namespace: Option<String>,
    /// The packages that it was made of.
    #[schema(value_type = Option<Object>)]
    package_versions: Option<Map<String, Value>>,
    /// The commit that it was made of.
    #[schema(value_type = Option<Object>)]
    commit_info: Option<Map<String, Value>>,
}

impl ConfigBody {
    fn new(config: AgentConfig, agent: &Agent) -> Self {
        Self {
            topics: config.topics,
            compiler: config.compiler,
            slug: agent.slug.clone(),
            options: config.options,
            is_system: agent.is_system,
            namespace: config.namespace,
            package_versions: config.package_versions,
            commit_info: config.commit_info,
        }
    }
}

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Agent)]
pub struct AgentBody {
    /// Its id.
    id: String,
    /// Whose it is.
    account_id: String,
    /// Of which environment it hears.
    environment_id: String,
    /// What it was deployed with.
    #[serde(flatten)]
    config: ConfigBody,
    /// The number of the version that runs.
    version: i64,
    /// The bundle; in the answer for one agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Its source map; in the answer for one agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_map: Option<String>,
    /// When it was first deployed.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When it was deployed last.
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

impl From<Agent> for AgentBody {
    fn from(agent: Agent) -> Self {
        Self {
            config: ConfigBody::new(agent.config.clone(), &agent),
            id: agent.id.into(),
            account_id: agent.account_id.into(),
            environment_id: agent.environment_id.into(),
            version: agent.version,
            source: None,
            source_map: None,
            created_at: agent.created_at,
            updated_at: agent.updated_at,
        }
    }
}

impl From<AgentSources> for AgentBody {
    fn from(AgentSources { agent, source, source_map }: AgentSources) -> Self {
        Self { source: Some(source), source_map, ..agent.into() }
    }
}

/// One deployment of an agent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentVersion)]
pub struct AgentVersionBody {
    /// Its id.
    id: String,
    /// Of which agent.
    #[serde(rename = "agent_id")]
    agent_id: String,
    /// Counted from 1.
    version: i64,
    /// The version whose content it has: itself, unless it was brought back.
    origin: i64,
    /// What it was deployed with.
    #[serde(flatten)]
    config: ConfigBody,
    /// When it was deployed.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// The same.
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

impl AgentVersionBody {
    /// A version of an agent.
    pub fn new(agent: &Agent, version: AgentVersion) -> Self {
        Self {
            id: version.id.into(),
            agent_id: version.agent_id.into(),
            version: version.version,
            origin: version.origin,
            config: ConfigBody::new(version.config, agent),
            created_at: version.created_at,
            updated_at: version.created_at,
        }
    }
}

/// One run of an agent on one event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentLog)]
pub struct AgentLogBody {
    /// Its id.
    id: String,
    /// Which agent.
    #[schema(value_type = String)]
    agent_id: AgentId,
    /// Which event.
    event_id: String,
    /// In which space it happened.
    space_id: Option<String>,
    /// What happened.
    topic: String,
    /// Ids of what the event is about.
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// `space:<namespace>` and the like.
    namespaces: Vec<String>,
    /// Whether it ended without an error.
    success: bool,
    /// When it began.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = String)]
    completed_at: Timestamp,
    /// How long it took, in milliseconds.
    duration: i64,
    /// How long the event had waited, in milliseconds.
    queue_lag: i64,
    /// The memory of the process at its end, in bytes.
    memory_usage: Option<i64>,
    /// What the agent wrote to its console; not in lists of executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
}

impl From<AgentRun> for AgentLogBody {
    fn from(run: AgentRun) -> Self {
        Self {
            duration: run.duration(),
            id: run.id.into(),
            agent_id: run.agent_id,
            event_id: run.event_id.into(),
            space_id: run.space_id.map(Into::into),
            topic: run.topic,
            context: run.context,
            namespaces: run.namespaces,
            success: run.success,
            created_at: run.created_at,
            completed_at: run.completed_at,
            queue_lag: run.queue_lag,
            memory_usage: run.memory,
            log: Some(run.log),
        }
    }
}

impl AgentLogBody {
    /// The same without what was written.
    pub fn execution(run: AgentRun) -> Self {
        Self { log: None, ..run.into() }
    }
}

/// The code of an agent, packed to be taken away.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentExport)]
pub struct AgentExportBody {
    /// Its id.
    id: String,
    /// Of which agent.
    agent_id: String,
    /// For what: `SOURCE`, `SYSTEM_COMBINED` or `AUTOBUILD_INLINED`, which are the same here.
    #[schema(schema_with = shape::words::<AgentExportType>)]
    export_type: AgentExportType,
    /// Whose it is.
    account_id: String,
    /// Where the agent is.
    environment_id: String,
    /// When it was made.
    #[schema(value_type = String)]
    created_at: Timestamp,
    /// The same.
    #[schema(value_type = String)]
    updated_at: Timestamp,
}

impl From<AgentExport> for AgentExportBody {
    fn from(export: AgentExport) -> Self {
        Self {
            id: export.id.into(),
            agent_id: export.agent_id.into(),
            export_type: export.kind,
            account_id: export.account_id.into(),
            environment_id: export.environment_id.into(),
            created_at: export.created_at,
            updated_at: export.created_at,
        }
    }
}
