//! `/v1/data-retention-policies`: how long environments keep their data.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Success, data, success};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::wire::retention_policy::{RetentionPolicyBody, RetentionPolicyRequest};
use crate::domain::ids::{EnvironmentId, RetentionPolicyId};
use crate::service::Service;
use crate::service::retention_policies::PolicyChange;

type Answer<T> = ApiResult<axum::Json<Data<T>>>;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Which policies.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct PolicyParameters {
    /// Only those of this environment.
    environment_id: Option<String>,
}

fn change(request: RetentionPolicyRequest) -> ApiResult<PolicyChange> {
    let environment_id = request.environment_id.map(|id| known(&id)).transpose()?;
    Ok(PolicyChange { environment_id, kind: request.kind, period: request.period })
}

/// The policies, the oldest first.
#[utoipa::path(get, path = "/v1/data-retention-policies", tag = "retention", params(PolicyParameters),
    responses((status = 200, body = Data<Vec<RetentionPolicyBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<PolicyParameters>,
) -> Answer<Vec<RetentionPolicyBody>> {
    let environment = asked.environment_id.map(|id| known::<EnvironmentId>(&id)).transpose()?;
    let found = service.retention_policies(&actor, environment.as_ref()).await?;
    Ok(data(found.into_iter().map(Into::into).collect()))
}

/// Makes a policy. Of several in one environment the first that is due counts; without one nothing expires.
#[utoipa::path(post, path = "/v1/data-retention-policies", tag = "retention", request_body = RetentionPolicyRequest,
    responses((status = 200, body = Data<RetentionPolicyBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<RetentionPolicyRequest>,
) -> Answer<RetentionPolicyBody> {
    Ok(data(service.create_retention_policy(&actor, change(request)?).await?.into()))
}

/// One policy.
#[utoipa::path(get, path = "/v1/data-retention-policies/{policyId}", tag = "retention",
    params(("policyId" = String, Path)), responses((status = 200, body = Data<RetentionPolicyBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<RetentionPolicyId>,
) -> Answer<RetentionPolicyBody> {
    Ok(data(service.retention_policy(&actor, &id).await?.into()))
}

/// Changes a policy.
#[utoipa::path(patch, path = "/v1/data-retention-policies/{policyId}", tag = "retention",
    params(("policyId" = String, Path)), request_body = RetentionPolicyRequest,
    responses((status = 200, body = Data<RetentionPolicyBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<RetentionPolicyId>,
    Json(request): Json<RetentionPolicyRequest>,
) -> Answer<RetentionPolicyBody> {
    Ok(data(service.update_retention_policy(&actor, &id, change(request)?).await?.into()))
}

/// Deletes a policy: what has not expired yet stays.
#[utoipa::path(delete, path = "/v1/data-retention-policies/{policyId}", tag = "retention",
    params(("policyId" = String, Path)), responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<RetentionPolicyId>,
) -> Answer<Success> {
    service.delete_retention_policy(&actor, &id).await?;
    Ok(success())
}
