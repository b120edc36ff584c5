//! The queue: who may work on which job, and who has fallen silent.
//!
//! Every hand-out carries an attempt number. Whoever works on a job shows it again, and is refused
//! once somebody else was given the job: the fence. Times come from the caller.

use super::Executor;
use super::row::{COLUMNS, JobRow};
use crate::domain::access::Scope;
use crate::domain::ids::JobId;
use crate::domain::job::{Job, JobStatus};
use crate::domain::time::Timestamp;
use crate::store::convert::{from_word, id, optional_id};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// Overdue jobs that one look finds at most; the next look finds the others.
const OVERDUE_AT_ONCE: i64 = 100;

/// A job that a worker was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// The job; its `attempt` is the fence.
    pub job: Job,
    /// What it may see.
    pub scope: Scope,
}

/// How long a job may take, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From ready to a listener's acknowledgement.
    pub acknowledge: i64,
    /// From one sign of life of a listener to the next: any call that carries the job's id. A listener that is
    /// slow but gives them may take as long as it likes.
    pub silence: i64,
    /// From the end of the last part to the end of the job, while its listener says nothing.
    pub parts: i64,
    /// From the beginning to the end of a job of our own.
    pub total: i64,
}

/// What was not done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// No listener took the job.
    NotAcknowledged,
    /// Nothing was heard of it for too long.
    Silent,
    /// Its parts have ended, and its listener leaves the end to us.
    PartsEnded,
    /// A job of our own took too long.
    TooLong,
}

/// A job that is late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueJob {
    /// Which job.
    pub id: JobId,
    /// Where it is.
    pub scope: Scope,
    /// What was not done in time.
    pub overdue: Overdue,
}

/// Gives a worker the jobs that have been ready longest, or whose worker's lease has run out, or that somebody else
/// began who has none: `most` at most, in their order.
///
/// They are executing from then on, one attempt further, and the worker's for `lease` milliseconds. One that was made
/// ready for another run, or put back, has the number of that run already.
pub async fn claim(
    tx: &mut Tx,
    worker: &str,
    now: Timestamp,
    lease: i64,
    most: usize,
) -> Result<Vec<Claimed>, StoreError> {
    let skip_locked = if tx.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
    let statement = Statement::new(
        "WITH next AS (
            SELECT id AS next_id FROM jobs
            WHERE deleted_at IS NULL AND executor = 'builtin' AND status IN ('ready', 'executing')
                AND (status = 'ready' OR COALESCE(lease_until, 0) <= $3)
            ORDER BY ready_at, id LIMIT $4",
    )
    .bind(worker)
    .bind(now.plus(lease))
    .bind(now)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .push(skip_locked)
    .push(
        ") UPDATE jobs SET status = 'executing', worker = $1, lease_until = $2, seen_at = $3,
            updated_at = $3, started_at = COALESCE(started_at, $3),
            attempt = CASE WHEN status = 'ready' AND attempt > 0 THEN attempt ELSE attempt + 1 END
        WHERE id IN (SELECT next_id FROM next) RETURNING ready_at, ",
    )
    .push(COLUMNS);
    let mut rows = tx.all::<ClaimedRow>(statement).await?;
    rows.sort_by(|one, other| one.place().cmp(&other.place()));
    rows.into_iter().map(|row| Ok(Claimed { scope: row.job.scope()?, job: row.job.try_into()? })).collect()
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    ready_at: Option<i64>,
    #[sqlx(flatten)]
    job: JobRow,
}

impl ClaimedRow {
    /// Its place in the queue.
    fn place(&self) -> (Option<i64>, &str) {
        (self.ready_at, self.job.id())
    }
}

/// Ends every lease: for a process that is the only one, when it starts.
pub async fn release_leases(tx: &mut Tx) -> Result<(), StoreError> {
    let text = "UPDATE jobs SET lease_until = 0 WHERE executor = 'builtin' AND status = 'executing'";
    tx.execute(Statement::new(text)).await.map(|_| ())
}

/// A worker's sign of life. Says whether that attempt still has the job: `false` once it was given to
/// another, cancelled or deleted. Progress (0 to 100) and info stay as they are when absent.
pub async fn heartbeat(
    tx: &mut Tx,
    id: &JobId,
    attempt: u32,
    lease_until: Timestamp,
    progress: Option<u8>,
    info: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let statement = Statement::new(
        "UPDATE jobs SET lease_until = $3, progress = COALESCE($4, progress), info = COALESCE($5, info), seen_at = $6,
            updated_at = $6
        WHERE id = $1 AND attempt = $2 AND status = 'executing' AND deleted_at IS NULL",
    )
    .bind(id)
    .bind(i64::from(attempt))
    .bind(lease_until)
    .bind(progress.map(i64::from))
    .bind(info)
    .bind(now);
    Ok(tx.execute(statement).await? == 1)
}

