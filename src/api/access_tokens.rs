//! `/v1/auth`: credentials become access tokens, people have tokens of their own.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::Failures;
use super::extract::{Asked, Caller, ClientAddress, Json, Named};
use super::query::PageParameters;
use super::wire::access_token::{
    AccessGrantBody, ApiToken, CredentialsRequest, NewPersonalAccessToken, PersonalAccessTokenBody,
    PersonalAccessTokenRequest,
};
use crate::domain::ids::{AccessTokenId, UserId};
use crate::domain::tenant::AccessTokenKind::{Client, Personal};
use crate::service::{Page, Service};

/// What a client is called: the contract gives no name to it.
const CLIENT_NAME: &str = "API token";

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(exchange))
        .routes(routes!(refresh))
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(list_clients, create_client))
}

/// Exchanges an e-mail address and a password, or the id and secret of a client, for an access token.
#[utoipa::path(post, path = "/v1/auth", tag = "auth", request_body = CredentialsRequest, security(()),
    responses((status = 200, body = AccessGrantBody), Failures))]
async fn exchange(
    State(service): State<Arc<Service>>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<CredentialsRequest>,
) -> Answer<AccessGrantBody> {
    Ok(axum::Json(service.exchange_credentials(request.read()?, from).await?.into()))
}

/// Gives another token for an access token, which ends by it, or for the token of a space.
#[utoipa::path(post, path = "/v1/auth/refresh-token", tag = "auth", request_body = String, security(()),
    responses((status = 200, body = AccessGrantBody), Failures))]
async fn refresh(State(service): State<Arc<Service>>, Json(token): Json<String>) -> Answer<AccessGrantBody> {
    Ok(axum::Json(service.refresh_token(&token).await?.into()))
}

/// The personal access tokens of who asks, the oldest first.
#[utoipa::path(get, path = "/v1/auth/personal-access-tokens", tag = "personalAccessTokens",
    responses((status = 200, body = Data<Vec<PersonalAccessTokenBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
) -> Answer<Data<Vec<PersonalAccessTokenBody>>> {
    // A person has fewer.
    let found = service.access_tokens(&actor, Personal, Page::first(1_000)).await?;
    Ok(data(found.items.into_iter().map(PersonalAccessTokenBody::from).collect()))
}

/// Makes a personal access token. The answer is the only one that tells it.
#[utoipa::path(post, path = "/v1/auth/personal-access-tokens", tag = "personalAccessTokens",
    request_body = PersonalAccessTokenRequest,
    responses((status = 200, body = Data<NewPersonalAccessToken>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<PersonalAccessTokenRequest>,
) -> Answer<Data<NewPersonalAccessToken>> {
    let (token, made) = service.create_access_token(&actor, Personal, &request.name).await?;
    Ok(data(NewPersonalAccessToken { token, personal_access_token: made.into() }))
}

/// Revokes a personal access token, or a client; it opens nothing from then on.
#[utoipa::path(delete, path = "/v1/auth/personal-access-tokens/{accessTokenId}", tag = "personalAccessTokens",
    params(("accessTokenId" = String, Path)), responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AccessTokenId>,
) -> Answer<Data<Success>> {
    service.delete_access_token(&actor, &id).await?;
    Ok(success())
}

/// The clients of a person, the oldest first, without their secrets. A person sees their own.
#[utoipa::path(get, path = "/v1/users/{userId}/api-token", tag = "apiTokens",
    params(("userId" = String, Path), PageParameters),
    responses((status = 200, body = Listed<ApiToken>), Failures))]
async fn list_clients(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(user): Named<UserId>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<ApiToken>> {
    let page = page.page(10)?;
    service.expect_self(&actor, &user).await?;
    let found = service.access_tokens(&actor, Client, page).await?;
    Ok(listed(page, found, |token| ApiToken::new(token, None)))
}

/// Makes a client of one's own. The answer is the only one that tells its secret, for `POST /v1/auth`.
#[utoipa::path(post, path = "/v1/users/{userId}/api-token", tag = "apiTokens",
    params(("userId" = String, Path)), responses((status = 200, body = Data<ApiToken>), Failures))]
async fn create_client(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(user): Named<UserId>,
) -> Answer<Data<ApiToken>> {
    service.expect_self(&actor, &user).await?;
    let (secret, made) = service.create_access_token(&actor, Client, CLIENT_NAME).await?;
    Ok(data(ApiToken::new(made, Some(secret))))
}
