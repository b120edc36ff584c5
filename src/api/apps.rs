//! `/v1/apps`: groups of spaces.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data};
use super::error::Failures;
use super::extract::{Caller, Json, Maybe, Named};
use super::wire::app::{AppBody, AppChanges, AppRequest};
use crate::domain::ids::AppId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// The apps of the environment and of the whole account, in the order in which they were made.
#[utoipa::path(get, path = "/v1/apps", tag = "apps",
    responses((status = 200, body = Data<Vec<AppBody>>), Failures))]
async fn list(State(service): State<Arc<Service>>, Caller(actor): Caller) -> Answer<Data<Vec<AppBody>>> {
    Ok(data(service.apps(&actor).await?.into_iter().map(AppBody::from).collect()))
}

/// Makes an app: in the environment of the key, or for the whole account where an admin of it asks.
#[utoipa::path(post, path = "/v1/apps", tag = "apps", request_body = AppRequest,
    responses((status = 200, body = Data<AppBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<AppRequest>,
) -> Answer<Data<AppBody>> {
    let app_type = request.app_type;
    Ok(data(service.create_app(&actor, app_type, request.into()).await?.into()))
}

/// One app.
#[utoipa::path(get, path = "/v1/apps/{appId}", tag = "apps", params(("appId" = String, Path)),
    responses((status = 200, body = Data<AppBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AppId>,
) -> Answer<Data<AppBody>> {
    Ok(data(service.app(&actor, &id).await?.into()))
}

/// Changes an app. Its spaces keep the namespace that it gave them.
#[utoipa::path(patch, path = "/v1/apps/{appId}", tag = "apps", params(("appId" = String, Path)),
    request_body = AppChanges, responses((status = 200, body = Data<AppBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AppId>,
    Maybe(request): Maybe<AppChanges>,
) -> Answer<Data<AppBody>> {
    Ok(data(service.update_app(&actor, &id, request.into()).await?.into()))
}

/// Deletes an app with its constraints. Its spaces stay, without an app.
#[utoipa::path(delete, path = "/v1/apps/{appId}", tag = "apps", params(("appId" = String, Path)),
    responses((status = 200, body = Success), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AppId>,
) -> Answer<Success> {
    service.delete_app(&actor, &id).await?;
    Ok(axum::Json(Success { success: true }))
}
