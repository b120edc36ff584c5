//! `/v1/environments`, `/v1/accounts/current` and the token by which listeners subscribe.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named};
use super::query::PageParameters;
use super::wire::environment::{
    AccountBody, AccountChanges, BareEnvironment, EnvironmentBody, EnvironmentChanges, EnvironmentRequest,
    EventToken,
};
use crate::domain::access::Actor;
use crate::domain::ids::EnvironmentId;
use crate::domain::tenant::Account;
use crate::service::environments::AccountChange;
use crate::service::{Page, Service};

/// The key in the path of a subscription. There is one for everybody: the token decides.
pub const SUBSCRIBE_KEY: &str = "sub-c-inlet";

/// Environments whose sites the account tells.
const MOST_ENVIRONMENTS: u64 = 1_000;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(subscription_token))
        .routes(routes!(get, update, delete))
        .routes(routes!(account, update_account))
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

/// Makes an environment; only for admins of the whole account, not for the key of an environment.
#[utoipa::path(post, path = "/v1/environments", tag = "environments", request_body = EnvironmentRequest,
    responses((status = 200, body = Data<EnvironmentBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<EnvironmentRequest>,
) -> Answer<Data<EnvironmentBody>> {
    Ok(data(service.create_environment(&actor, request.into()).await?.into()))
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

/// Changes an environment.
#[utoipa::path(patch, path = "/v1/environments/{environmentId}", tag = "environments",
    params(("environmentId" = String, Path)), request_body = EnvironmentChanges,
    responses((status = 200, body = BareEnvironment), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EnvironmentId>,
    Json(request): Json<EnvironmentChanges>,
) -> Answer<BareEnvironment> {
    Ok(axum::Json(service.update_environment(&actor, &id, request.into()).await?.into()))
}

/// Deletes an environment with its spaces; its keys open nothing from then on. The last one stays.
#[utoipa::path(delete, path = "/v1/environments/{environmentId}", tag = "environments",
    params(("environmentId" = String, Path)), responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EnvironmentId>,
) -> Answer<Data<Success>> {
    service.delete_environment(&actor, &id).await?;
    Ok(success())
}

/// The account of the key.
#[utoipa::path(get, path = "/v1/accounts/current", tag = "environments",
    responses((status = 200, body = Data<AccountBody>), Failures))]
async fn account(State(service): State<Arc<Service>>, Caller(actor): Caller) -> Answer<Data<AccountBody>> {
    let account = service.account(&actor).await?;
    answer(&service, &actor, account).await
}

/// Changes the account; only for admins of the whole account, not for the key of an environment.
#[utoipa::path(patch, path = "/v1/accounts/current", tag = "environments", request_body = AccountChanges,
    responses((status = 200, body = Data<AccountBody>), Failures))]
async fn update_account(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<AccountChanges>,
) -> Answer<Data<AccountBody>> {
    let AccountChanges { name, default_app_id } = request;
    let account = service.update_account(&actor, AccountChange { name, default_app_id }).await?;
    answer(&service, &actor, account).await
}

async fn answer(service: &Service, actor: &Actor, account: Account) -> Answer<Data<AccountBody>> {
    let environments = service.environments(actor, Page::first(MOST_ENVIRONMENTS)).await?;
    Ok(data(AccountBody::new(account, environments.items)))
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