/// The job, when that attempt still has it; it stays so until this transaction has ended. What a
/// worker writes goes into the same transaction, so that a worker that was given up writes nothing.
pub async fn held(tx: &mut Tx, id: &JobId, attempt: u32) -> Result<Option<Job>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM jobs WHERE deleted_at IS NULL AND status = 'executing' AND id = ", id)
        .push_bind(" AND attempt = ", i64::from(attempt))
        .push(tx.for_update());
    tx.optional::<JobRow>(statement).await?.map(Job::try_from).transpose()
}

/// How far a listener is, when that was told a moment ago already: kept, and a sign of life, but no event.
/// What is absent stays.
pub async fn note_progress(
    tx: &mut Tx,
    id: &JobId,
    progress: Option<u8>,
    info: Option<&str>,
    estimated_completion_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE jobs SET progress = COALESCE($2, progress), info = COALESCE($3, info),
            estimated_completion_at = COALESCE($4, estimated_completion_at), seen_at = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(progress.map(i64::from))
    .bind(info)
    .bind(estimated_completion_at)
    .bind(now);
    tx.execute(statement).await.map(|_| ())
}

/// A listener's sign of life: any call that names the job.
pub async fn seen(tx: &mut Tx, id: &JobId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE jobs SET seen_at = $2 WHERE id = $1 AND status = 'executing' AND seen_at < $2
            AND deleted_at IS NULL",
    );
    tx.execute(statement.bind(id).bind(now)).await.map(|_| ())
}

/// The jobs that are late, the longest waiting first; 100 at most. `only` looks at one, and keeps it from others
/// until this transaction has ended.
pub async fn overdue(
    tx: &mut Tx,
    now: Timestamp,
    patience: &Patience,
    only: Option<&JobId>,
) -> Result<Vec<OverdueJob>, StoreError> {
    let lock = if only.is_some() { tx.for_update() } else { "" };
    let statement = Statement::new(
        "SELECT id, account_id, environment_id, space_id, executor, status, seen_at, parts_ended_at FROM jobs
        WHERE deleted_at IS NULL AND status IN ('ready', 'executing')
            AND ((executor = 'listener' AND status = 'ready' AND ready_at <= $1)
                OR (executor = 'listener' AND status = 'executing'
                    AND (seen_at <= $2 OR (parts_ended_at <= $3 AND seen_at <= parts_ended_at)))
                OR (executor = 'builtin' AND status = 'executing' AND started_at <= $4))",
    )
    .bind(now.plus(-patience.acknowledge))
    .bind(now.plus(-patience.silence))
    .bind(now.plus(-patience.parts))
    .bind(now.plus(-patience.total))
    .filter(" AND id = ", only)
    .push_bind(" ORDER BY ready_at, id LIMIT ", OVERDUE_AT_ONCE)
    .push(lock);
    let rows = tx.all::<OverdueRow>(statement).await?;
    rows.into_iter().map(OverdueRow::read).collect()
}

#[derive(sqlx::FromRow)]
struct OverdueRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: Option<String>,
    executor: String,
    status: String,
    seen_at: i64,
    parts_ended_at: Option<i64>,
}

impl OverdueRow {
    fn read(self) -> Result<OverdueJob, StoreError> {
        let overdue = match from_word("jobs.status", self.status)? {
            JobStatus::Ready => Overdue::NotAcknowledged,
            _ if self.executor == Executor::BuiltIn.as_str() => Overdue::TooLong,
            _ if self.parts_ended_at.is_some_and(|ended| self.seen_at <= ended) => Overdue::PartsEnded,
            _ => Overdue::Silent,
        };
        let scope = Scope {
            account_id: id("jobs.account_id", &self.account_id)?,
            environment_id: Some(id("jobs.environment_id", &self.environment_id)?),
            space_id: optional_id("jobs.space_id", self.space_id)?,
            granted_to: None,
            workbook_roles: Vec::new(),
        };
        Ok(OverdueJob { id: id("jobs.id", &self.id)?, scope, overdue })
    }
}
