//! `/v1/jobs/{jobId}/plan`: what a mapping job means to do.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, Json, Named};
use super::wire::job::JobBody;
use crate::domain::ids::JobId;
use crate::domain::job::Job;
use crate::domain::job::plan::{ExecutionPlan, PlanChange};
use crate::service::Service;

type Answer = ApiResult<axum::Json<Data<JobPlan>>>;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(plan, replace_plan, change_plan))
}

/// A job and its plan.
#[derive(Debug, Serialize, ToSchema)]
struct JobPlan {
    /// The job.
    job: JobBody,
    /// What it means to do.
    #[schema(value_type = Object)]
    plan: ExecutionPlan,
}

/// The plan of a job; also after it has ended.
#[utoipa::path(get, path = "/v1/jobs/{jobId}/plan", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<JobPlan>), Failures))]
async fn plan(State(service): State<Arc<Service>>, Caller(actor): Caller, Named(id): Named<JobId>) -> Answer {
    Ok(answer(service.job_plan(&actor, &id).await?))
}

/// Replaces the plan of a job that has not ended.
#[utoipa::path(put, path = "/v1/jobs/{jobId}/plan", tag = "jobs", params(("jobId" = String, Path)),
    request_body = Object, responses((status = 200, body = Data<JobPlan>), Failures))]
async fn replace_plan(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Json(plan): Json<ExecutionPlan>,
) -> Answer {
    Ok(answer(service.set_job_plan(&actor, &id, plan).await?))
}

/// Changes the parts of a plan that are named.
#[utoipa::path(patch, path = "/v1/jobs/{jobId}/plan", tag = "jobs", params(("jobId" = String, Path)),
    request_body = Object, responses((status = 200, body = Data<JobPlan>), Failures))]
async fn change_plan(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Json(request): Json<PlanChange>,
) -> Answer {
    Ok(answer(service.change_job_plan(&actor, &id, request).await?))
}

fn answer((job, plan): (Job, ExecutionPlan)) -> axum::Json<Data<JobPlan>> {
    data(JobPlan { job: job.into(), plan })
}
