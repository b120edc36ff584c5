//! `/v1/jobs/{jobId}/log`: what happened to a job, and lines that its listener adds. An addition of ours.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Success, data, success};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Fence, Json, Named};
use super::shape;
use crate::domain::ids::JobId;
use crate::domain::job::log::{LogEntry, LogLevel};
use crate::service::Service;
use crate::service::jobs::NewLine;

/// Entries that one answer holds.
const PAGE: u64 = 1_000;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(log, append_to_log))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct LogParameters {
    /// Only what came after the entry of this number.
    after: u64,
}

/// An entry of the log of a job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobLogEntry)]
struct EntryBody {
    #[serde(flatten)]
    #[schema(value_type = Object)]
    entry: LogEntry,
}

/// Lines for the log of a job.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JobLogLines)]
struct LinesRequest {
    /// A hundred at most.
    lines: Vec<LineRequest>,
}

/// One line.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JobLogLine)]
struct LineRequest {
    /// `info`, `warn` or `error`; `info` when absent.
    #[serde(default)]
    #[schema(schema_with = shape::words_or_null::<LogLevel>)]
    level: LogLevel,
    /// For people; cut after 2,000 characters.
    message: String,
}

/// What happened to a job, the oldest first, a thousand entries at most.
#[utoipa::path(get, path = "/v1/jobs/{jobId}/log", tag = "jobs", params(("jobId" = String, Path), LogParameters),
    responses((status = 200, body = Data<Vec<EntryBody>>), Failures))]
async fn log(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Asked(asked): Asked<LogParameters>,
) -> ApiResult<axum::Json<Data<Vec<EntryBody>>>> {
    let entries = service.job_log(&actor, &id, asked.after, PAGE).await?;
    Ok(data(entries.into_iter().map(|entry| EntryBody { entry }).collect::<Vec<_>>()))
}

/// Adds lines to the log of a job; a sign of life of whoever works on it.
#[utoipa::path(post, path = "/v1/jobs/{jobId}/log", tag = "jobs",
    params(("jobId" = String, Path), ("X-Inlet-Attempt" = Option<u32>, Header)),
    request_body = LinesRequest, responses((status = 200, body = Data<Success>), Failures))]
async fn append_to_log(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
    Fence(attempt): Fence,
    Json(request): Json<LinesRequest>,
) -> ApiResult<axum::Json<Data<Success>>> {
    let line = |line: LineRequest| NewLine { level: line.level, text: line.message };
    service.log_lines(&actor, &id, request.lines.into_iter().map(line).collect(), attempt).await?;
    Ok(success())
}
