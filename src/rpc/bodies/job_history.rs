//! The history of jobs.

use super::jobs::card;
use super::{Asker, id};
use crate::domain::job::log::{LogEntry, LogKind};
use crate::domain::job::{Job, JobSubject};
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::time::Timestamp;
use crate::domain::wording::counted;
use crate::rpc::RpcError;
use crate::rpc::job_history::{HistoryAsked, JobList, JobStory, LogLine, PartRow};
use crate::rpc::jobs::JobCard;
use crate::service::Page;
use crate::service::plugin_words::in_words;
use crate::store::jobs::JobFilter;
use crate::store::now;

/// Jobs of a list, and parts of a job, at most.
const MOST: u64 = 500;

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
    let log = service.job_log_extract(actor, &job).await?;
    let parts = JobFilter { parent_id: Some(job.id.clone()), oldest_first: true, ..JobFilter::default() };
    let mut parts = service.jobs(actor, &parts, Page::first(MOST)).await?.items;
    parts.retain(|part| part.parent_attempt == Some(job.attempt));
    parts.sort_by_key(|part| part.part);
    Ok(JobStory {
        name: job.name(),
        about: about(&asker, &job).await,
        scope: scope(&job),
        runs: log.entries.last().map_or(job.attempt, |entry| entry.attempt).max(1),
        log: log.entries.iter().map(line).collect(),
        left_out: log.left_out,
        curve: curve(&log.curve),
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
    let text = in_words(&entry.text);
    let text = match percent {
        Some(percent) if text.is_empty() => format!("{percent} %"),
        Some(percent) => format!("{percent} % · {text}"),
        None => text,
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
    PartRow { number, status: part.status, progress: part.progress, info: part.info.as_deref().map(in_words) }
}

/// The progress of the last run over its time.
fn curve(points: &[(Timestamp, u8)]) -> String {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return String::new() };
    let span = last.since(*first).max(1);
    if points.len() < 3 {
        return String::new();
    }
    let point = |(at, progress): &(Timestamp, u8)| {
        format!("{},{}", at.since(*first) * 100 / span, 24 - u32::from(*progress) * 24 / 100)
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
    let named = query.ids.len() as u64;
    if query.chooses() {
        return Some(counted(named, "selected record"));
    }
    let found = match (query.narrows(), query.filter) {
        (false, _) => "all records",
        (true, Some(Filter::Error)) if is_by_standing(query) => "the records with errors",
        (true, Some(Filter::Valid)) if is_by_standing(query) => "the valid records",
        (true, _) => "the records of a filter",
    };
    Some(match named {
        0 => found.to_string(),
        _ => format!("{found} without {}", counted(named, "record")),
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

    #[test]
    fn a_curve_has_three_points_at_least_and_a_line_its_percentage() {
        let points = [(0, 0), (50, 25), (200, 100)].map(|(at, progress)| (Timestamp(at + 100), progress));
        assert_eq!(curve(&points), "0,24 25,18 100,0");
        assert_eq!(curve(&points[1..]), "");
        let entry = LogEntry {
            number: 1,
            attempt: 2,
            kind: LogKind::Progress,
            level: LogLevel::Info,
            text: String::new(),
            progress: Some(25),
            created_at: Timestamp(0),
        };
        assert_eq!(line(&entry).text, "25 %");
    }
}
