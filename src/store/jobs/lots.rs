//! Several jobs in one statement: those that a worker ends, or puts back, together.

use std::collections::HashSet;

use super::row::{COLUMNS, JobRow};
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::time::Timestamp;
use crate::store::convert::{id, optional_json};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// Jobs that one statement is about; on SQLite few, because the time that its driver takes to bind values grows with
/// the square of their number, and because statements go there together anyway.
const AT_ONCE: usize = 256;
const AT_ONCE_SQLITE: usize = 16;

pub(super) fn at_once(tx: &Tx) -> usize {
    if tx.is_postgres() { AT_ONCE } else { AT_ONCE_SQLITE }
}

/// The jobs of these ids, which nobody else changes until this transaction has ended. Those that somebody else is
/// changing now are left out: whoever locks several jobs waits for none, so that two who do never wait for one another.
pub async fn find_free_for_update(tx: &mut Tx, ids: &[JobId]) -> Result<Vec<Job>, StoreError> {
    let skip_locked = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let statement = Statement::select(COLUMNS).push(" FROM jobs WHERE deleted_at IS NULL AND id IN (");
    let statement = listed(statement, ids).push(") ORDER BY id").push(skip_locked);
    tx.all::<JobRow>(statement).await?.into_iter().map(Job::try_from).collect()
}

/// Those of these jobs that have parts, or others that come after them.
pub async fn followed(tx: &mut Tx, ids: &[JobId]) -> Result<HashSet<JobId>, StoreError> {
    let statement = Statement::new("SELECT parent_id FROM jobs WHERE deleted_at IS NULL AND parent_id IN (");
    let statement = listed(statement, ids)
        .push(") UNION SELECT predecessor_id FROM job_predecessors WHERE predecessor_id IN (");
    let rows = tx.all::<(String,)>(listed(statement, ids).push(")")).await?;
    rows.iter().map(|(text,)| id("jobs.id", text)).collect()
}

/// Keeps how jobs ended, when the transaction is committed. They must be locked.
pub fn end(tx: &mut Tx, jobs: &[&Job], now: Timestamp) -> Result<(), StoreError> {
    for some in jobs.chunks(at_once(tx)) {
        let mut statement =
            Statement::new("WITH ended (ended_id, status, progress, info, outcome, result) AS (VALUES ");
        for (place, job) in some.iter().enumerate() {
            statement = statement
                .push_bind(if place == 0 { "(" } else { ", (" }, &job.id)
                .push_bind(", ", job.status.as_str())
                .push_bind(", ", i64::from(job.progress))
                .push_bind(", ", &job.info)
                .push_bind(", ", optional_json(&job.outcome)?)
                .push_bind(", ", optional_json(&job.result)?)
                .push(")");
        }
        let statement = statement
            .push_bind(
                ") UPDATE jobs SET status = ended.status, progress = ended.progress, info = ended.info,
                    outcome = ended.outcome, result = ended.result, worker = NULL, lease_until = NULL, updated_at = ",
                now,
            )
            .push_bind(", seen_at = ", now)
            .push_bind(", finished_at = ", now);
        tx.later(statement.push(" FROM ended WHERE id = ended_id"));
    }
    Ok(())
}

/// Makes jobs ready again that no worker has any more, when the transaction is committed. They keep their places in
/// the queue, and have the number of the next attempt already.
pub fn put_back(tx: &mut Tx, ids: &[JobId], now: Timestamp) {
    let statement = Statement::new(
        "UPDATE jobs SET status = 'ready', attempt = attempt + 1, worker = NULL, lease_until = NULL, started_at = NULL",
    )
    .push_bind(", updated_at = ", now)
    .push_bind(", seen_at = ", now)
    .push(" WHERE id IN (");
    tx.later(listed(statement, ids).push(")"));
}

fn listed(statement: Statement, ids: &[JobId]) -> Statement {
    let add = |statement: Statement, (place, id): (usize, &JobId)| {
        statement.push_bind(if place == 0 { "" } else { ", " }, id)
    };
    ids.iter().enumerate().fold(statement, add)
}
