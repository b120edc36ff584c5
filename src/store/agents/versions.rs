//! What was deployed: the newest versions of each agent, with their packed sources.

use crate::domain::agent::AgentVersion;
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

const COLUMNS: &str = "id, agent_id, version, origin, config, created_at";

type Row = (String, String, i64, i64, String, i64);

fn read((version, agent, number, origin, config, created_at): Row) -> Result<AgentVersion, StoreError> {
    Ok(AgentVersion {
        id: id("agent_versions.id", &version)?,
        agent_id: id("agent_versions.agent_id", &agent)?,
        version: number,
        origin,
        config: from_json("agent_versions.config", &config)?,
        created_at: Timestamp(created_at),
    })
}

/// Keeps a version and its sources, and forgets those that are so many older.
pub async fn insert(
    tx: &mut Tx,
    version: &AgentVersion,
    packed: &PackedSource,
    kept: i64,
) -> Result<(), StoreError> {
    let text =
        "INSERT INTO agent_versions (id, agent_id, version, origin, config, source, source_map, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let statement = Statement::new(text)
        .bind(&version.id)
        .bind(&version.agent_id)
        .bind(version.version)
        .bind(version.origin)
        .bind(json(&version.config)?)
        .bind(packed.source.as_slice())
        .bind(packed.source_map.as_slice())
        .bind(version.created_at);
    tx.execute(statement).await?;
    let old = Statement::new("DELETE FROM agent_versions WHERE agent_id = $1 AND version <= $2");
    tx.execute(old.bind(&version.agent_id).bind(version.version - kept)).await.map(|_| ())
}

/// The versions of an agent, the newest first.
pub async fn list(tx: &mut Tx, agent: &AgentId) -> Result<Vec<AgentVersion>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agent_versions WHERE agent_id = ", agent)
        .push(" ORDER BY version DESC");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// A version of an agent by its id.
pub async fn find(
    tx: &mut Tx,
    agent: &AgentId,
    version: &AgentVersionId,
) -> Result<Option<AgentVersion>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agent_versions WHERE id = ", version)
        .push_bind(" AND agent_id = ", agent);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The packed sources of a version by its number.
pub async fn source(tx: &mut Tx, agent: &AgentId, version: i64) -> Result<Option<PackedSource>, StoreError> {
    let statement =
        Statement::new("SELECT source, source_map FROM agent_versions WHERE agent_id = $1 AND version = $2");
    let found: Option<(Vec<u8>, Vec<u8>)> = tx.optional(statement.bind(agent).bind(version)).await?;
    Ok(found.map(|(source, source_map)| PackedSource { source, source_map }))
}
