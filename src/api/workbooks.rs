//! `/v1/workbooks`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Success, data, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::query;
use super::wire::workbook::{WorkbookBody, WorkbookChanges, WorkbookRequest, parse_new};
use crate::domain::ids::WorkbookId;
use crate::domain::workbook::Workbook;
use crate::service::Service;
use crate::service::workbooks::{WorkbookChange, WorkbookWithSheets};

type Answer<T> = ApiResult<axum::Json<T>>;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Which workbooks. A value with a leading `-` leaves out what it names.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct WorkbookParameters {
    /// The space they belong to.
    space_id: Option<String>,
    /// Only those of this name.
    name: Option<String>,
    /// Only those of this namespace.
    namespace: Option<String>,
    /// Only those with this label.
    label: Option<String>,
    /// Only those with all of these treatments.
    #[serde(alias = "treatment[]", deserialize_with = "query::list")]
    treatment: Vec<String>,
    /// `false` leaves the sheets out of the answer.
    include_sheets: Option<bool>,
}

impl WorkbookParameters {
    fn picks(&self, workbook: &Workbook) -> bool {
        let fits = |wanted: &Option<String>, holds: &dyn Fn(&str) -> bool| match wanted.as_deref() {
            None => true,
            Some(text) => match text.strip_prefix('-') {
                Some(unwanted) => !holds(unwanted),
                None => holds(text),
            },
        };
        let treatments = workbook.extra.get("treatments").and_then(Value::as_array);
        let treated =
            |name: &String| treatments.is_some_and(|list| list.iter().any(|one| one == name.as_str()));
        fits(&self.name, &|name| workbook.name == name)
            && fits(&self.namespace, &|namespace| workbook.namespace.as_deref() == Some(namespace))
            && fits(&self.label, &|label| workbook.labels.iter().any(|one| one == label))
            && self.treatment.iter().all(treated)
    }
}

/// The workbooks of a space.
#[utoipa::path(get, path = "/v1/workbooks", tag = "workbooks", params(WorkbookParameters),
    responses((status = 200, body = Data<Vec<WorkbookBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<WorkbookParameters>,
) -> Answer<Data<Vec<WorkbookBody>>> {
    let space_id = match (&asked.space_id, &actor.scope.space_id) {
        (Some(text), _) => known(text)?,
        (None, Some(own)) => own.clone(),
        (None, None) => return Err(ApiError::bad("spaceId", "name the space: `spaceId=us_sp_…`")),
    };
    let found = service.workbooks(&actor, &space_id).await?;
    let with_sheets = asked.include_sheets.unwrap_or(true);
    let picked = found.into_iter().filter(|one| asked.picks(&one.workbook));
    Ok(data(picked.map(|one| WorkbookBody::new(one.workbook, with_sheets.then_some(one.sheets))).collect()))
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
