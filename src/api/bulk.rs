//! Changes of many records at once: find and replace, the same values for all.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, data};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named};
use super::query::RecordParameters;
use super::wire::record::ChangeAnswer;
use crate::domain::ids::SheetId;
use crate::domain::wording;
use crate::service::Service;
use crate::service::bulk::{BulkChange, Changed};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(find_and_replace)).routes(routes!(bulk_update))
}

/// What to replace by what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FindAndReplace)]
struct ReplaceRequest {
    /// A text in double quotes and a value that is no text: the whole cell; another text: a part of it, whatever its
    /// case; `null` and `""`: empty cells.
    #[serde(default)]
    find: Value,
    /// What stands there since; `null` takes it away.
    #[serde(default)]
    replace: Value,
    /// The field; all fields when absent.
    field_key: Option<String>,
}

/// Replaces what is sought in the cells of the records that the query finds.
#[utoipa::path(put, path = "/v1/sheets/{sheetId}/find-replace", tag = "records",
    params(("sheetId" = String, Path), RecordParameters), request_body = ReplaceRequest,
    responses((status = 200, body = Data<BulkAnswer>), Failures))]
async fn find_and_replace(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Json(request): Json<ReplaceRequest>,
) -> Answer<Data<BulkAnswer>> {
    let ReplaceRequest { find, replace: with, field_key } = request;
    let field = field_key.filter(|key| !key.is_empty());
    let change = BulkChange::Replace { field, find, spelling: None, with };
    let changed = service.change_in_bulk(&actor, &id, &records.into(), &change, false).await?;
    answer(changed)
}

/// The new values of the records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkUpdate)]
struct UpdateRequest {
    /// A cell for each field that changes.
    field_updates: BTreeMap<String, UpdateCell>,
}

/// The new value of a field.
#[derive(Debug, Deserialize, ToSchema)]
struct UpdateCell {
    /// A text, number, boolean, list of texts, or `null` to clear.
    #[serde(default)]
    value: Value,
}

/// Who is told.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SilentParameters {
    /// Keeps the hooks of listeners from being called.
    silent: Option<bool>,
}

/// Gives all records that the query finds the same values in some fields.
#[utoipa::path(patch, path = "/v1/sheets/{sheetId}/records/bulk-update", tag = "records",
    params(("sheetId" = String, Path), RecordParameters, SilentParameters), request_body = UpdateRequest,
    responses((status = 200, body = Data<BulkAnswer>), Failures))]
async fn bulk_update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(asked): Asked<SilentParameters>,
    Json(request): Json<UpdateRequest>,
) -> Answer<Data<BulkAnswer>> {
    if request.field_updates.is_empty() {
        return Err(ApiError::bad("fieldUpdates", "name at least one field and its new value"));
    }
    let updates = request.field_updates.into_iter().map(|(key, cell)| (key, cell.value)).collect();
    let change = BulkChange::Update(updates);
    let is_silent = asked.silent == Some(true);
    let changed = service.change_in_bulk(&actor, &id, &records.into(), &change, is_silent).await?;
    answer(changed)
}

/// The answer to a change of many records.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkVersion)]
struct BulkAnswer {
    #[serde(flatten)]
    change: ChangeAnswer,
    /// How many cells stayed as they were because they would have been longer than a cell may be; absent when none.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_long: Option<u64>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

fn answer(changed: Changed) -> Answer<Data<BulkAnswer>> {
    let too_long = Some(changed.too_long).filter(|cells| *cells > 0);
    let message = wording::too_long(changed.too_long);
    Ok(data(BulkAnswer { change: ChangeAnswer::new(changed.commit_id), too_long, message }))
}
