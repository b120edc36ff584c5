//! What agents did on which events.

use crate::domain::agent::AgentRun;
use crate::domain::ids::{AccountId, AgentId, EnvironmentId, EventId, SpaceId};
use crate::domain::time::Timestamp;
use crate::store::convert::{from_json, id, integer, json, optional_id};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

const COLUMNS: &str = "id, agent_id, environment_id, space_id, event_id, topic, context, namespaces, success,
    created_at, completed_at, queue_lag, memory, log";

/// Which runs a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of one agent.
    pub agent_id: Option<AgentId>,
    /// Those on events of one space.
    pub space_id: Option<SpaceId>,
    /// Those on one event.
    pub event_id: Option<EventId>,
    /// Those that ended well, or those that did not.
    pub success: Option<bool>,
}

/// Keeps a run.
pub async fn insert(tx: &mut Tx, account: &AccountId, run: &AgentRun) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO agent_logs (id, account_id, agent_id, environment_id, space_id, event_id, topic, context,
            namespaces, success, created_at, completed_at, queue_lag, memory, log)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(&run.id)
    .bind(account)
    .bind(&run.agent_id)
    .bind(&run.environment_id)
    .bind(&run.space_id)
    .bind(&run.event_id)
    .bind(&run.topic)
    .bind(json(&run.context)?)
    .bind(json(&run.namespaces)?)
    .bind(run.success)
    .bind(run.created_at)
    .bind(run.completed_at)
    .bind(run.queue_lag)
    .bind(run.memory)
    .bind(&run.log);
    tx.execute(statement).await.map(|_| ())
}

/// One page of the runs of an environment, the latest first, and how many there are.
pub async fn list(
    tx: &mut Tx,
    environment: &EnvironmentId,
    filter: &RunFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<AgentRun>, u64), StoreError> {
    let rest = Statement::new("FROM agent_logs WHERE 1 = 1")
        .push_bind(" AND environment_id = ", environment)
        .filter(" AND agent_id = ", filter.agent_id.as_ref())
        .filter(" AND space_id = ", filter.space_id.as_ref())
        .filter(" AND event_id = ", filter.event_id.as_ref())
        .filter(" AND success = ", filter.success);
    let order = " ORDER BY created_at DESC, id DESC";
    let (rows, total) = tx.page::<RunRow>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(AgentRun::try_from).collect::<Result<_, _>>()?, total))
}

/// Forgets runs that ended before that moment.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute(Statement::new("DELETE FROM agent_logs WHERE created_at < $1").bind(before)).await
}

/// Forgets all runs of an agent but the latest so many.
pub async fn forget_beyond(tx: &mut Tx, agent: &AgentId, kept: u64) -> Result<u64, StoreError> {
    let text =
        "DELETE FROM agent_logs WHERE agent_id = $1 AND created_at <= (SELECT created_at FROM agent_logs
        WHERE agent_id = $1 ORDER BY created_at DESC LIMIT 1 OFFSET $2)";
    tx.execute(Statement::new(text).bind(agent).bind(integer(kept))).await
}

#[derive(sqlx::FromRow)]
struct RunRow {
    id: String,
    agent_id: String,
    environment_id: String,
    space_id: Option<String>,
    event_id: String,
    topic: String,
    context: String,
    namespaces: String,
    success: bool,
    created_at: i64,
    completed_at: i64,
    queue_lag: i64,
    memory: Option<i64>,
    log: String,
}

impl TryFrom<RunRow> for AgentRun {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("agent_logs.id", &row.id)?,
            agent_id: id("agent_logs.agent_id", &row.agent_id)?,
            environment_id: id("agent_logs.environment_id", &row.environment_id)?,
            space_id: optional_id("agent_logs.space_id", row.space_id)?,
            event_id: id("agent_logs.event_id", &row.event_id)?,
            topic: row.topic,
            context: from_json("agent_logs.context", &row.context)?,
            namespaces: from_json("agent_logs.namespaces", &row.namespaces)?,
            success: row.success,
            created_at: Timestamp(row.created_at),
            completed_at: Timestamp(row.completed_at),
            queue_lag: row.queue_lag,
            memory: row.memory,
            log: row.log,
        })
    }
}
