//! `/v1/sheets`, without the records.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::query::{CommitParameters, RecordParameters};
use super::wire::sheet::{CountsAnswer, CountsBody, SheetBody, SheetRequest};
use crate::domain::ids::SheetId;
use crate::service::Service;
use crate::service::read_records::{Counted, RecordRead};
use crate::service::sheets::SheetChange;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, update, delete)).routes(routes!(counts))
}

/// Which sheets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SheetParameters {
    /// The workbook they belong to.
    workbook_id: Option<String>,
}

/// The sheets of a workbook.
#[utoipa::path(get, path = "/v1/sheets", tag = "sheets", params(SheetParameters),
    responses((status = 200, body = Data<Vec<SheetBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SheetParameters>,
) -> Answer<Data<Vec<SheetBody>>> {
    let Some(workbook_id) = asked.workbook_id else {
        return Err(ApiError::bad("workbookId", "name the workbook: `workbookId=us_wb_…`"));
    };
    let sheets = service.sheets(&actor, &known(&workbook_id)?).await?;
    Ok(data(sheets.into_iter().map(SheetBody::from).collect()))
}

/// One sheet.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}", tag = "sheets", params(("sheetId" = String, Path)),
    responses((status = 200, body = Data<SheetBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
) -> Answer<Data<SheetBody>> {
    Ok(data(service.sheet(&actor, &id).await?.into()))
}

/// Changes a sheet's name, slug, metadata or namespace.
#[utoipa::path(patch, path = "/v1/sheets/{sheetId}", tag = "sheets", params(("sheetId" = String, Path)),
    request_body = SheetRequest, responses((status = 200, body = Data<SheetBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Json(request): Json<SheetRequest>,
) -> Answer<Data<SheetBody>> {
    let SheetRequest { name, slug, metadata, namespace } = request;
    let change = SheetChange { name, slug, metadata, namespace };
    Ok(data(service.update_sheet(&actor, &id, change).await?.into()))
}

/// Deletes a sheet with its records.
#[utoipa::path(delete, path = "/v1/sheets/{sheetId}", tag = "sheets", params(("sheetId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
) -> Answer<Data<Success>> {
    service.delete_sheet(&actor, &id).await?;
    Ok(success())
}

/// What to count beside the records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct CountParameters {
    /// Counts the cells of each field too, unless there is a search.
    by_field: Option<bool>,
}

/// How many records there are.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/counts", tag = "sheets",
    params(("sheetId" = String, Path), RecordParameters, CommitParameters, CountParameters),
    responses((status = 200, body = Data<CountsAnswer>), Failures))]
async fn counts(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
    Asked(asked): Asked<CountParameters>,
) -> Answer<Data<CountsAnswer>> {
    let (commit, since) = commits.read()?;
    let read = RecordRead { query: records.into(), commit, since, ..RecordRead::default() };
    let counted = service.count_records(&actor, &id, read, asked.by_field == Some(true)).await?;
    let Counted { counts, errors, fields } = counted;
    Ok(data(CountsAnswer { counts: CountsBody::from(counts).with_fields(errors, fields), success: true }))
}
