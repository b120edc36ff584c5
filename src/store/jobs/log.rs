//! What is written down while a job runs.

use crate::domain::ids::{Id, JobId};
use crate::domain::job::Job;
use crate::domain::job::log::{LINE_LENGTH, LogEntry, NewEntry};
use crate::domain::time::Timestamp;
use crate::store::convert::{count, damaged, from_word, integer};
use crate::store::rows::{Kind, Rows};
use crate::store::statement::Statement;
use crate::store::{StoreError, Tx};

/// An entry, as rows have it.
const ENTRIES: &[(&str, Kind)] = &[
    ("job_id", Kind::Text),
    ("attempt", Kind::Integer),
    ("kind", Kind::Text),
    ("level", Kind::Text),
    ("text", Kind::Text),
    ("progress", Kind::Integer),
];

/// Adds an entry to the log of a job when the transaction is committed. The job must be locked, so that places are
/// not given twice.
pub fn append(tx: &mut Tx, job: &JobId, attempt: u32, entry: &NewEntry, now: Timestamp) {
    let text: String = entry.text.chars().take(LINE_LENGTH).collect();
    let statement = Statement::new(
        "INSERT INTO job_log (job_id, number, attempt, kind, level, text, progress, created_at)
        SELECT $1, COALESCE((SELECT MAX(number) FROM job_log WHERE job_id = $1), 0) + 1, $2, $3, $4, $5, $6, $7",
    )
    .bind(job)
    .bind(i64::from(attempt))
    .bind(entry.kind.as_str())
    .bind(entry.level.as_str())
    .bind(text)
    .bind(entry.progress.map(i64::from))
    .bind(now);
    tx.later(statement);
}

/// Adds one entry each to the logs of several jobs when the transaction is committed. The jobs must be locked.
pub fn append_each(tx: &mut Tx, entries: &[(&Job, NewEntry)], now: Timestamp) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (job, entry) in entries {
        let text: String = entry.text.chars().take(LINE_LENGTH).collect();
        let (kind, level) = (entry.kind.as_str(), entry.level.as_str());
        rows.add(&(job.id.as_str(), job.attempt, kind, level, text, entry.progress))?;
    }
    let statement = Statement::new(
        "INSERT INTO job_log (job_id, number, attempt, kind, level, text, progress, created_at)
        SELECT job_id, COALESCE((SELECT MAX(number) FROM job_log WHERE job_id = entry.job_id), 0) + 1, attempt,
            kind, level, text, progress, $1 FROM ",
    );
    tx.later(statement.bind(now).push_rows(tx, ENTRIES, rows).push(" AS entry"));
    Ok(())
}

/// How many entries a job has.
pub async fn entries(tx: &mut Tx, job: &JobId) -> Result<u64, StoreError> {
    let statement =
        Statement::new("SELECT COALESCE(MAX(number), 0) FROM job_log WHERE job_id = $1").bind(job);
    let (last,) = tx.one::<(i64,)>(statement).await?;
    count("job_log.number", last)
}

/// The entries after a place, the oldest first.
pub async fn after(tx: &mut Tx, job: &JobId, number: u64, limit: u64) -> Result<Vec<LogEntry>, StoreError> {
    let statement = Statement::new(
        "SELECT number, attempt, kind, level, text, progress, created_at FROM job_log
        WHERE job_id = $1 AND number > $2 ORDER BY number LIMIT $3",
    )
    .bind(job)
    .bind(integer(number))
    .bind(integer(limit));
    let rows = tx.all::<LogRow>(statement).await?;
    rows.into_iter().map(LogEntry::try_from).collect()
}

#[derive(sqlx::FromRow)]
struct LogRow {
    number: i64,
    attempt: i64,
    kind: String,
    level: String,
    text: String,
    progress: Option<i64>,
    created_at: i64,
}

impl TryFrom<LogRow> for LogEntry {
    type Error = StoreError;

    fn try_from(row: LogRow) -> Result<Self, StoreError> {
        let progress = row.progress.map(u8::try_from).transpose();
        Ok(Self {
            number: count("job_log.number", row.number)?,
            attempt: u32::try_from(row.attempt).map_err(|error| damaged("job_log.attempt", error))?,
            kind: from_word("job_log.kind", row.kind)?,
            level: from_word("job_log.level", row.level)?,
            text: row.text,
            progress: progress.map_err(|error| damaged("job_log.progress", error))?,
            created_at: Timestamp(row.created_at),
        })
    }
}

/// How far an attempt of a job was and when, the first and the last time and at so many places between: of each
/// stretch of its entries the first that says so. What is looked at are those entries and what lies before them in
/// their stretch, and no more than the last entry where each says how far the job was.
pub async fn curve(
    tx: &mut Tx,
    job: &JobId,
    attempt: u32,
    most: u64,
) -> Result<Vec<(Timestamp, u8)>, StoreError> {
    let of_attempt = |text| Statement::new(text).bind(job).bind(i64::from(attempt));
    let first =
        of_attempt("SELECT number FROM job_log WHERE job_id = $1 AND attempt = $2 ORDER BY number LIMIT 1");
    let Some((first,)) = tx.optional::<(i64,)>(first).await? else { return Ok(Vec::new()) };
    let last = of_attempt(
        "SELECT number, created_at, progress FROM job_log
        WHERE job_id = $1 AND attempt = $2 AND progress IS NOT NULL ORDER BY number DESC LIMIT 1",
    );
    let Some(last) = tx.optional::<(i64, i64, i64)>(last).await? else { return Ok(Vec::new()) };
    let stretch = (last.0 - first + 1).unsigned_abs().div_ceil(most.max(1));
    let places = of_attempt(
        "WITH RECURSIVE stretch (begin) AS (
            SELECT $3 UNION ALL SELECT begin + $4 FROM stretch WHERE begin + $4 <= $5)
        SELECT number, created_at, progress FROM job_log WHERE job_id = $1 AND number IN (
            SELECT (SELECT number FROM job_log WHERE job_id = $1 AND attempt = $2 AND number >= begin
                AND number < begin + $4 AND progress IS NOT NULL ORDER BY number LIMIT 1) FROM stretch)
        ORDER BY number",
    );
    let places = places.bind(first).bind(integer(stretch)).bind(last.0);
    let mut points = tx.all::<(i64, i64, i64)>(places).await?;
    if points.last() != Some(&last) {
        points.push(last);
    }
    let point = |(_, at, progress)| match u8::try_from(progress) {
        Ok(progress) => Ok((Timestamp(at), progress)),
        Err(error) => Err(damaged("job_log.progress", error)),
    };
    points.into_iter().map(point).collect()
}
