//! Jobs that belong together: the parts of one, and those that come after one another.

use super::super::granted::Kind;
use super::row::{COLUMNS, JobRow};
use crate::domain::access::Scope;
use crate::domain::ids::JobId;
use crate::domain::job::parts::PartCounts;
use crate::domain::job::{Job, JobStatus};
use crate::store::convert::{count, from_word, id};
use crate::store::rows::Rows;
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

const UNFINISHED: &str = " AND deleted_at IS NULL AND status NOT IN ('complete', 'failed', 'canceled') ";

/// How the parts stand that an attempt of a job made.
pub async fn parts(tx: &mut Tx, parent: &JobId, attempt: u32) -> Result<PartCounts, StoreError> {
    let statement = Statement::new(
        "SELECT status, COUNT(*) FROM jobs WHERE parent_id = $1 AND parent_attempt = $2 AND deleted_at IS NULL
        GROUP BY status",
    )
    .bind(parent)
    .bind(i64::from(attempt));
    let mut counts = PartCounts::default();
    for (status, parts) in tx.all::<(String, i64)>(statement).await? {
        counts.count(from_word::<JobStatus>("jobs.status", status)?, count("jobs", parts)?);
    }
    Ok(counts)
}

/// The parts of a job that have not ended, of whatever attempt, in their order.
pub async fn unfinished_parts(tx: &mut Tx, parent: &JobId) -> Result<Vec<JobId>, StoreError> {
    let statement = Statement::new("SELECT id FROM jobs WHERE parent_id = $1")
        .push(UNFINISHED)
        .push("ORDER BY part, id")
        .bind(parent);
    ids(tx, statement).await
}

/// The parts of a job that failed or were canceled, in their order.
pub async fn failed_parts(tx: &mut Tx, parent: &JobId, attempt: u32) -> Result<Vec<JobId>, StoreError> {
    let statement = Statement::new(
        "SELECT id FROM jobs WHERE parent_id = $1 AND parent_attempt = $2 AND deleted_at IS NULL
            AND status IN ('failed', 'canceled') ORDER BY part, id",
    );
    ids(tx, statement.bind(parent).bind(i64::from(attempt))).await
}

/// The next part of an attempt that waits for the one before it.
pub async fn next_part(tx: &mut Tx, parent: &JobId, attempt: u32) -> Result<Option<JobId>, StoreError> {
    let statement = Statement::new(
        "SELECT id FROM jobs WHERE parent_id = $1 AND parent_attempt = $2 AND status = 'waiting'
            AND part_execution = 'sequential' AND deleted_at IS NULL ORDER BY part LIMIT 1",
    )
    .bind(parent)
    .bind(i64::from(attempt));
    Ok(ids(tx, statement).await?.pop())
}

/// The jobs of these ids that are there, the oldest first, which nobody else changes until this transaction has ended.
/// They are locked in that order, in which those that come after one another always stand, so that whoever ends one and
/// goes on to the next never waits for somebody who waits for it.
pub async fn find_all_for_update(tx: &mut Tx, scope: &Scope, ids: &[JobId]) -> Result<Vec<Job>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::select(COLUMNS)
        .push(" FROM jobs WHERE deleted_at IS NULL AND id")
        .push_among(tx, Rows::of_ids(ids)?)
        .within_parts(scope, Kind::Jobs)
        .push(" ORDER BY created_at, id")
        .push(tx.for_update());
    tx.all::<JobRow>(statement).await?.into_iter().map(Job::try_from).collect()
}

/// Notes that a job waits for another.
pub async fn wait_for(tx: &mut Tx, job: &JobId, predecessor: &JobId) -> Result<(), StoreError> {
    let text = "INSERT INTO job_predecessors (job_id, predecessor_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(Statement::new(text).bind(job).bind(predecessor)).await.map(|_| ())
}

/// Notes that a job waits for nothing any more.
pub async fn waits_no_more(tx: &mut Tx, job: &JobId) -> Result<(), StoreError> {
    let text = "DELETE FROM job_predecessors WHERE job_id = $1";
    tx.execute(Statement::new(text).bind(job)).await.map(|_| ())
}

/// The jobs that wait for that one.
pub async fn successors(tx: &mut Tx, predecessor: &JobId) -> Result<Vec<JobId>, StoreError> {
    let text = "SELECT job_id AS id FROM job_predecessors WHERE predecessor_id = $1 ORDER BY job_id";
    ids(tx, Statement::new(text).bind(predecessor)).await
}

/// Notes that a job waits for that other one no more, and says whether it waits for none.
pub async fn release(tx: &mut Tx, job: &JobId, predecessor: &JobId) -> Result<bool, StoreError> {
    let text = "DELETE FROM job_predecessors WHERE job_id = $1 AND predecessor_id = $2";
    tx.execute(Statement::new(text).bind(job).bind(predecessor)).await?;
    let text = "SELECT COUNT(*) FROM job_predecessors WHERE job_id = $1";
    let (left,) = tx.one::<(i64,)>(Statement::new(text).bind(job)).await?;
    Ok(left == 0)
}

async fn ids(tx: &mut Tx, statement: Statement) -> Result<Vec<JobId>, StoreError> {
    let rows = tx.all::<(String,)>(statement).await?;
    rows.iter().map(|(text,)| id("jobs.id", text)).collect()
}
