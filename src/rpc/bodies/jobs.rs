//! Jobs as cards.

use super::outcome::told;
use super::records::query;
use super::{Asker, id, refuse};
use crate::domain::export::ExportFormat;
use crate::domain::ids::{ChangeId, Id, SheetId};
use crate::domain::job::Job;
use crate::rpc::jobs::{JobCard, JobList};
use crate::rpc::records::Choosing;
use crate::rpc::{ErrorKind, RpcError};
use crate::service::Page;
use crate::store::jobs::JobFilter;
use crate::store::now;

/// Jobs that the history lists.
const MOST: u64 = 50;

/// A job as the page shows it.
pub(super) async fn card(asker: &Asker, job: Job) -> JobCard {
    let told = if job.status.is_terminal() { Some(told(asker, &job).await) } else { None };
    let form = form(asker, &job).await;
    let input = job.input.clone().unwrap_or_default();
    let input = match form {
        Some(form) => crate::domain::form::labelled(&form, &input),
        None => input.iter().map(|(key, value)| (key.clone(), super::actions::plain(value))).collect(),
    };
    JobCard {
        id: job.id.to_string(),
        label: job.label.clone().unwrap_or_else(|| job.name()),
        name: job.name(),
        status: job.status,
        progress: job.progress,
        info: job.info,
        mode: job.mode,
        source: job.source,
        sheet_id: job.sheet_id.map(|id| id.to_string()),
        workbook_id: job.workbook_id.map(|id| id.to_string()),
        input,
        told,
        created_by: asker.who(&job.created_by),
        created_at: job.created_at.0,
        updated_at: job.updated_at.0,
        started_at: job.started_at.map(|moment| moment.0),
        finished_at: job.finished_at.map(|moment| moment.0),
        acknowledged: job.outcome_acknowledged_at.is_some(),
    }
}

/// The form that a job's input was filled into, while its action still exists.
async fn form(asker: &Asker, job: &Job) -> Option<crate::domain::action::InputForm> {
    job.input.as_ref().filter(|input| !input.is_empty())?;
    asker.service.action_of(&asker.actor, job).await?.input_form
}

pub async fn jobs(space_id: String) -> Result<JobList, RpcError> {
    let asker = Asker::of_request()?;
    let filter = JobFilter { space_id: Some(id(&space_id)?), ..JobFilter::default() };
    let found = asker.service.jobs(&asker.actor, &filter, Page::first(MOST)).await?;
    let mut cards = Vec::with_capacity(found.items.len());
    for job in found.items {
        cards.push(card(&asker, job).await);
    }
    Ok(JobList { jobs: cards, total: found.total, now: now().0 })
}

pub async fn job(job_id: String) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.job(&asker.actor, &id(&job_id)?).await?;
    Ok(card(&asker, job).await)
}

pub async fn start_export(
    sheet_id: String,
    choosing: Choosing,
    format: ExportFormat,
) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.start_export(&asker.actor, &id(&sheet_id)?, query(&choosing), format).await?;
    Ok(card(&asker, job).await)
}

pub async fn delete_records(sheet_id: String, choosing: Choosing) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.start_deletion(&asker.actor, &id(&sheet_id)?, query(&choosing)).await?;
    Ok(card(&asker, job).await)
}

pub async fn cancel(job_id: String) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.cancel_job(&asker.actor, &id(&job_id)?, None).await?;
    Ok(card(&asker, job).await)
}

pub async fn retry(job_id: String) -> Result<JobCard, RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.retry_job(&asker.actor, &id(&job_id)?).await?;
    Ok(card(&asker, job).await)
}

pub async fn undo(job_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    let job = asker.service.job(&asker.actor, &id(&job_id)?).await?;
    let (sheet, change) = changed(&job).ok_or_else(|| {
        refuse(ErrorKind::Conflict, "This job changed no records that could be brought back")
    })?;
    asker.service.undo_change(&asker.actor, &sheet, &change).await?;
    Ok(())
}

/// The sheet that a job changed, and the name of the change.
pub(super) fn changed(job: &Job) -> Option<(SheetId, ChangeId)> {
    let undo = job.metadata.as_ref()?.get("undo")?;
    let text = |key| undo.get(key)?.as_str();
    Some((SheetId::parse(text("sheetId")?).ok()?, ChangeId::parse(text("changeId")?).ok()?))
}

pub async fn acknowledge(job_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    asker.service.acknowledge_outcome(&asker.actor, &id(&job_id)?).await?;
    Ok(())
}
