//! `/v1/entitlements`.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Whose entitlements.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct EntitlementParameters {
    /// A space, workbook, sheet, file, environment or account.
    resource_id: Option<String>,
}

/// Something that a plan allows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entitlement)]
struct EntitlementBody {
    /// Its name.
    key: String,
    /// More of it.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// What the plan of a thing allows beyond the ordinary: nothing, for Inlet has no plans. Extractors ask.
#[utoipa::path(get, path = "/v1/entitlements", tag = "entitlements", params(EntitlementParameters),
    responses((status = 200, body = Data<Vec<EntitlementBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EntitlementParameters>,
) -> ApiResult<axum::Json<Data<Vec<EntitlementBody>>>> {
    if let Some(resource) = &asked.resource_id {
        service.check_resource(&actor, resource).await?;
    }
    Ok(data(Vec::new()))
}
