//! Jobs as cards.

use super::outcome::told;
use super::records::query;
use super::{Asker, id};
use crate::domain::export::ExportFormat;
use crate::domain::form::InputType;
use crate::domain::ids::{FileId, Id, UserId};
use crate::domain::job::Job;
use crate::domain::said::Said;
use crate::rpc::RpcError;
use crate::rpc::jobs::JobCard;
use crate::rpc::records::Choosing;
use crate::service::plugin_words::in_words;

/// A job as the page shows it.
pub(super) async fn card(asker: &Asker, job: Job) -> JobCard {
    let told = if job.status.is_terminal() { Some(told(asker, &job).await) } else { None };
    let form = form(asker, &job).await;
    let mut input = job.input.clone().unwrap_or_default();
    let input = match form {
        Some(form) => {
            name_files(asker, &form, &mut input).await;
            crate::domain::form::labelled(&form, &input)
        }
        None => input.iter().map(|(key, value)| (key.clone(), super::actions::plain(value))).collect(),
    };
    JobCard {
        id: job.id.to_string(),
        label: label(&job),
        name: job.name(),
        status: job.status,
        progress: job.progress,
        info: job.info.as_deref().map(in_words),
        mode: job.mode,
        source: job.source,
        sheet_id: job.sheet_id.map(|id| id.to_string()),
        workbook_id: job.workbook_id.map(|id| id.to_string()),
        input,
        told,
        created_by: asker.who(&job.created_by),
        mine: job.created_by == asker.actor.id || !job.created_by.starts_with(UserId::PREFIX),
        created_at: job.created_at.0,
        updated_at: job.updated_at.0,
        started_at: job.started_at.map(|moment| moment.0),
        finished_at: job.finished_at.map(|moment| moment.0),
        estimated_at: job.estimated_completion_at.map(|moment| moment.0),
        acknowledged: job.outcome_acknowledged_at.is_some(),
    }
}

/// What people call a job: in our words where the server does it, else in those of the host.
pub(super) fn label(job: &Job) -> Said {
    Said { words: in_words(&job.title()), hosts: !job.is_built_in() }
}

/// The form that a job's input was filled into, while its action still exists.
async fn form(asker: &Asker, job: &Job) -> Option<crate::domain::form::InputForm> {
    job.input.as_ref().filter(|input| !input.is_empty())?;
    asker.service.action_of(&asker.actor, job).await?.input_form
}

/// Files by their names in place of their ids, while they are there.
async fn name_files(
    asker: &Asker,
    form: &crate::domain::form::InputForm,
    input: &mut serde_json::Map<String, serde_json::Value>,
) {
    for field in form.fields.iter().filter(|field| field.input_type == InputType::File) {
        let Some(value) = input.get_mut(&field.key) else { continue };
        let Some(id) = value.as_str().and_then(|id| FileId::parse(id).ok()) else { continue };
        if let Ok(file) = asker.service.file(&asker.actor, &id).await {
            *value = file.name.into();
        }
    }
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
    Ok(asker.service.undo_job(&asker.actor, &id(&job_id)?).await?)
}

pub async fn acknowledge(job_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    asker.service.acknowledge_outcome(&asker.actor, &id(&job_id)?).await?;
    Ok(())
}
