//! `/v1/views`: the saved queries of sheets.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::query::PageParameters;
use super::wire::view::{ViewBody, ViewChange, ViewRequest};
use crate::domain::ids::ViewId;
use crate::service::Service;

/// Views on a page unless told otherwise.
const ON_A_PAGE: u64 = 10;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// Which views.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ViewParameters {
    /// The sheet they belong to.
    sheet_id: Option<String>,
}

/// The views of a sheet.
#[utoipa::path(get, path = "/v1/views", tag = "views", params(ViewParameters, PageParameters),
    responses((status = 200, body = Listed<ViewBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<ViewParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<ViewBody>> {
    let Some(sheet_id) = asked.sheet_id else {
        return Err(ApiError::bad("sheetId", "name the sheet: `sheetId=us_sh_…`"));
    };
    let page = page.page(ON_A_PAGE)?;
    Ok(listed(page, service.views(&actor, &known(&sheet_id)?, page).await?, ViewBody::from))
}

/// Keeps a query of a sheet under a name.
#[utoipa::path(post, path = "/v1/views", tag = "views", request_body = ViewRequest,
    responses((status = 200, body = Data<ViewBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<ViewRequest>,
) -> Answer<Data<ViewBody>> {
    let ViewRequest { sheet_id, name, config } = request;
    Ok(data(service.create_view(&actor, &known(&sheet_id)?, name, config).await?.into()))
}

/// One view.
#[utoipa::path(get, path = "/v1/views/{viewId}", tag = "views", params(("viewId" = String, Path)),
    responses((status = 200, body = Data<ViewBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ViewId>,
) -> Answer<Data<ViewBody>> {
    Ok(data(service.view(&actor, &id).await?.into()))
}

/// Changes the name or the query of a view.
#[utoipa::path(patch, path = "/v1/views/{viewId}", tag = "views", params(("viewId" = String, Path)),
    request_body = ViewChange, responses((status = 200, body = Data<ViewBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ViewId>,
    Json(request): Json<ViewChange>,
) -> Answer<Data<ViewBody>> {
    let ViewChange { name, config } = request;
    Ok(data(service.update_view(&actor, &id, name, config).await?.into()))
}

/// Deletes a view.
#[utoipa::path(delete, path = "/v1/views/{viewId}", tag = "views", params(("viewId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ViewId>,
) -> Answer<Data<Success>> {
    service.delete_view(&actor, &id).await?;
    Ok(success())
}
