//! What may be forgotten of the event log: the oldest events of an environment, so that what is left has no gaps.

use super::convert::id;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::EnvironmentId;

/// The environments, also those that were deleted.
pub async fn environments(tx: &mut Tx) -> Result<Vec<EnvironmentId>, StoreError> {
    let rows: Vec<(String,)> = tx.all(Statement::new("SELECT id FROM environments ORDER BY id")).await?;
    rows.iter().map(|(found,)| id("environments.id", found)).collect()
}

/// The first event between two places of which a delivery is still known, which may be sent again.
pub async fn first_delivered(
    tx: &mut Tx,
    environment: &EnvironmentId,
    (first, last): (i64, i64),
) -> Result<Option<i64>, StoreError> {
    let text = "SELECT MIN(environment_sequence) FROM events WHERE environment_id = $1
        AND environment_sequence BETWEEN $2 AND $3
        AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = events.id AND d.endpoint_id IN (
            SELECT w.id FROM webhook_endpoints w WHERE w.environment_id = $1))";
    let statement = Statement::new(text).bind(environment).bind(first).bind(last);
    let (found,): (Option<i64>,) = tx.one(statement).await?;
    Ok(found)
}

/// Forgets the events of an environment between two places, both among them; how many they were.
pub async fn forget(
    tx: &mut Tx,
    environment: &EnvironmentId,
    (first, last): (i64, i64),
) -> Result<u64, StoreError> {
    let text = "DELETE FROM events WHERE environment_id = $1 AND environment_sequence BETWEEN $2 AND $3";
    tx.execute(Statement::new(text).bind(environment).bind(first).bind(last)).await
}
