//! `/v1/workbooks`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::query::{self, MOST_ITEMS, PageParameters};
use super::wire::workbook::{WorkbookBody, WorkbookChanges, WorkbookRequest, parse_new};
use crate::domain::ids::WorkbookId;
use crate::service::workbooks::{WorkbookChange, WorkbookWithSheets};
use crate::service::{Page, Service};
use crate::store::workbooks::WorkbookFilter;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Which workbooks. A value with a leading `-` leaves out what it names.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct WorkbookParameters {
    /// The space they belong to; all that the asker sees when absent.
    space_id: Option<String>,
    /// Only those of this name.
    name: Option<String>,
    /// Only those of this namespace.
    namespace: Option<String>,
    /// Only those with this label.
    label: Option<String>,
    /// Only those with all of these treatments.
    #[serde(deserialize_with = "query::list")]
    treatment: Vec<String>,
    /// `false` leaves the sheets out of the answer.
    include_sheets: Option<bool>,
}

impl WorkbookParameters {
    fn filter(self) -> ApiResult<WorkbookFilter> {
        Ok(WorkbookFilter {
            space_id: self.space_id.map(|id| known(&id)).transpose()?,
            name: self.name,
            namespace: self.namespace,
            label: self.label,
            treatments: self.treatment,
        })
    }
}

/// The workbooks of a space, or of all, the oldest first: all of them where a space is named and no page.
#[utoipa::path(get, path = "/v1/workbooks", tag = "workbooks", params(WorkbookParameters, PageParameters),
    responses((status = 200, body = Listed<WorkbookBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<WorkbookParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<WorkbookBody>> {
    let wants_sheets = asked.include_sheets.unwrap_or(true);
    let filter = asked.filter()?;
    let in_one_space = filter.space_id.is_some() || actor.scope.space_id.is_some();
    let asks_for_page = page.page_size.is_some() || page.page_number.is_some();
    let page = page.page(MOST_ITEMS)?;
    let page = if in_one_space && !asks_for_page { Page::first(u64::MAX) } else { page };
    let found = service.list_workbooks(&actor, &filter, page, wants_sheets).await?;
    Ok(listed(page, found, |one| WorkbookBody::new(one.workbook, wants_sheets.then_some(one.sheets))))
}

/// Makes a workbook with its sheets.
#[utoipa::path(post, path = "/v1/workbooks", tag = "workbooks", request_body = WorkbookRequest,
    responses((status = 200, body = Data<WorkbookBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(body): Json<Value>,
) -> Answer<Data<WorkbookBody>> {
    let (space_id, config) = parse_new(body, actor.scope.space_id.as_ref())?;
    Ok(answer(service.create_workbook(&actor, &space_id, config, Map::new()).await?))
}

/// One workbook with its sheets; one that has expired has none.
#[utoipa::path(get, path = "/v1/workbooks/{workbookId}", tag = "workbooks", params(("workbookId" = String, Path)),
    responses((status = 200, body = Data<WorkbookBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WorkbookId>,
) -> Answer<Data<WorkbookBody>> {
    Ok(answer(service.workbook_or_expired(&actor, &id).await?))
}

/// Changes a workbook. Listed sheets are changed or added, others stay.
#[utoipa::path(patch, path = "/v1/workbooks/{workbookId}", tag = "workbooks", params(("workbookId" = String, Path)),
    request_body = WorkbookChanges, responses((status = 200, body = Data<WorkbookBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WorkbookId>,
    Json(request): Json<WorkbookChanges>,
) -> Answer<Data<WorkbookBody>> {
    let change = WorkbookChange {
        extra: request.extra(),
        name: request.name,
        labels: request.labels,
        namespace: request.namespace,
        actions: request.actions,
        settings: request.settings.map(|settings| settings.map(Value::Object)),
        metadata: request.metadata,
        sheets: request.sheets,
    };
    Ok(answer(service.update_workbook(&actor, &id, change).await?))
}

/// Deletes a workbook with its sheets and records.
#[utoipa::path(delete, path = "/v1/workbooks/{workbookId}", tag = "workbooks", params(("workbookId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WorkbookId>,
) -> Answer<Data<Success>> {
    service.delete_workbook(&actor, &id).await?;
    Ok(success())
}

fn answer(found: WorkbookWithSheets) -> axum::Json<Data<WorkbookBody>> {
    data(WorkbookBody::new(found.workbook, Some(found.sheets)))
}
