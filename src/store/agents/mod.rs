//! Agents here, their deployments in [`versions`], what is taken away of them in [`exports`], their runs in [`runs`], how
//! they go in [`standing`], the timer that they ask for in [`crons`].

pub mod crons;
pub mod exports;
pub mod runs;
pub mod standing;
pub mod versions;

use super::convert::{containing, from_json, id, json};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::agent::Agent;
use crate::domain::ids::{AgentId, EnvironmentId};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "id, account_id, environment_id, slug, is_system, version, config, position, tries,
    created_at, updated_at";

/// Which agents a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFilter {
    /// Those that belong to the system, or those that do not.
    pub is_system: Option<bool>,
    /// Those whose slug contains this.
    pub search: Option<String>,
}

/// Keeps a new agent. One of the same slug in its environment is a [`StoreError::Conflict`].
pub async fn insert(tx: &mut Tx, agent: &Agent, created_by: &str) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO agents (id, account_id, environment_id, slug, is_system, version, config, position, created_by,
            created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&agent.id)
    .bind(&agent.account_id)
    .bind(&agent.environment_id)
    .bind(&agent.slug)
    .bind(agent.is_system)
    .bind(agent.version)
    .bind(json(&agent.config)?)
    .bind(agent.position)
    .bind(created_by)
    .bind(agent.created_at)
    .bind(agent.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps what an agent is now, but for its place in the log.
pub async fn update(tx: &mut Tx, agent: &Agent) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE agents SET is_system = $2, version = $3, config = $4, updated_at = $5, tries = 0 WHERE id = $1",
    )
    .bind(&agent.id)
    .bind(agent.is_system)
    .bind(agent.version)
    .bind(json(&agent.config)?)
    .bind(agent.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Deletes an agent with its code and its role.
pub async fn delete(tx: &mut Tx, id: &AgentId, now: Timestamp) -> Result<(), StoreError> {
    for text in [
        "DELETE FROM agent_versions WHERE agent_id = $1",
        "DELETE FROM agent_exports WHERE agent_id = $1",
        "DELETE FROM actor_roles WHERE actor_id = $1",
    ] {
        tx.execute(Statement::new(text).bind(id)).await?;
    }
    let statement = Statement::new("UPDATE agents SET deleted_at = $2 WHERE id = $1");
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

/// The agent of that id; it stays so until a transaction that writes has ended.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &AgentId) -> Result<Option<Agent>, StoreError> {
    let keep = if tx.is_read_only() { "" } else { tx.for_update() };
    let statement =
        Statement::select(COLUMNS).push_bind(" FROM agents WHERE deleted_at IS NULL AND id = ", id);
    let statement = within(statement, scope).push(keep);
    tx.optional::<AgentRow>(statement).await?.map(Agent::try_from).transpose()
}

/// The agent of that id, wherever it is: for its token and for the runner.
pub async fn find_anywhere(tx: &mut Tx, id: &AgentId) -> Result<Option<Agent>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agents WHERE deleted_at IS NULL AND id = ", id)
        .push(" AND environment_id IN (SELECT e.id FROM environments e WHERE e.deleted_at IS NULL)");
    tx.optional::<AgentRow>(statement).await?.map(Agent::try_from).transpose()
}

/// The agent of that slug; it stays so until the transaction has ended.
pub async fn by_slug(
    tx: &mut Tx,
    environment: &EnvironmentId,
    slug: &str,
) -> Result<Option<Agent>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agents WHERE deleted_at IS NULL AND environment_id = ", environment)
        .push_bind(" AND slug = ", slug)
        .push(tx.for_update());
    tx.optional::<AgentRow>(statement).await?.map(Agent::try_from).transpose()
}

