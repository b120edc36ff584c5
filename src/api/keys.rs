//! `/v1/auth/api-keys`, `api-key` and `publishable-key`: the keys of an environment.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Asked, Caller};
use super::query::EnvironmentParameter;
use super::shape;
use super::wire::key::{ApiKeyBody, ApiKeyType};
use crate::service::Service;
use crate::service::keys::ApiKey;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(publishable)).routes(routes!(create, delete))
}

/// What a new key opens.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TypeParameter {
    /// `SECRET` or `PUBLISHABLE`.
    #[serde(rename = "type")]
    #[param(rename = "type", required = true, schema_with = shape::words::<ApiKeyType>)]
    kind: ApiKeyType,
}

/// Which key.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct KeyParameter {
    /// Its id, or the key itself.
    key: String,
}

fn bodies(keys: Vec<ApiKey>) -> axum::Json<Data<Vec<ApiKeyBody>>> {
    data(keys.into_iter().map(ApiKeyBody::from).collect())
}

/// The keys of an environment, the oldest first, in plain text where it is kept.
#[utoipa::path(get, path = "/v1/auth/api-keys", tag = "apiKeys", params(EnvironmentParameter),
    responses((status = 200, body = Data<Vec<ApiKeyBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EnvironmentParameter>,
) -> Answer<Data<Vec<ApiKeyBody>>> {
    Ok(bodies(service.api_keys(&actor, &asked.or_own(&actor)?).await?))
}

/// The publishable key of an environment: the newest, when there are several.
#[utoipa::path(get, path = "/v1/auth/publishable-key", tag = "apiKeys", params(EnvironmentParameter),
    responses((status = 200, body = Data<ApiKeyBody>), Failures))]
async fn publishable(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EnvironmentParameter>,
) -> Answer<Data<ApiKeyBody>> {
    Ok(data(service.publishable_key(&actor, &asked.or_own(&actor)?).await?.into()))
}

/// Makes a key. The answer is all keys of the environment, the new one last.
#[utoipa::path(post, path = "/v1/auth/api-key", tag = "apiKeys", params(EnvironmentParameter, TypeParameter),
    responses((status = 200, body = Data<Vec<ApiKeyBody>>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EnvironmentParameter>,
    Asked(TypeParameter { kind }): Asked<TypeParameter>,
) -> Answer<Data<Vec<ApiKeyBody>>> {
    let (_, all) = service.create_api_key(&actor, &asked.or_own(&actor)?, kind.into()).await?;
    Ok(bodies(all))
}

/// Revokes a key; it opens nothing from then on.
#[utoipa::path(delete, path = "/v1/auth/api-key", tag = "apiKeys", params(EnvironmentParameter, KeyParameter),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EnvironmentParameter>,
    Asked(KeyParameter { key }): Asked<KeyParameter>,
) -> Answer<Data<Success>> {
    service.delete_api_key(&actor, &asked.or_own(&actor)?, &key).await?;
    Ok(success())
}
