//! Secrets that people gave to jobs, as they are kept: sealed.

use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::ids::JobId;

/// Keeps a secret of a job; one of that key which it has already stays.
pub async fn keep(tx: &mut Tx, job: &JobId, key: &str, sealed: &[u8]) -> Result<(), StoreError> {
    let statement = Statement::new(
        "INSERT INTO job_secrets (job_id, key, sealed) VALUES ($1, $2, $3) ON CONFLICT (job_id, key) DO NOTHING",
    );
    tx.execute(statement.bind(job).bind(key).bind(sealed)).await.map(|_| ())
}

/// The secrets of a job by their keys.
pub async fn of_job(tx: &mut Tx, job: &JobId) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let statement =
        Statement::new("SELECT key, sealed FROM job_secrets WHERE job_id = $1 ORDER BY key").bind(job);
    tx.all(statement).await
}

/// Forgets the secrets of a job.
pub async fn forget(tx: &mut Tx, job: &JobId) -> Result<(), StoreError> {
    tx.execute(Statement::new("DELETE FROM job_secrets WHERE job_id = $1").bind(job)).await.map(|_| ())
}
