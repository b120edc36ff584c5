//! `/v1/jobs`: the whole life of a job, from whoever makes it to whoever works on it.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::Failures;
use super::extract::{Asked, Caller, Fence, Json, Maybe, Named, known};
use super::not_served;
use super::query::PageParameters;
use super::shape;
use super::wire::job::{
    JobAcknowledgement, JobBody, JobCancellation, JobChanges, JobEnding, JobRequest, JobSplit,
};
use crate::domain::ids::{FileId, JobId, WorkbookId};
use crate::domain::job::{JobMode, JobTrigger};
use crate::domain::query::SortDirection;
use crate::service::Service;
use crate::service::jobs::{Ending, JobChange, Progress};
use crate::service::new_job::NewJob;
use crate::store::jobs::JobFilter;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(execute))
        .routes(routes!(acknowledge))
        .routes(routes!(acknowledge_outcome))
        .routes(routes!(complete))
        .routes(routes!(fail))
        .routes(routes!(cancel))
        .routes(routes!(retry))
        .routes(routes!(split))
}

/// Which jobs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct JobParameters {
    /// Only those of this environment.
    environment_id: Option<String>,
    /// Only those of this space.
    space_id: Option<String>,
    /// Only those about this workbook.
    workbook_id: Option<String>,
    /// Only those about this file.
    file_id: Option<String>,
    /// Only the parts of this job.
    parent_id: Option<String>,
    /// Only those about this thing, whatever it is.
    source: Option<String>,
    /// `true` leaves out parts of other jobs.
    exclude_child_jobs: Option<bool>,
    /// `asc` for the oldest first.
    #[param(schema_with = shape::words::<SortDirection>)]
    sort_direction: Option<SortDirection>,
}

/// The jobs of the environment, the latest first.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs", params(JobParameters, PageParameters),
    responses((status = 200, body = Listed<JobBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<JobParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<JobBody>> {
    let page = page.page(20)?;
    let filter = JobFilter {
        environment_id: asked.environment_id.map(|id| known(&id)).transpose()?,
        space_id: asked.space_id.map(|id| known(&id)).transpose()?,
        workbook_id: asked.workbook_id.map(|id| known(&id)).transpose()?,
        file_id: asked.file_id.map(|id| known(&id)).transpose()?,
        parent_id: asked.parent_id.map(|id| known(&id)).transpose()?,
        source: asked.source,
        exclude_children: asked.exclude_child_jobs.unwrap_or(false),
        oldest_first: asked.sort_direction == Some(SortDirection::Asc),
        ..JobFilter::default()
    };
    Ok(listed(page, service.jobs(&actor, &filter, page).await?, JobBody::from))
}

/// Makes a job. It waits for `execute`, unless its trigger is `immediate`.
#[utoipa::path(post, path = "/v1/jobs", tag = "jobs", request_body = JobRequest,
    responses((status = 200, body = Data<JobBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<JobRequest>,
) -> Answer<Data<JobBody>> {
    not_served::check_operation(&request.operation)?;
    let destination = request.destination.filter(|text| !text.is_empty());
    let new = NewJob {
        destination: destination.map(|id| known::<WorkbookId>(&id)).transpose()?.map(String::from),
        config: request.config,
        trigger: request.trigger.unwrap_or(JobTrigger::Manual),
        mode: request.mode.unwrap_or(JobMode::Background),
        input: request.input,
        subject: request.subject,
        info: request.info,
        metadata: request.metadata,
        parent_id: request.parent_id.map(|id| known::<JobId>(&id)).transpose()?,
        part: request.part,
        part_data: request.part_data,
        predecessor_ids: request.predecessor_ids.iter().map(|id| known(id)).collect::<Result<_, _>>()?,
        result: request.result,
        environment_id: request.environment_id.map(|id| known(&id)).transpose()?,
        file_id: request.file_id.map(|id| known::<FileId>(&id)).transpose()?,
        ..NewJob::new(request.job_type, &request.operation, &request.source)
    };
    Ok(data(service.request_job(&actor, new).await?.into()))
}

/// One job.
#[utoipa::path(get, path = "/v1/jobs/{jobId}", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<JobBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.job(&actor, &id).await?.into()))
}

/// Changes a job.
#[utoipa::path(patch, path = "/v1/jobs/{jobId}", tag = "jobs", params(("jobId" = String, Path)),
    request_body = Option<JobChanges>, responses((status = 200, body = Data<JobBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Maybe(request): Maybe<JobChanges>,
) -> Answer<Data<JobBody>> {
    let change = JobChange {
        config: request.config,
        status: request.status,
        progress: request.progress.map(|percent| percent.0),
        outcome_acknowledged_at: request.outcome_acknowledged_at,
        info: request.info,
        metadata: request.metadata,
        result: request.result,
    };
    Ok(data(service.update_job(&actor, &id, change).await?.into()))
}

/// Deletes a job.
#[utoipa::path(delete, path = "/v1/jobs/{jobId}", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> Answer<Data<Success>> {
    service.delete_job(&actor, &id).await?;
    Ok(success())
}

/// Lets a job start.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/execute", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn execute(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> Answer<Data<Success>> {
    service.execute_job(&actor, &id).await?;
    Ok(success())
}

/// Tells that somebody works on a job, and how far it is. To be repeated.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/ack", tag = "jobs",
    params(("jobId" = String, Path), ("X-Inlet-Attempt" = Option<u32>, Header)),
    request_body = Option<JobAcknowledgement>, responses((status = 200, body = Data<JobBody>), Failures))]