/// One page of the agents of an environment, in the order in which they were made, and how many there are.
pub async fn list(
    tx: &mut Tx,
    environment: &EnvironmentId,
    filter: &AgentFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Agent>, u64), StoreError> {
    let rest = Statement::new("FROM agents WHERE deleted_at IS NULL")
        .push_bind(" AND environment_id = ", environment)
        .filter(" AND is_system = ", filter.is_system);
    let rest = match &filter.search {
        Some(text) => {
            rest.push_bind(" AND LOWER(slug) LIKE ", containing(&text.to_lowercase())).push(" ESCAPE '\\'")
        }
        None => rest,
    };
    let (rows, total) =
        tx.page::<AgentRow>(COLUMNS, rest, " ORDER BY created_at, number", offset, limit).await?;
    Ok((rows.into_iter().map(Agent::try_from).collect::<Result<_, _>>()?, total))
}

/// All agents of an environment.
pub async fn of_environment(tx: &mut Tx, environment: &EnvironmentId) -> Result<Vec<Agent>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM agents WHERE deleted_at IS NULL AND environment_id = ", environment);
    tx.all::<AgentRow>(statement).await?.into_iter().map(Agent::try_from).collect()
}

/// Every agent, wherever it is: for the runner.
pub async fn all(tx: &mut Tx) -> Result<Vec<AgentId>, StoreError> {
    let text = "SELECT a.id FROM agents a JOIN environments e ON e.id = a.environment_id
        WHERE a.deleted_at IS NULL AND e.deleted_at IS NULL ORDER BY a.id";
    let rows: Vec<(String,)> = tx.all(Statement::new(text)).await?;
    rows.iter().map(|(found,)| id("agents.id", found)).collect()
}

/// Takes an agent for this server alone, or keeps it; `false` while another server has it, and when it is gone.
pub async fn take(
    tx: &mut Tx,
    id: &AgentId,
    worker: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE agents SET worker = $2, lease_until = $3
        WHERE id = $1 AND deleted_at IS NULL AND (worker IS NULL OR worker = $2 OR lease_until <= $4)",
    );
    Ok(tx.execute(statement.bind(id).bind(worker).bind(until).bind(now)).await? == 1)
}

/// Ends every lease: for a process that is the only one, when it starts.
pub async fn release_leases(tx: &mut Tx) -> Result<(), StoreError> {
    let text = "UPDATE agents SET lease_until = 0 WHERE lease_until > 0";
    tx.execute(Statement::new(text)).await.map(|_| ())
}

/// Moves an agent on in the log; `false` when somebody else did so before, or has it now.
pub async fn advance(
    tx: &mut Tx,
    id: &AgentId,
    worker: &str,
    (from, to): (i64, i64),
) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE agents SET position = $4, tries = 0
        WHERE id = $1 AND deleted_at IS NULL AND worker = $2 AND position = $3",
    );
    Ok(tx.execute(statement.bind(id).bind(worker).bind(from).bind(to)).await? == 1)
}

/// Counts that an agent died of the event after that place; how often it has.
pub async fn count_try(tx: &mut Tx, id: &AgentId, position: i64) -> Result<i64, StoreError> {
    let statement =
        Statement::new("UPDATE agents SET tries = tries + 1 WHERE id = $1 AND position = $2 RETURNING tries");
    let counted: Option<(i64,)> = tx.optional(statement.bind(id).bind(position)).await?;
    Ok(counted.map_or(0, |(tries,)| tries))
}

fn within(statement: Statement, scope: &Scope) -> Statement {
    statement
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND environment_id = ", scope.environment_id.as_ref())
}

#[derive(sqlx::FromRow)]
struct AgentRow {
    id: String,
    account_id: String,
    environment_id: String,
    slug: String,
    is_system: bool,
    version: i64,
    config: String,
    position: i64,
    tries: i64,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<AgentRow> for Agent {
    type Error = StoreError;

    fn try_from(row: AgentRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("agents.id", &row.id)?,
            account_id: id("agents.account_id", &row.account_id)?,
            environment_id: id("agents.environment_id", &row.environment_id)?,
            slug: row.slug,
            is_system: row.is_system,
            version: row.version,
            config: from_json("agents.config", &row.config)?,
            position: row.position,
            tries: row.tries,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}
