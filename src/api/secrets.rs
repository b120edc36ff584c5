//! `/v1/secrets`: what listeners ask for by `event.secrets(name)`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::wire::secret::{SecretBody, SecretRequest};
use crate::domain::ids::SecretId;
use crate::service::Service;
use crate::service::stored_secrets::{SecretPlace, ShownSecret};

type Answer = ApiResult<axum::Json<Data<Vec<SecretBody>>>>;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, upsert)).routes(routes!(delete))
}

/// Where secrets are looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SecretParameters {
    /// The environment; the caller's own, or that of the space, when absent.
    environment_id: Option<String>,
    /// A space, whose secrets come before those of the environment.
    space_id: Option<String>,
    /// An actor, whose secrets come before both.
    actor_id: Option<String>,
}

fn place(
    environment: Option<String>,
    space: Option<String>,
    actor_id: Option<String>,
) -> ApiResult<SecretPlace> {
    Ok(SecretPlace {
        environment_id: environment.map(|id| known(&id)).transpose()?,
        space_id: space.map(|id| known(&id)).transpose()?,
        actor_id,
    })
}

fn all(secrets: Vec<ShownSecret>) -> axum::Json<Data<Vec<SecretBody>>> {
    data(secrets.into_iter().map(SecretBody::from).collect())
}

/// The secrets that hold at a place, one of each name, with their values for secret keys and agents.
#[utoipa::path(get, path = "/v1/secrets", tag = "secrets", params(SecretParameters),
    responses((status = 200, body = Data<Vec<SecretBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SecretParameters>,
) -> Answer {
    let place = place(asked.environment_id, asked.space_id, asked.actor_id)?;
    Ok(all(service.stored_secrets(&actor, place).await?))
}

/// Keeps a secret, or another value of the one that has its name at that place; all that hold there then.
#[utoipa::path(post, path = "/v1/secrets", tag = "secrets", request_body = SecretRequest,
    responses((status = 200, body = Data<Vec<SecretBody>>), Failures))]
async fn upsert(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<SecretRequest>,
) -> Answer {
    let place = place(request.environment_id, request.space_id, request.actor_id)?;
    Ok(all(service.store_secret(&actor, place, request.name, &request.value).await?))
}

/// Deletes a secret; all that hold at its place then.
#[utoipa::path(delete, path = "/v1/secrets/{secretId}", tag = "secrets", params(("secretId" = String, Path)),
    responses((status = 200, body = Data<Vec<SecretBody>>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SecretId>,
) -> Answer {
    Ok(all(service.delete_secret(&actor, &id).await?))
}
