//! `/v1/jobs/{jobId}/secrets`: what a person filled in for nobody but the worker of the job.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, Named};
use crate::domain::ids::JobId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(secrets))
}

/// The secrets of a job by the keys of their inputs, for whoever works on it. The job's input has
/// `{"type": "secret", "key": …}` in their place.
#[utoipa::path(get, path = "/v1/jobs/{jobId}/secrets", tag = "jobs", params(("jobId" = String, Path)),
    responses((status = 200, body = Data<BTreeMap<String, String>>), Failures))]
async fn secrets(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<JobId>,
) -> ApiResult<axum::Json<Data<BTreeMap<String, String>>>> {
    Ok(data(service.secrets_of_job(&actor, &id).await?))
}
