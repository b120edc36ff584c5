//! `/v1/webhooks/{webhookId}/deliveries`: what was sent, what came of it, and sending it once more.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, data, listed};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Named, NamedWith, known};
use super::query::PageParameters;
use super::wire::webhook::{DeliveryBody, Replayed};
use crate::domain::ids::{DeliveryId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::webhook::DeliveryState;
use crate::service::Service;

/// Deliveries on a page unless told otherwise.
const ON_A_PAGE: u64 = 50;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(test))
        .routes(routes!(replay))
        .routes(routes!(replay_many))
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct DeliveryParameters {
    /// Only those that are `waiting`, `retrying`, `delivered` or `failed`.
    state: Option<String>,
}

/// The deliveries of a webhook, the latest first.
#[utoipa::path(get, path = "/v1/webhooks/{webhookId}/deliveries", tag = "webhook-deliveries",
    params(("webhookId" = String, Path), DeliveryParameters, PageParameters),
    responses((status = 200, body = Listed<DeliveryBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
    Asked(asked): Asked<DeliveryParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<DeliveryBody>> {
    let page = page.page(ON_A_PAGE)?;
    let state = asked.state.map(|state| {
        let words = "use one of waiting, retrying, delivered, failed";
        DeliveryState::parse(&state).ok_or_else(|| ApiError::bad("state", words))
    });
    let found = service.deliveries(&actor, &id, state.transpose()?, page).await?;
    Ok(listed(page, found, DeliveryBody::from))
}

/// One delivery, with what is sent.
#[utoipa::path(get, path = "/v1/webhooks/{webhookId}/deliveries/{deliveryId}", tag = "webhook-deliveries",
    params(("webhookId" = String, Path), ("deliveryId" = String, Path)),
    responses((status = 200, body = Data<DeliveryBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, delivery): NamedWith<WebhookId>,
) -> Answer<Data<DeliveryBody>> {
    let delivery: DeliveryId = known(&delivery)?;
    Ok(data(service.delivery(&actor, &id, &delivery).await?.into()))
}

/// Sends an event of the topic `webhook:test`, which is in no log.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/test", tag = "webhook-deliveries",
    params(("webhookId" = String, Path)), responses((status = 200, body = Data<DeliveryBody>), Failures))]
async fn test(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
) -> Answer<Data<DeliveryBody>> {
    Ok(data(service.test_webhook(&actor, &id).await?.into()))
}

/// Sends one event once more, under the same `webhook-id`.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/deliveries/{deliveryId}/replay", tag = "webhook-deliveries",
    params(("webhookId" = String, Path), ("deliveryId" = String, Path)),
    responses((status = 200, body = Data<DeliveryBody>), Failures))]
async fn replay(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, delivery): NamedWith<WebhookId>,
) -> Answer<Data<DeliveryBody>> {
    let delivery: DeliveryId = known(&delivery)?;
    Ok(data(service.replay_delivery(&actor, &id, &delivery).await?.into()))
}

/// What is sent once more.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct ReplayParameters {
    /// Everything that happened since this moment; when absent, what was given up.
    #[param(value_type = Option<String>)]
    since: Option<Timestamp>,
}

/// Sends once more what was given up, or everything since a moment, under the ids that the events have.
#[utoipa::path(post, path = "/v1/webhooks/{webhookId}/replay", tag = "webhook-deliveries",
    params(("webhookId" = String, Path), ReplayParameters),
    responses((status = 200, body = Data<Replayed>), Failures))]
async fn replay_many(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WebhookId>,
    Asked(asked): Asked<ReplayParameters>,
) -> Answer<Data<Replayed>> {
    let count = match asked.since {
        Some(since) => service.replay_since(&actor, &id, since).await?,
        None => service.replay_failed(&actor, &id).await?,
    };
    Ok(data(Replayed { count }))
}
