//! `/v1/webhooks`: addresses that are told of events.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::Failures;
use super::extract::{Asked, Caller, Json, Named, known};
use super::query::PageParameters;
use super::wire::webhook::{WebhookBody, WebhookChanges, WebhookRequest};
use crate::domain::event::Topic;
use crate::domain::ids::{EnvironmentId, SpaceId, WebhookId};
use crate::domain::webhook::filter::EventChoice;
use crate::service::Service;
use crate::service::webhooks::{EndpointChange, NewEndpoint};

/// Webhooks on a page unless told otherwise.
const ON_A_PAGE: u64 = 100;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(rotate_secret))
        .routes(routes!(enable))
}

/// Which webhooks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct WebhookParameters {
    /// Only those of this environment.
    environment_id: Option<String>,
    /// Only those of this space.
    space_id: Option<String>,
}

/// The webhooks of the environment, in the order in which they were made.
#[utoipa::path(get, path = "/v1/webhooks", tag = "webhooks", params(WebhookParameters, PageParameters),
    responses((status = 200, body = Listed<WebhookBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<WebhookParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<WebhookBody>> {
    let page = page.page(ON_A_PAGE)?;
    let environment = asked.environment_id.map(|id| known::<EnvironmentId>(&id)).transpose()?;
    let space = asked.space_id.map(|id| known::<SpaceId>(&id)).transpose()?;
    let found = service.webhooks(&actor, environment.as_ref(), space.as_ref(), page).await?;
    Ok(listed(page, found, WebhookBody::from))
}

/// Makes a webhook. It hears of what happens from now on. The answer is the only one that tells its secret.
#[utoipa::path(post, path = "/v1/webhooks", tag = "webhooks", request_body = WebhookRequest,
    responses((status = 200, body = Data<WebhookBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<WebhookRequest>,
) -> Answer<Data<WebhookBody>> {
    let new = NewEndpoint {
        environment_id: request.environment_id.map(|id| known(&id)).transpose()?,
        space_id: request.space_id.map(|id| known(&id)).transpose()?,
        name: request.name,
        url: request.url,
        choice: EventChoice {
            topics: request.topics.unwrap_or_else(|| vec![Topic::JobReady.as_str().to_string()]),
            job: request.job,
            namespaces: request.namespaces.unwrap_or_default(),
        },
    };
    Ok(data(service.create_webhook(&actor, new).await?.into()))
}

/// One webhook.
#[utoipa::path(get, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    responses((status = 200, body = Data<WebhookBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
) -> Answer<Data<WebhookBody>> {
    Ok(data(service.webhook(&actor, &id).await?.into()))
}

/// Changes a webhook.
#[utoipa::path(patch, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    request_body = WebhookChanges, responses((status = 200, body = Data<WebhookBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
    Json(request): Json<WebhookChanges>,
) -> Answer<Data<WebhookBody>> {
    let change = EndpointChange {
        name: request.name,
        url: request.url,
        topics: request.topics,
        job: request.job,
        namespaces: request.namespaces,
        paused: request.paused,
    };
    Ok(data(service.update_webhook(&actor, &id, change).await?.into()))
}

/// Deletes a webhook with what was on its way to it.
#[utoipa::path(delete, path = "/v1/webhooks/{webhookId}", tag = "webhooks", params(("webhookId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
) -> Answer<Data<Success>> {
    service.delete_webhook(&actor, &id).await?;
    Ok(success())
}

/// Gives a webhook another secret, which only this answer tells. The one before signs too for a day.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/rotate-secret", tag = "webhooks",
    params(("webhookId" = String, Path)), responses((status = 200, body = Data<WebhookBody>), Failures))]
async fn rotate_secret(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
) -> Answer<Data<WebhookBody>> {
    Ok(data(service.rotate_webhook_secret(&actor, &id).await?.into()))
}

/// Lets a paused or disabled webhook go on. One that was disabled hears of what happens from now on.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/enable", tag = "webhooks",
    params(("webhookId" = String, Path)), responses((status = 200, body = Data<WebhookBody>), Failures))]
async fn enable(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
) -> Answer<Data<WebhookBody>> {
    Ok(data(service.enable_webhook(&actor, &id).await?.into()))
}
