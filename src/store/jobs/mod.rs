//! Jobs: what is known of them, and the queue that their rows are.

pub mod log;
pub mod lots;
pub mod order;
pub mod plan;
mod queue;
mod row;

pub use queue::{
    Claimed, Overdue, OverdueJob, Patience, claim, heartbeat, held, note_progress, overdue, release_leases,
    seen,
};

use self::row::{COLUMNS, JobRow};
use super::convert::{self, optional_json};
use super::granted::Kind;
use super::statement::Statement;
use super::{StoreError, Tx};
use crate::domain::access::Scope;
use crate::domain::ids::{EnvironmentId, FileId, JobId, SheetId, SpaceId, WorkbookId};
use crate::domain::job::{Job, JobStanding, JobStatus, PartExecution};
use crate::domain::time::Timestamp;

/// Who does the work of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    /// A worker of a server, which claims it.
    BuiltIn,
    /// A listener, which hears of it by an event.
    Listener,
}

impl Executor {
    fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "builtin",
            Self::Listener => "listener",
        }
    }
}

/// Which jobs a list shows, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Those of one environment.
    pub environment_id: Option<EnvironmentId>,
    /// Those of one space.
    pub space_id: Option<SpaceId>,
    /// Those about one workbook.
    pub workbook_id: Option<WorkbookId>,
    /// Those about one sheet.
    pub sheet_id: Option<SheetId>,
    /// Those about one file.
    pub file_id: Option<FileId>,
    /// The parts of one job.
    pub parent_id: Option<JobId>,
    /// Those about the thing of that id.
    pub source: Option<String>,
    /// Without the parts of other jobs.
    pub exclude_children: bool,
    /// Without those that are not shown to people.
    pub without_hidden: bool,
    /// Only those that have not ended.
    pub unfinished: bool,
    /// Only those that have ended and whose outcome nobody has closed.
    pub unseen: bool,
    /// Only those that this one made.
    pub created_by: Option<String>,
    /// Only those that stand so.
    pub standing: Option<JobStanding>,
    /// Only those in whose label, operation or words this text is, in any case.
    pub text: Option<String>,
    /// The oldest first, not the newest.
    pub oldest_first: bool,
}

const UNFINISHED: &str = " AND status NOT IN ('complete', 'failed', 'canceled')";
const SAYS: &str = " AND LOWER(COALESCE(label, '') || ' ' || operation || ' ' || COALESCE(info, '') || ' ' ||
    COALESCE(outcome, '')) LIKE ";

/// Whose a job is from its beginning, and until when unless they beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease<'a> {
    /// The name of the worker.
    pub worker: &'a str,
    /// When others may take the job.
    pub until: Timestamp,
}

/// Keeps a new job, which is ready or, with a lease, executing.
///
/// At most one job that has not ended exists for each `unique_key`: when there is one, it is given
/// back and the new one is not kept.
pub async fn insert(
    tx: &mut Tx,
    job: &Job,
    executor: Executor,
    unique_key: Option<&str>,
    lease: Option<Lease<'_>>,
) -> Result<Option<JobId>, StoreError> {
    // The other job may end between the two statements; then the key is free again.
    for _ in 0..3 {
        if tx.execute(insertion(job, executor, unique_key, lease)?).await? == 1 {
            return Ok(None);
        }
        let statement = Statement::new(
            "SELECT id FROM jobs WHERE unique_key = $1 AND deleted_at IS NULL
                AND status NOT IN ('complete', 'failed', 'canceled')",
        )
        .bind(unique_key);
        if let Some((id,)) = tx.optional::<(String,)>(statement).await? {
            return Ok(Some(convert::id("jobs.id", &id)?));
        }
    }
    Err(StoreError::Conflict(format!("job {}", job.id)))
}

/// Keeps a new job without a key when the transaction is committed.
pub fn insert_later(
    tx: &mut Tx,
    job: &Job,
    executor: Executor,
    lease: Option<Lease<'_>>,
) -> Result<(), StoreError> {
    tx.later(insertion(job, executor, None, lease)?);
    Ok(())
}

