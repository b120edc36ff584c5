//! The code of agents, packed to be taken away.

use crate::domain::access::Scope;
use crate::domain::agent::AgentExport;
use crate::domain::ids::{AgentExportId, AgentId, EnvironmentId};
use crate::domain::time::Timestamp;
use crate::store::convert::{from_word, id, integer, word};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

const COLUMNS: &str = "id, account_id, environment_id, agent_id, kind, name, created_at";

/// Keeps an archive, and forgets all of its agent but the newest so many.
pub async fn insert(tx: &mut Tx, export: &AgentExport, archive: &[u8], kept: u64) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO agent_exports (id, account_id, environment_id, agent_id, kind, name, created_at, archive)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&export.id)
    .bind(&export.account_id)
    .bind(&export.environment_id)
    .bind(&export.agent_id)
    .bind(word(&export.kind)?)
    .bind(&export.name)
    .bind(export.created_at)
    .bind(archive);
    tx.execute(statement).await?;
    let text = "DELETE FROM agent_exports WHERE agent_id = $1 AND number <= (SELECT number FROM agent_exports
        WHERE agent_id = $1 ORDER BY number DESC LIMIT 1 OFFSET $2)";
    tx.execute(Statement::new(text).bind(&export.agent_id).bind(integer(kept))).await.map(|_| ())
}

/// One page of what was packed in an environment, of one agent or of all, the newest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    environment: &EnvironmentId,
    agent: Option<&AgentId>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<AgentExport>, u64), StoreError> {
    let rest = Statement::new("FROM agent_exports WHERE 1 = 1")
        .push_bind(" AND environment_id = ", environment)
        .filter(" AND agent_id = ", agent);
    let (rows, total) = tx.page::<ExportRow>(COLUMNS, rest, " ORDER BY number DESC", offset, limit).await?;
    Ok((rows.into_iter().map(AgentExport::try_from).collect::<Result<_, _>>()?, total))
}

/// What was packed under that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &AgentExportId) -> Result<Option<AgentExport>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agent_exports WHERE id = ", id)
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND environment_id = ", scope.environment_id.as_ref());
    tx.optional::<ExportRow>(statement).await?.map(AgentExport::try_from).transpose()
}

/// Its bytes.
pub async fn archive(tx: &mut Tx, id: &AgentExportId) -> Result<Option<Vec<u8>>, StoreError> {
    let statement = Statement::new("SELECT archive FROM agent_exports WHERE id = $1").bind(id);
    Ok(tx.optional::<(Vec<u8>,)>(statement).await?.map(|(archive,)| archive))
}

/// Forgets it.
pub async fn delete(tx: &mut Tx, id: &AgentExportId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM agent_exports WHERE id = $1").bind(id)).await.map(|_| ())
}

#[derive(sqlx::FromRow)]
struct ExportRow {
    id: String,
    account_id: String,
    environment_id: String,
    agent_id: String,
    kind: String,
    name: String,
    created_at: i64,
}

impl TryFrom<ExportRow> for AgentExport {
    type Error = StoreError;

    fn try_from(row: ExportRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("agent_exports.id", &row.id)?,
            account_id: id("agent_exports.account_id", &row.account_id)?,
            environment_id: id("agent_exports.environment_id", &row.environment_id)?,
            agent_id: id("agent_exports.agent_id", &row.agent_id)?,
            kind: from_word("agent_exports.kind", row.kind)?,
            name: row.name,
            created_at: Timestamp(row.created_at),
        })
    }
}
