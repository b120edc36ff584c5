//! Policies of data retention.

use super::convert::{from_word, id, word};
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{EnvironmentId, RetentionPolicyId};
use crate::domain::retention_policy::RetentionPolicy;
use crate::domain::time::Timestamp;

/// Policies of environments that are there.
const COLUMNS: &str =
    "id, account_id, environment_id, type, period, created_at, updated_at FROM data_retention_policies
    WHERE EXISTS (SELECT 1 FROM environments e WHERE e.id = environment_id AND e.deleted_at IS NULL)";

type Row = (String, String, String, String, i64, i64, i64);

fn read(
    (policy, account, environment, kind, period, created, updated): Row,
) -> Result<RetentionPolicy, StoreError> {
    Ok(RetentionPolicy {
        id: id("data_retention_policies.id", &policy)?,
        account_id: id("data_retention_policies.account_id", &account)?,
        environment_id: id("data_retention_policies.environment_id", &environment)?,
        kind: from_word("data_retention_policies.type", kind)?,
        period,
        created_at: Timestamp(created),
        updated_at: Timestamp(updated),
    })
}

/// Keeps a new policy.
pub async fn insert(tx: &mut Tx, policy: &RetentionPolicy) -> Result<(), StoreError> {
    let text = "INSERT INTO data_retention_policies (id, account_id, environment_id, type, period, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let statement = Statement::new(text)
        .bind(&policy.id)
        .bind(&policy.account_id)
        .bind(&policy.environment_id)
        .bind(word(&policy.kind)?)
        .bind(policy.period)
        .bind(policy.created_at)
        .bind(policy.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// Keeps everything of a policy that can change.
pub async fn update(tx: &mut Tx, policy: &RetentionPolicy) -> Result<(), StoreError> {
    let text =
        "UPDATE data_retention_policies SET environment_id = $2, type = $3, period = $4, updated_at = $5
        WHERE id = $1";
    let statement = Statement::new(text)
        .bind(&policy.id)
        .bind(&policy.environment_id)
        .bind(word(&policy.kind)?)
        .bind(policy.period)
        .bind(policy.updated_at);
    tx.execute(statement).await.map(|_| ())
}

/// The policy of that id.
pub async fn find(
    tx: &mut Tx,
    scope: &Scope,
    policy: &RetentionPolicyId,
) -> Result<Option<RetentionPolicy>, StoreError> {
    let statement = within(Statement::select(COLUMNS), scope).push_bind(" AND id = ", policy);
    tx.optional::<Row>(statement).await?.map(read).transpose()
}

/// The policies, the oldest first; those of one environment when it is named.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    environment: Option<&EnvironmentId>,
) -> Result<Vec<RetentionPolicy>, StoreError> {
    let statement = within(Statement::select(COLUMNS), scope)
        .filter(" AND environment_id = ", environment)
        .push(" ORDER BY created_at, id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// The policies of all tenants, for the server's own work.
pub async fn all(tx: &mut Tx) -> Result<Vec<RetentionPolicy>, StoreError> {
    let statement = Statement::select(COLUMNS).push(" ORDER BY id");
    tx.all::<Row>(statement).await?.into_iter().map(read).collect()
}

/// Deletes a policy.
pub async fn delete(tx: &mut Tx, policy: &RetentionPolicyId) -> Result<(), StoreError> {
    let statement = Statement::new("DELETE FROM data_retention_policies WHERE id = $1").bind(policy);
    tx.execute(statement).await.map(|_| ())
}

/// A policy is about a whole environment: who sees a space alone finds none, which the table of rights sees to.
fn within(statement: Statement, scope: &Scope) -> Statement {
    statement
        .push_bind(" AND account_id = ", &scope.account_id)
        .filter(" AND environment_id = ", scope.environment_id.as_ref())
}
