//! How the agents of an environment go.

use super::AgentRow;
use crate::domain::agent::{AgentStanding, Deployer};
use crate::domain::ids::EnvironmentId;
use crate::domain::time::Timestamp;
use crate::store::convert::{count, integer};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// The first so many agents of an environment, in the order in which they were made, each with who deployed what runs and
/// what came of its runs.
pub async fn list(
    tx: &mut Tx,
    environment: &EnvironmentId,
    most: u64,
) -> Result<Vec<AgentStanding>, StoreError> {
    let statement = Statement::new(
        "SELECT a.id, a.account_id, a.environment_id, a.slug, a.is_system, a.version, a.config, a.position, a.tries,
            a.created_at, a.updated_at, v.created_by AS deployed_by, u.name AS deployed_by_name,
            COALESCE(r.runs, 0) AS runs, COALESCE(r.failed, 0) AS failed, l.created_at AS last_at,
            l.success AS last_success
        FROM agents a
        LEFT JOIN agent_versions v ON v.agent_id = a.id AND v.version = a.version
        LEFT JOIN users u ON u.id = v.created_by
        LEFT JOIN (SELECT agent_id, COUNT(*) AS runs, COUNT(*) FILTER (WHERE NOT success) AS failed FROM agent_logs
            WHERE environment_id = $1 GROUP BY agent_id) r ON r.agent_id = a.id
        LEFT JOIN agent_logs l ON l.id = (SELECT n.id FROM agent_logs n WHERE n.agent_id = a.id
            ORDER BY n.created_at DESC, n.id DESC LIMIT 1)
        WHERE a.deleted_at IS NULL AND a.environment_id = $1 ORDER BY a.created_at, a.number LIMIT $2",
    );
    let rows: Vec<StandingRow> = tx.all(statement.bind(environment).bind(integer(most))).await?;
    rows.into_iter().map(AgentStanding::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    #[sqlx(flatten)]
    agent: AgentRow,
    deployed_by: Option<String>,
    deployed_by_name: Option<String>,
    runs: i64,
    failed: i64,
    last_at: Option<i64>,
    last_success: Option<bool>,
}

impl TryFrom<StandingRow> for AgentStanding {
    type Error = StoreError;

    fn try_from(row: StandingRow) -> Result<Self, StoreError> {
        Ok(Self {
            agent: row.agent.try_into()?,
            deployed_by: Deployer { id: row.deployed_by.unwrap_or_default(), name: row.deployed_by_name },
            runs: count("agent_logs", row.runs)?,
            failed: count("agent_logs", row.failed)?,
            last: row.last_at.map(Timestamp).zip(row.last_success),
        })
    }
}
