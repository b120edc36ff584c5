//! `/v1/sheets/{sheetId}/fields`, and the check of a whole sheet.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Asked, Caller, Json, Named, NamedWith};
use crate::domain::blueprint::Field;
use crate::domain::ids::SheetId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(remove)).routes(routes!(validate))
}

/// Where a field goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct PlaceParameters {
    /// Counted from 0; at the end when absent.
    insert_at_index: Option<usize>,
}

/// Adds a field to a sheet; its records are checked by the new rules.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/fields", tag = "fields",
    params(("sheetId" = String, Path), PlaceParameters), request_body = Object,
    responses((status = 200, body = Data<Object>), Failures))]
async fn add(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(asked): Asked<PlaceParameters>,
    Json(field): Json<Field>,
) -> Answer<Data<Value>> {
    let made = service.add_field(&actor, &id, field, asked.insert_at_index).await?;
    Ok(data(serde_json::to_value(made).map_err(crate::service::ServiceError::internal)?))
}

/// Removes a field of a sheet with what is in it.
#[utoipa::path(delete, path = "/v1/sheets/{sheetId}/fields/{fieldKey}", tag = "fields",
    params(("sheetId" = String, Path), ("fieldKey" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn remove(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, key): NamedWith<SheetId>,
) -> Answer<Data<Success>> {
    service.remove_field(&actor, &id, &key).await?;
    Ok(success())
}

/// Checks every record of a sheet again: at once, or by a job when there are many.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/validate", tag = "sheets", params(("sheetId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn validate(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
) -> Answer<Data<Success>> {
    service.validate_sheet(&actor, &id).await?;
    Ok(success())
}
