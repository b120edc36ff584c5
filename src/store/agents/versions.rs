//! What was deployed: the newest versions of each agent, with their packed sources.

use crate::domain::agent::{AgentVersion, Deployer};
use crate::domain::ids::{AgentId, AgentVersionId};
use crate::domain::time::Timestamp;
use crate::store::convert::{from_json, id, json};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// The sources of a version, packed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackedSource {
    /// The bundle.
    pub source: Vec<u8>,
    /// Its source map; empty when there is none.
    pub source_map: Vec<u8>,
}

const COLUMNS: &str =
    "v.id, v.agent_id, v.version, v.origin, v.config, v.created_by, u.name AS made_by_name, v.created_at";
const FROM: &str = " FROM agent_versions v LEFT JOIN users u ON u.id = v.created_by";

#[derive(sqlx::FromRow)]
struct VersionRow {
    id: String,
    agent_id: String,
    version: i64,
    origin: i64,
    config: String,
    created_by: String,
    made_by_name: Option<String>,
    created_at: i64,
}

impl TryFrom<VersionRow> for AgentVersion {
    type Error = StoreError;

    fn try_from(row: VersionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("agent_versions.id", &row.id)?,
            agent_id: id("agent_versions.agent_id", &row.agent_id)?,
            version: row.version,
            origin: row.origin,
            config: from_json("agent_versions.config", &row.config)?,
            deployed_by: Deployer { id: row.created_by, name: row.made_by_name },
            created_at: Timestamp(row.created_at),
        })
    }
}

/// Keeps a version and its sources, and forgets those that are so many older.
pub async fn insert(
    tx: &mut Tx,
    version: &AgentVersion,
    packed: &PackedSource,
    kept: i64,
) -> Result<(), StoreError> {
    let text =
        "INSERT INTO agent_versions (id, agent_id, version, origin, config, source, source_map, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let statement = Statement::new(text)
        .bind(&version.id)
        .bind(&version.agent_id)
        .bind(version.version)
        .bind(version.origin)
        .bind(json(&version.config)?)
        .bind(packed.source.as_slice())
        .bind(packed.source_map.as_slice())
        .bind(version.deployed_by.id.as_str())
        .bind(version.created_at);
    tx.execute(statement).await?;
    let old = Statement::new("DELETE FROM agent_versions WHERE agent_id = $1 AND version <= $2");
    tx.execute(old.bind(&version.agent_id).bind(version.version - kept)).await.map(|_| ())
}

/// The versions of an agent, the newest first.
pub async fn list(tx: &mut Tx, agent: &AgentId) -> Result<Vec<AgentVersion>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(FROM)
        .push_bind(" WHERE v.agent_id = ", agent)
        .push(" ORDER BY v.version DESC");
    tx.all::<VersionRow>(statement).await?.into_iter().map(AgentVersion::try_from).collect()
}

/// A version of an agent by its id.
pub async fn find(
    tx: &mut Tx,
    agent: &AgentId,
    version: &AgentVersionId,
) -> Result<Option<AgentVersion>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push(FROM)
        .push_bind(" WHERE v.id = ", version)
        .push_bind(" AND v.agent_id = ", agent);
    tx.optional::<VersionRow>(statement).await?.map(AgentVersion::try_from).transpose()
}

/// The packed sources of a version by its number.
pub async fn source(tx: &mut Tx, agent: &AgentId, version: i64) -> Result<Option<PackedSource>, StoreError> {
    let statement =
        Statement::new("SELECT source, source_map FROM agent_versions WHERE agent_id = $1 AND version = $2");
    let found: Option<(Vec<u8>, Vec<u8>)> = tx.optional(statement.bind(agent).bind(version)).await?;
    Ok(found.map(|(source, source_map)| PackedSource { source, source_map }))
}
