//! The plans of mapping jobs.

use crate::domain::ids::JobId;
use crate::domain::job::plan::ExecutionPlan;
use crate::store::convert::{from_optional_json, json};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// What a job means to do; nothing for one without a plan.
pub async fn plan(tx: &mut Tx, job: &JobId) -> Result<Option<ExecutionPlan>, StoreError> {
    let statement = Statement::new("SELECT plan FROM jobs WHERE id = $1 AND deleted_at IS NULL").bind(job);
    let row = tx.optional::<(Option<String>,)>(statement).await?;
    from_optional_json("jobs.plan", row.and_then(|(plan,)| plan))
}

/// Keeps what a job means to do.
pub async fn set_plan(tx: &mut Tx, job: &JobId, plan: &ExecutionPlan) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE jobs SET plan = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(job).bind(json(plan)?)).await.map(|_| ())
}
