//! The history of jobs.

use super::jobs::card;
use super::{Asker, id};
use crate::domain::job::log::{LogEntry, LogKind};
use crate::domain::job::{Job, JobSubject};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::wording::counted;
use crate::rpc::RpcError;
use crate::rpc::job_history::{HistoryAsked, JobList, JobStory, LogLine, PartRow};
use crate::rpc::jobs::JobCard;
use crate::service::Page;
use crate::store::jobs::JobFilter;
use crate::store::now;

/// Jobs of a list, and parts of a job, at most.
const MOST: u64 = 500;
/// Entries that are listed from the beginning and from the end of a log.
const LISTED: usize = 200;
/// Entries of a log that are read.
const MOST_ENTRIES: u64 = 20_000;

pub async fn job_history(asked: HistoryAsked) -> Result<JobList, RpcError> {
    let asker = Asker::of_request()?;
    let filter = JobFilter {
        space_id: Some(id(&asked.space_id)?),
        exclude_children: true,
        without_hidden: true,
        standing: asked.standing,
        text: Some(asked.text.trim().to_string()),
        ..JobFilter::default()
    };
    let found = asker.service.jobs(&asker.actor, &filter, Page::first(asked.most.clamp(1, MOST))).await?;
    let mut cards = Vec::with_capacity(found.items.len());
    for job in found.items {
        cards.push(card(&asker, job).await);
    }
    Ok(JobList { jobs: cards, total: found.total, now: now().0 })
}

pub async fn job_details(job_id: String) -> Result<JobStory, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let job = service.job(actor, &id(&job_id)?).await?;
    let log = service.job_log(actor, &job.id, 0, MOST_ENTRIES).await?;
    let parts = JobFilter { parent_id: Some(job.id.clone()), oldest_first: true, ..JobFilter::default() };
    let mut parts = service.jobs(actor, &parts, Page::first(MOST)).await?.items;
    parts.retain(|part| part.parent_attempt == Some(job.attempt));
    parts.sort_by_key(|part| part.part);
    let left_out = log.len().saturating_sub(2 * LISTED);
    let listed = |place: usize| place < LISTED || place >= LISTED + left_out;
    let lines = log.iter().enumerate().filter(|(place, _)| listed(*place)).map(|(_, entry)| line(entry));
    Ok(JobStory {
        name: job.name(),
        about: about(&asker, &job).await,
        scope: scope(&job),
        runs: log.last().map_or(job.attempt, |entry| entry.attempt).max(1),
        log: lines.collect(),
        left_out: left_out as u64,
        curve: curve(&log, job.attempt),
        parts: parts.into_iter().zip(1..).map(part).collect(),
        has_errors: has_errors(&asker, &job).await,
    })
}

pub async fn run_again(job_id: String, errors_only: bool) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.run_again(&asker.actor, &id(&job_id)?, errors_only).await?;
    Ok(card(&asker, job).await)
}

pub async fn retry_failed_parts(job_id: String) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.retry_failed_parts(&asker.actor, &id(&job_id)?).await?;
    Ok(card(&asker, job).await)
}

fn line(entry: &LogEntry) -> LogLine {
    let percent = entry.progress.filter(|_| entry.kind == LogKind::Progress);
    let text = match percent {
        Some(percent) if entry.text.is_empty() => format!("{percent} %"),
        Some(percent) => format!("{percent} % · {}", entry.text),
        None => entry.text.clone(),
    };
    LogLine {
        at: entry.created_at.0,
        run: entry.attempt.max(1),
        level: entry.level,
        said: entry.kind == LogKind::Line,
        text,
    }
}

fn part((part, number): (Job, u32)) -> PartRow {
    PartRow { number, status: part.status, progress: part.progress, info: part.info }
}

/// The progress of the last run over its time.
fn curve(log: &[LogEntry], attempt: u32) -> String {
    let told = log.iter().filter(|entry| entry.attempt == attempt);
    let points: Vec<_> = told.filter_map(|entry| Some((entry.created_at.0, entry.progress?))).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    let span = (last.0 - first.0).max(1);
    if points.len() < 3 {
        return String::new();
    }
    let point = |(at, progress): &(i64, u8)| {
        format!("{},{}", (at - first.0) * 100 / span, 24 - u32::from(*progress) * 24 / 100)
    };
    points.iter().map(point).collect::<Vec<_>>().join(" ")
}

/// The name of what a job was about.
async fn about(asker: &Asker, job: &Job) -> String {
    let (service, actor) = (&asker.service, &asker.actor);
    if let Some(id) = &job.sheet_id
        && let Ok(sheet) = service.sheet(actor, id).await
    {
        return format!("sheet {}", sheet.config.name);
    }
    if let Some(id) = &job.file_id
        && let Ok(file) = service.file(actor, id).await
    {
        return format!("file {}", file.name);
    }
    if let Some(id) = &job.workbook_id
        && let Ok(found) = service.workbook(actor, id).await
    {
        return format!("workbook {}", found.workbook.name);
    }
    job.job_type.to_string()
}

/// Which records a job acted on.
fn scope(job: &Job) -> Option<String> {
    let JobSubject::Collection { query: Some(query), .. } = job.subject.as_ref()? else { return None };
    Some(match (query.ids.len(), query.narrows(), query.filter) {
        (0, false, _) => "all records".to_string(),
        (chosen, false, _) => counted(chosen as u64, "selected record"),
        (0, true, Some(Filter::Error)) if is_by_standing(query) => "the records with errors".to_string(),
        (0, true, Some(Filter::Valid)) if is_by_standing(query) => "the valid records".to_string(),
        (0, true, _) => "the records of a filter".to_string(),
        (without, true, _) => {
            format!("the records of a filter without {}", counted(without as u64, "record"))
        }
    })
}

fn is_by_standing(query: &RecordQuery) -> bool {
    query.q.is_none() && query.search_value.is_none() && query.filter_field.is_none()
}

/// Whether the sheet that a job acted on has records with errors.
async fn has_errors(asker: &Asker, job: &Job) -> bool {
    if !job.status.is_terminal() || job.is_built_in() {
        return false;
    }
    let Some(id) = &job.sheet_id else { return false };
    asker.service.sheet(&asker.actor, id).await.is_ok_and(|sheet| sheet.counts.error > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::log::LogLevel;
    use crate::domain::time::Timestamp;

    fn entry(at: i64, attempt: u32, progress: u8) -> LogEntry {
        LogEntry {
            number: 1,
            attempt,
            kind: LogKind::Progress,
            level: LogLevel::Info,
            text: String::new(),
            progress: Some(progress),
            created_at: Timestamp(at),
        }
    }

    #[test]
    fn the_curve_is_of_the_last_run() {
        let log = [entry(0, 1, 90), entry(100, 2, 0), entry(150, 2, 25), entry(300, 2, 100)];
        assert_eq!(curve(&log, 2), "0,24 25,18 100,0");
        assert_eq!(curve(&log, 1), "");
        assert_eq!(line(&log[2]).text, "25 %");
    }
}