fn insertion(
    job: &Job,
    executor: Executor,
    unique_key: Option<&str>,
    lease: Option<Lease<'_>>,
) -> Result<Statement, StoreError> {
    let statement = Statement::new(
        "INSERT INTO jobs (id, account_id, environment_id, space_id, executor, unique_key, ready_at, type, operation,
            trigger_mode, parent_id, created_by, created_at, parent_attempt, part, part_data, part_execution,
            predecessor_ids, worker, lease_until, source, destination, workbook_id, sheet_id, file_id, config, status, progress, info,
            mode, input, subject, outcome, managed, label, metadata, attempt, updated_at, seen_at, started_at,
            finished_at, outcome_acknowledged_at, estimated_completion_at, result, parts_ended_at)
        VALUES ($1, (SELECT account_id FROM environments WHERE id = $2), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
            $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31,
            $32, $33, $34, $35, $36, $37, $37, $38, $39, $40, $41, $42, $43)
        ON CONFLICT DO NOTHING",
    )
    .bind(&job.id)
    .bind(&job.environment_id)
    .bind(&job.space_id)
    .bind(executor.as_str())
    .bind(unique_key)
    .bind((job.status == JobStatus::Ready || lease.is_some()).then_some(job.updated_at))
    .bind(job.job_type.as_str())
    .bind(&job.operation)
    .bind(job.trigger.as_str())
    .bind(&job.parent_id)
    .bind(&job.created_by)
    .bind(job.created_at)
    .bind(job.parent_attempt.map(i64::from))
    .bind(job.part.map(i64::from))
    .bind(optional_json(&job.part_data)?)
    .bind(job.part_execution.map(PartExecution::as_str))
    .bind(convert::json(&job.predecessor_ids)?)
    .bind(lease.map(|lease| lease.worker))
    .bind(lease.map(|lease| lease.until));
    bind_changing(statement, job)
}

/// Keeps everything of a job that can change; counts as a sign of life at `updated_at`.
///
/// A job that becomes ready takes its place in the queue; one that is no longer executing loses its
/// worker. A retry while another job of the same key is unfinished is a [`StoreError::Conflict`].
///
/// Read the job in the same transaction with [`find_for_update`] or [`held`]: everything is written,
/// what another changed meanwhile too.
pub async fn update(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    let statement = Statement::new(
        "UPDATE jobs SET source = $2, destination = $3, workbook_id = $4, sheet_id = $5, file_id = $6, config = $7,
            status = $8, progress = $9, info = $10, mode = $11, input = $12, subject = $13, outcome = $14,
            managed = $15, label = $16, metadata = $17, attempt = $18, updated_at = $19, seen_at = $19,
            started_at = $20, finished_at = $21, outcome_acknowledged_at = $22, estimated_completion_at = $23,
            result = $24, parts_ended_at = $25,
            ready_at = CASE WHEN $8 = 'ready' AND status <> 'ready' THEN $19 ELSE ready_at END,
            worker = CASE WHEN $8 = 'executing' THEN worker END,
            lease_until = CASE WHEN $8 = 'executing' THEN lease_until END
        WHERE id = $1 AND deleted_at IS NULL",
    )
    .bind(&job.id);
    tx.execute(bind_changing(statement, job)?).await.map(|_| ())
}

fn bind_changing(statement: Statement, job: &Job) -> Result<Statement, StoreError> {
    Ok(statement
        .bind(&job.source)
        .bind(&job.destination)
        .bind(&job.workbook_id)
        .bind(&job.sheet_id)
        .bind(&job.file_id)
        .bind(optional_json(&job.config)?)
        .bind(job.status.as_str())
        .bind(i64::from(job.progress))
        .bind(&job.info)
        .bind(job.mode.as_str())
        .bind(optional_json(&job.input)?)
        .bind(optional_json(&job.subject)?)
        .bind(optional_json(&job.outcome)?)
        .bind(job.managed)
        .bind(&job.label)
        .bind(optional_json(&job.metadata)?)
        .bind(i64::from(job.attempt))
        .bind(job.updated_at)
        .bind(job.started_at)
        .bind(job.finished_at)
        .bind(job.outcome_acknowledged_at)
        .bind(job.estimated_completion_at)
        .bind(optional_json(&job.result)?)
        .bind(job.parts_ended_at))
}

