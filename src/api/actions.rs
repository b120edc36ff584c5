//! `/v1/actions`: buttons and menu items, those in the lists of blueprints too.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::wire::action::{ActionBody, ActionChanges, ActionRequest};
use crate::domain::access::Actor;
use crate::domain::ids::{ActionId, SpaceId};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_many))
        .routes(routes!(get, update, delete))
}

/// Of which space.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SpaceParameters {
    /// The space; for a guest its own when absent.
    space_id: Option<String>,
}

impl SpaceParameters {
    fn space(self, actor: &Actor) -> ApiResult<SpaceId> {
        match (&self.space_id, &actor.scope.space_id) {
            (Some(text), _) => known(text),
            (None, Some(own)) => Ok(own.clone()),
            (None, None) => Err(ApiError::bad("spaceId", "name the space: `spaceId=us_sp_…`")),
        }
    }
}

/// Every action of a space, those in the lists of its workbooks, sheets, fields and files too.
#[utoipa::path(get, path = "/v1/actions", tag = "actions", params(SpaceParameters),
    responses((status = 200, body = Vec<ActionBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SpaceParameters>,
) -> Answer<Vec<ActionBody>> {
    let space = asked.space(&actor)?;
    let found = service.actions(&actor, &space).await?;
    Ok(axum::Json(found.into_iter().map(ActionBody::from).collect()))
}

/// Makes an action that stands on its own.
#[utoipa::path(post, path = "/v1/actions", tag = "actions", params(SpaceParameters), request_body = ActionRequest,
    responses((status = 200, body = Data<ActionBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SpaceParameters>,
    Json(request): Json<ActionRequest>,
) -> Answer<Data<ActionBody>> {
    let space = asked.space(&actor)?;
    let made = service.create_actions(&actor, &space, vec![request.read()?]).await?;
    let made = made.into_iter().next().map(ActionBody::from);
    made.map(data).ok_or_else(|| ApiError::bad("general", "no action was made"))
}

/// Makes several actions, all or none.
#[utoipa::path(post, path = "/v1/actions/bulk", tag = "actions", params(SpaceParameters),
    request_body = Vec<ActionRequest>, responses((status = 200, body = Vec<ActionBody>), Failures))]
async fn create_many(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SpaceParameters>,
    Json(requests): Json<Vec<ActionRequest>>,
) -> Answer<Vec<ActionBody>> {
    let space = asked.space(&actor)?;
    let mut new = Vec::with_capacity(requests.len());
    for (position, request) in requests.into_iter().enumerate() {
        new.push(request.read().map_err(|error| error.within(&format!("[{position}]")))?);
    }
    let made = service.create_actions(&actor, &space, new).await?;
    Ok(axum::Json(made.into_iter().map(ActionBody::from).collect()))
}

/// One action.
#[utoipa::path(get, path = "/v1/actions/{actionId}", tag = "actions", params(("actionId" = String, Path)),
    responses((status = 200, body = Data<ActionBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ActionId>,
) -> Answer<Data<ActionBody>> {
    Ok(data(service.action(&actor, &id).await?.into()))
}

/// Changes options of an action, wherever it is written. An action of a list whose operation changes has another id
/// since.
#[utoipa::path(patch, path = "/v1/actions/{actionId}", tag = "actions", params(("actionId" = String, Path)),
    request_body = ActionChanges, responses((status = 200, body = Data<ActionBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ActionId>,
    Json(ActionChanges(members)): Json<ActionChanges>,
) -> Answer<Data<ActionBody>> {
    Ok(data(service.update_action(&actor, &id, members).await?.into()))
}

/// Deletes an action, wherever it is written.
#[utoipa::path(delete, path = "/v1/actions/{actionId}", tag = "actions", params(("actionId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<ActionId>,
) -> Answer<Data<Success>> {
    service.delete_action(&actor, &id).await?;
    Ok(success())
}
