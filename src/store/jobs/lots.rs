//! Several jobs in one statement: those that a worker ends, or puts back, together.

use std::collections::HashSet;

use super::row::{COLUMNS, JobRow};
use crate::domain::ids::{Id, JobId};
use crate::domain::job::Job;
use crate::domain::time::Timestamp;
use crate::store::convert::{id, optional_json};
use crate::store::rows::{Kind, Rows};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// How a job ended, as rows have it, and as which run it was taken when.
const ENDED: &[(&str, Kind)] = &[
    ("ended_id", Kind::Text),
    ("attempt", Kind::Integer),
    ("taken_at", Kind::Integer),
    ("status", Kind::Text),
    ("progress", Kind::Integer),
    ("info", Kind::Text),
    ("outcome", Kind::Text),
    ("result", Kind::Text),
];

/// The jobs of these ids, which nobody else changes until this transaction has ended. Those that somebody else is
/// changing now are left out: whoever locks several jobs waits for none, so that two who do never wait for one another.
pub async fn find_free_for_update(tx: &mut Tx, ids: &[JobId]) -> Result<Vec<Job>, StoreError> {
    let skip_locked = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let statement = Statement::select(COLUMNS)
        .push(" FROM jobs WHERE deleted_at IS NULL AND id")
        .push_among(tx, Rows::of_ids(ids)?)
        .push(" ORDER BY id")
        .push(skip_locked);
    tx.all::<JobRow>(statement).await?.into_iter().map(Job::try_from).collect()
}

/// Those of these jobs that have parts, or others that come after them.
pub async fn followed(tx: &mut Tx, ids: &[JobId]) -> Result<HashSet<JobId>, StoreError> {
    let ids = Rows::of_ids(ids)?;
    let statement = Statement::new("SELECT parent_id FROM jobs WHERE deleted_at IS NULL AND parent_id")
        .push_among(tx, ids.clone())
        .push(" UNION SELECT predecessor_id FROM job_predecessors WHERE predecessor_id")
        .push_among(tx, ids);
    let rows = tx.all::<(String,)>(statement).await?;
    rows.iter().map(|(text,)| id("jobs.id", text)).collect()
}

/// A job as it is to be, and when it was given to its worker.
pub struct Ended {
    /// The job, ended.
    pub job: Job,
    /// When it was taken.
    pub taken_at: Timestamp,
}

/// Keeps how jobs ended whose worker has them, and of which nothing was heard since they were taken: as they were
/// taken, they still are. Gives the ids of those. Like [`find_free_for_update`], it passes over those that somebody
/// else is changing now.
pub async fn end(tx: &mut Tx, ended: &[Ended], now: Timestamp) -> Result<HashSet<JobId>, StoreError> {
    let mut rows = Rows::default();
    for Ended { job, taken_at } in ended {
        let (outcome, result) = (optional_json(&job.outcome)?, optional_json(&job.result)?);
        let status = job.status.as_str();
        rows.add(&(
            job.id.as_str(),
            job.attempt,
            taken_at.0,
            status,
            job.progress,
            &job.info,
            outcome,
            result,
        ))?;
    }
    let skip_locked = if tx.is_postgres() { " FOR UPDATE OF jobs SKIP LOCKED" } else { "" };
    let statement = Statement::new("WITH ended AS (SELECT ended.* FROM jobs, ")
        .push_rows(tx, ENDED, rows)
        .push(
            " AS ended WHERE id = ended_id AND jobs.attempt = ended.attempt AND jobs.status = 'executing'
                AND deleted_at IS NULL AND updated_at = taken_at AND seen_at = taken_at",
        )
        .push(skip_locked)
        .push(
            ") UPDATE jobs SET status = ended.status, progress = ended.progress, info = ended.info,
                outcome = ended.outcome, result = ended.result, worker = NULL, lease_until = NULL, updated_at = ",
        )
        .push_bind("", now)
        .push_bind(", seen_at = ", now)
        .push_bind(", finished_at = ", now)
        .push(" FROM ended WHERE id = ended_id RETURNING id");
    let rows = tx.all::<(String,)>(statement).await?;
    rows.iter().map(|(text,)| id("jobs.id", text)).collect()
}

/// Makes jobs ready again that no worker has any more, when the transaction is committed. They keep their places in
/// the queue, and have the number of the next attempt already.
pub fn put_back(tx: &mut Tx, ids: &[JobId], now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE jobs SET status = 'ready', attempt = attempt + 1, worker = NULL, lease_until = NULL,
            started_at = NULL, updated_at = $1, seen_at = $1 WHERE id",
    );
    tx.later(statement.bind(now).push_among(tx, Rows::of_ids(ids)?));
    Ok(())
}