async fn acknowledge(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Fence(attempt): Fence,
    Maybe(request): Maybe<JobAcknowledgement>,
) -> Answer<Data<JobBody>> {
    let progress = Progress {
        info: request.info,
        progress: request.progress.map(|percent| percent.0),
        estimated_completion_at: request.estimated_completion_at,
    };
    Ok(data(service.acknowledge_job(&actor, &id, progress, attempt).await?.into()))
}

/// Tells that the person closed the outcome.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/outcome/ack", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<JobBody>), Failures))]
async fn acknowledge_outcome(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.acknowledge_outcome(&actor, &id).await?.into()))
}

/// Ends a job well. On a job that has ended it changes nothing.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/complete", tag = "jobs",
    params(("jobId" = String, Path), ("X-Inlet-Attempt" = Option<u32>, Header)),
    request_body = Option<JobEnding>, responses((status = 200, body = Data<JobBody>), Failures))]
async fn complete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Fence(attempt): Fence,
    Maybe(request): Maybe<JobEnding>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.complete_job(&actor, &id, ending(request), attempt).await?.into()))
}

/// Ends a job badly. On a job that has ended it changes nothing.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/fail", tag = "jobs",
    params(("jobId" = String, Path), ("X-Inlet-Attempt" = Option<u32>, Header)),
    request_body = Option<JobEnding>, responses((status = 200, body = Data<JobBody>), Failures))]
async fn fail(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Fence(attempt): Fence,
    Maybe(request): Maybe<JobEnding>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.fail_job(&actor, &id, ending(request), attempt).await?.into()))
}

/// Stops a job.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/cancel", tag = "jobs", params(("jobId" = String, Path)),
    request_body = Option<JobCancellation>, responses((status = 200, body = Data<JobBody>), Failures))]
async fn cancel(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Maybe(request): Maybe<JobCancellation>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.cancel_job(&actor, &id, request.info).await?.into()))
}

/// Runs an ended job once more.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/retry", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<JobBody>), Failures))]
async fn retry(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> Answer<Data<JobBody>> {
    Ok(data(service.retry_job(&actor, &id).await?.into()))
}

/// Splits a job into parts, each a job of its own, and lets it wait for them. When all have ended,
/// `job:parts-completed` is told; a job that nobody ends then ends itself.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/split", tag = "jobs",
    params(("jobId" = String, Path), ("X-Inlet-Attempt" = Option<u32>, Header)),
    request_body = JobSplit, responses((status = 200, body = Data<JobBody>), Failures))]
async fn split(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Fence(attempt): Fence,
    Json(request): Json<JobSplit>,
) -> Answer<Data<JobBody>> {
    let JobSplit { parts, run_in_parallel } = request;
    Ok(data(service.split_job(&actor, &id, parts, run_in_parallel, attempt).await?.into()))
}

fn ending(request: JobEnding) -> Ending {
    Ending { info: request.info, outcome: request.outcome, result: request.result }
}
