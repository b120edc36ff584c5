//! What is written down while a job runs: where it stood, how far it was, and what its listener said.

use crate::domain::access::{Actor, Operation};
use crate::domain::ids::JobId;
use crate::domain::job::log::{LogEntry, LogKind, LogLevel, MOST_LINES, NewEntry};
use crate::domain::job::{Job, JobStatus};
use crate::domain::time::Timestamp;
use crate::service::{Result, Service, ServiceError, allow};
use crate::store::{Tx, jobs, now};

/// Lines that one call may add.
const MOST_AT_ONCE: usize = 100;

/// Entries of a long log that are given from its beginning, and as many from its end.
const LISTED: u64 = 200;
/// Places of the curve of a run's progress.
const PLACES: u64 = 300;

/// What is shown of a log, however long it is.
#[derive(Debug, Clone, PartialEq)]
pub struct LogExtract {
    /// The first entries and the last ones.
    pub entries: Vec<LogEntry>,
    /// How many lie between them.
    pub left_out: u64,
    /// When the last run was how far.
    pub curve: Vec<(Timestamp, u8)>,
}

/// A line of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// How it is meant.
    pub level: LogLevel,
    /// For people.
    pub text: String,
}

impl Service {
    /// Adds lines to the log of a job; a sign of life of its listener.
    ///
    /// # Errors
    /// More than 100 lines at once, or more than 10,000 entries in all.
    pub async fn log_lines(
        &self,
        actor: &Actor,
        id: &JobId,
        lines: Vec<NewLine>,
        attempt: Option<u32>,
    ) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        if lines.len() > MOST_AT_ONCE {
            let message = format!("lines: send {MOST_AT_ONCE} at most at once, not {}", lines.len());
            return Err(ServiceError::bad_request(message));
        }
        let mut tx = self.db.write().await?;
        let job = super::command::find_for_change(&mut tx, actor, id).await?;
        super::command::check_fence(&job, attempt)?;
        if jobs::log::entries(&mut tx, id).await? + lines.len() as u64 > MOST_LINES {
            let message = format!("the log of a job holds {MOST_LINES} entries; this one is full");
            return Err(ServiceError::conflict(message));
        }
        for NewLine { level, text } in lines {
            let entry = NewEntry { kind: LogKind::Line, level, text, progress: None };
            jobs::log::append(&mut tx, id, job.attempt, &entry, now());
        }
        jobs::seen(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }

    /// The log of a job after a place, the oldest first.
    pub async fn job_log(&self, actor: &Actor, id: &JobId, after: u64, limit: u64) -> Result<Vec<LogEntry>> {
        self.job(actor, id).await?;
        let mut tx = self.db.read().await?;
        Ok(jobs::log::after(&mut tx, id, after, limit).await?)
    }

    /// The beginning and the end of the log of a job, and how its last run went on.
    pub async fn job_log_extract(&self, actor: &Actor, job: &Job) -> Result<LogExtract> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let all = jobs::log::entries(&mut tx, &job.id).await?;
        if all <= 2 * LISTED {
            let entries = jobs::log::after(&mut tx, &job.id, 0, all).await?;
            let of_run = entries.iter().filter(|entry| entry.attempt == job.attempt);
            let curve = of_run.filter_map(|entry| Some((entry.created_at, entry.progress?))).collect();
            return Ok(LogExtract { entries, left_out: 0, curve });
        }
        let mut entries = jobs::log::after(&mut tx, &job.id, 0, LISTED).await?;
        entries.extend(jobs::log::after(&mut tx, &job.id, all - LISTED, LISTED).await?);
        let curve = jobs::log::curve(&mut tx, &job.id, job.attempt, PLACES).await?;
        Ok(LogExtract { left_out: all - 2 * LISTED, entries, curve })
    }
}

/// Writes down that a job went to another status, or went on.
pub(super) fn of_change(tx: &mut Tx, before: &Job, job: &Job, now: Timestamp) {
    if before.status == job.status {
        return of_progress(tx, before, job, now);
    }
    jobs::log::append(tx, &job.id, job.attempt, &entry_of_status(before, job), now);
}

/// The entry of a job that went to another status.
pub(super) fn entry_of_status(before: &Job, job: &Job) -> NewEntry {
    let level = if job.status == JobStatus::Failed { LogLevel::Error } else { LogLevel::Info };
    let info = job.info.clone().filter(|_| job.info != before.info || job.status.is_terminal());
    let text = match (job.status, info) {
        (status, Some(info)) if !info.is_empty() => format!("{}: {info}", word(status)),
        (status, _) => word(status).to_string(),
    };
    NewEntry { kind: LogKind::Status, level, text, progress: Some(job.progress) }
}

/// Writes down that a job went on, when that is news.
pub(super) fn of_progress(tx: &mut Tx, before: &Job, job: &Job, now: Timestamp) {
    let further = before.progress != job.progress;
    let said_anew = before.info != job.info && now.since(before.updated_at) >= 1_000;
    if !further && !said_anew {
        return;
    }
    let text = job.info.clone().unwrap_or_default();
    let entry =
        NewEntry { kind: LogKind::Progress, level: LogLevel::Info, text, progress: Some(job.progress) };
    jobs::log::append(tx, &job.id, job.attempt, &entry, now);
}

fn word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Created => "Made",
        JobStatus::Planning => "Being planned",
        JobStatus::Scheduled => "Has its time",
        JobStatus::Ready => "Ready",
        JobStatus::Executing => "Started",
        JobStatus::Complete => "Complete",
        JobStatus::Failed => "Failed",
        JobStatus::Canceled => "Canceled",
        JobStatus::Waiting => "Waiting",
    }
}