/// The job of that id.
pub async fn find(tx: &mut Tx, scope: &Scope, id: &JobId) -> Result<Option<Job>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM jobs WHERE deleted_at IS NULL AND id = ", id)
        .within_parts(scope, Kind::Jobs);
    tx.optional::<JobRow>(statement).await?.map(Job::try_from).transpose()
}

/// The job of that id, which nobody else changes until this transaction has ended.
pub async fn find_for_update(tx: &mut Tx, scope: &Scope, id: &JobId) -> Result<Option<Job>, StoreError> {
    let statement = Statement::select(COLUMNS)
        .push_bind(" FROM jobs WHERE deleted_at IS NULL AND id = ", id)
        .within_parts(scope, Kind::Jobs)
        .push(tx.for_update());
    tx.optional::<JobRow>(statement).await?.map(Job::try_from).transpose()
}

/// One page of the jobs, and how many there are.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &JobFilter,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Job>, u64), StoreError> {
    let mut rest = Statement::new("FROM jobs WHERE deleted_at IS NULL")
        .within_parts(scope, Kind::Jobs)
        .filter(" AND environment_id = ", filter.environment_id.as_ref())
        .filter(" AND space_id = ", filter.space_id.as_ref())
        .filter(" AND workbook_id = ", filter.workbook_id.as_ref())
        .filter(" AND sheet_id = ", filter.sheet_id.as_ref())
        .filter(" AND file_id = ", filter.file_id.as_ref())
        .filter(" AND parent_id = ", filter.parent_id.as_ref())
        .filter(" AND source = ", filter.source.as_deref())
        .filter(" AND created_by = ", filter.created_by.as_deref());
    if filter.exclude_children {
        rest = rest.push(" AND parent_id IS NULL");
    }
    if filter.without_hidden {
        rest = rest.push(" AND mode <> 'hidden'");
    }
    if filter.unfinished {
        rest = rest.push(UNFINISHED);
    }
    if let Some(standing) = filter.standing {
        rest = rest.push(match standing {
            JobStanding::Running => UNFINISHED,
            JobStanding::Complete => " AND status = 'complete'",
            JobStanding::Failed => " AND status = 'failed'",
            JobStanding::Canceled => " AND status = 'canceled'",
        });
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
        rest = rest.push_bind(SAYS, convert::containing(&text.to_lowercase())).push(" ESCAPE '\\'");
    }
    if filter.unseen {
        rest = rest.push(" AND finished_at IS NOT NULL AND outcome_acknowledged_at IS NULL");
    }
    let order =
        if filter.oldest_first { " ORDER BY created_at, id" } else { " ORDER BY created_at DESC, id DESC" };
    let (rows, total) = tx.page::<JobRow>(COLUMNS, rest, order, offset, limit).await?;
    Ok((rows.into_iter().map(Job::try_from).collect::<Result<_, _>>()?, total))
}

/// Deletes a job and its secrets; whoever works on it loses it.
pub async fn delete(tx: &mut Tx, id: &JobId, now: Timestamp) -> Result<(), StoreError> {
    let statement = Statement::new("UPDATE jobs SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL");
    tx.execute(statement.bind(id).bind(now)).await?;
    super::job_secrets::forget(tx, id).await
}

/// Forgets jobs that ended before a moment, with their parts and logs; so many at most. Says how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, StoreError> {
    let statement = Statement::new(
        "DELETE FROM jobs WHERE id IN (
            SELECT id FROM jobs WHERE finished_at < $1 AND status IN ('complete', 'failed', 'canceled') LIMIT $2)",
    );
    tx.execute(statement.bind(before).bind(most)).await
}
