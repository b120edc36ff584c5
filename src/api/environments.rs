//! `/v1/environments`, `/v1/accounts/current` and the token by which listeners subscribe.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Listed, data, listed};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Named};
use super::query::PageParameters;
use super::wire::environment::{AccountBody, EnvironmentBody, EnvironmentRequest, EventToken};
use crate::domain::access::Actor;
use crate::domain::ids::EnvironmentId;
use crate::service::Service;
use crate::service::environments::NewEnvironment;

type Answer<T> = ApiResult<axum::Json<T>>;

/// The key in the path of a subscription. There is one for everybody: the token decides.
pub const SUBSCRIBE_KEY: &str = "sub-c-inlet";

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(subscription_token))
        .routes(routes!(get))
        .routes(routes!(account))
        .routes(routes!(subscription))
}

/// The environments that the key opens.
#[utoipa::path(get, path = "/v1/environments", tag = "environments", params(PageParameters),
    responses((status = 200, body = Listed<EnvironmentBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<EnvironmentBody>> {
    let page = page.page(10)?;
    Ok(listed(page, service.environments(&actor, page).await?, EnvironmentBody::from))
}

/// Makes an environment.
#[utoipa::path(post, path = "/v1/environments", tag = "environments", request_body = EnvironmentRequest,
    responses((status = 200, body = Data<EnvironmentBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<EnvironmentRequest>,
) -> Answer<Data<EnvironmentBody>> {
    let new = NewEnvironment {
        name: request.name,
        is_prod: request.is_prod,
        guest_authentication: request.guest_authentication.unwrap_or_default(),
        namespaces: request.namespaces.unwrap_or_default(),
        metadata: request.metadata.unwrap_or_default().into(),
    };
    Ok(data(service.create_environment(&actor, new).await?.into()))
}

/// One environment.
#[utoipa::path(get, path = "/v1/environments/{environmentId}", tag = "environments",
    params(("environmentId" = String, Path)),
    responses((status = 200, body = Data<EnvironmentBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EnvironmentId>,
) -> Answer<Data<EnvironmentBody>> {
    Ok(data(service.environment(&actor, &id).await?.into()))
}

/// The account of the key.
#[utoipa::path(get, path = "/v1/accounts/current", tag = "environments",
    responses((status = 200, body = Data<AccountBody>), Failures))]
async fn account(State(service): State<Arc<Service>>, Caller(actor): Caller) -> Answer<Data<AccountBody>> {
    Ok(data(service.account(&actor).await?.into()))
}

/// What a listener subscribes to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ScopeParameters {
    /// An environment or a space.
    scope: Option<String>,
    /// A space; the old way to say it.
    space_id: Option<String>,
    /// An environment; the way of `/v1/environments/subscription-token`.
    environment_id: Option<String>,
}

/// A token for the events of an environment.
#[utoipa::path(get, path = "/v1/environments/subscription-token", tag = "events", params(ScopeParameters),
    responses((status = 200, body = Data<EventToken>), Failures))]
async fn subscription_token(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<ScopeParameters>,
) -> Answer<Data<EventToken>> {
    token(&service, &actor, asked).await
}

/// A token for the events of an environment or a space.
#[utoipa::path(get, path = "/v1/subscription", tag = "events", params(ScopeParameters),
    responses((status = 200, body = Data<EventToken>), Failures))]
async fn subscription(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<ScopeParameters>,
) -> Answer<Data<EventToken>> {
    token(&service, &actor, asked).await
}

async fn token(service: &Service, actor: &Actor, asked: ScopeParameters) -> Answer<Data<EventToken>> {
    let own = || actor.scope.environment_id.as_ref().map(ToString::to_string);
    let scope = asked.scope.or(asked.space_id).or(asked.environment_id).or_else(own).ok_or_else(|| {
        ApiError::bad("scope", "name the environment or space to subscribe to: `scope=us_env_…`")
    })?;
    let (token, ttl) = service.subscription_token(actor, &scope).await?;
    Ok(data(EventToken {
        account_id: actor.scope.account_id.to_string(),
        subscribe_key: SUBSCRIBE_KEY.to_string(),
        ttl,
        token,
    }))
}
