//! `/v1/apps/{appId}/constraints`: what listeners evaluate for fields with a constraint of the type `stored`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data};
use super::error::Failures;
use super::extract::{Asked, Caller, Last, Maybe, Named, NamedWith, known};
use super::wire::app::{ConstraintBody, ConstraintRequest};
use crate::domain::app::StoredConstraint;
use crate::domain::ids::AppId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(versions))
        .routes(routes!(version))
}

/// Which constraints.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ConstraintParameters {
    /// Also those that the platform brings; this server has none.
    #[serde(rename = "includeBuiltins")]
    _include_builtins: Option<bool>,
}

fn all(constraints: Vec<StoredConstraint>) -> axum::Json<Data<Vec<ConstraintBody>>> {
    data(constraints.into_iter().map(ConstraintBody::from).collect())
}

/// The constraints of an app, by their validators.
#[utoipa::path(get, path = "/v1/apps/{appId}/constraints", tag = "constraints",
    params(("appId" = String, Path), ConstraintParameters),
    responses((status = 200, body = Data<Vec<ConstraintBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(app): Named<AppId>,
    Asked(_): Asked<ConstraintParameters>,
) -> Answer<Data<Vec<ConstraintBody>>> {
    Ok(all(service.app_constraints(&actor, &app).await?))
}

/// Stores a constraint with an app.
#[utoipa::path(post, path = "/v1/apps/{appId}/constraints", tag = "constraints",
    params(("appId" = String, Path)), request_body = ConstraintRequest,
    responses((status = 200, body = Data<ConstraintBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(app): Named<AppId>,
    Maybe(mut request): Maybe<ConstraintRequest>,
) -> Answer<Data<ConstraintBody>> {
    let validator = request.validator.take();
    Ok(data(service.create_app_constraint(&actor, &app, validator, request.into()).await?.into()))
}

/// One constraint.
#[utoipa::path(get, path = "/v1/apps/{appId}/constraints/{constraintId}", tag = "constraints",
    params(("appId" = String, Path), ("constraintId" = String, Path)),
    responses((status = 200, body = Data<ConstraintBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(app, id): NamedWith<AppId>,
) -> Answer<Data<ConstraintBody>> {
    Ok(data(service.app_constraint(&actor, &app, &known(&id)?).await?.into()))
}

/// Changes a constraint: it gets another version.
#[utoipa::path(patch, path = "/v1/apps/{appId}/constraints/{constraintId}", tag = "constraints",
    params(("appId" = String, Path), ("constraintId" = String, Path)), request_body = ConstraintRequest,
    responses((status = 200, body = Data<ConstraintBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(app, id): NamedWith<AppId>,
    Maybe(request): Maybe<ConstraintRequest>,
) -> Answer<Data<ConstraintBody>> {
    let id = known(&id)?;
    Ok(data(service.update_app_constraint(&actor, &app, &id, request.into()).await?.into()))
}

/// Deletes a constraint with its versions. Fields that name it are checked by nobody then.
#[utoipa::path(delete, path = "/v1/apps/{appId}/constraints/{constraintId}", tag = "constraints",
    params(("appId" = String, Path), ("constraintId" = String, Path)),
    responses((status = 200, body = Success), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(app, id): NamedWith<AppId>,
) -> Answer<Success> {
    service.delete_app_constraint(&actor, &app, &known(&id)?).await?;
    Ok(axum::Json(Success { success: true }))
}

/// The versions of a constraint, the newest first.
#[utoipa::path(get, path = "/v1/apps/{appId}/constraints/{constraintId}/versions", tag = "constraints",
    params(("appId" = String, Path), ("constraintId" = String, Path)),
    responses((status = 200, body = Data<Vec<ConstraintBody>>), Failures))]
async fn versions(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(app, id): NamedWith<AppId>,
) -> Answer<Data<Vec<ConstraintBody>>> {
    Ok(all(service.app_constraint_versions(&actor, &app, &known(&id)?).await?))
}

/// One version of a constraint, by its number.
#[utoipa::path(get, path = "/v1/apps/{appId}/constraints/{constraintId}/versions/{version}", tag = "constraints",
    params(("appId" = String, Path), ("constraintId" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Data<ConstraintBody>), Failures))]
async fn version(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(app, id): NamedWith<AppId>,
    Last(version): Last,
) -> Answer<Data<ConstraintBody>> {
    Ok(data(service.app_constraint_version(&actor, &app, &known(&id)?, &version).await?.into()))
}
