//! `/v1/events`: the log for clients that poll, and for events of their own.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named, known};
use super::query::PageParameters;
use super::wire::event::{EventBody, EventRequest};
use crate::domain::event::Event;
use crate::domain::ids::{EventId, Id};
use crate::domain::time::Timestamp;
use crate::service::Service;
use crate::store::events::EventFilter;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get)).routes(routes!(acknowledge))
}

/// Which events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct EventParameters {
    /// Only those of this environment.
    environment_id: Option<String>,
    /// Only those of this space.
    space_id: Option<String>,
    /// Only those of this domain, such as `job`.
    domain: Option<String>,
    /// Only those of this topic, such as `job:ready`.
    topic: Option<String>,
    /// Only those after this moment, or after the event of this id: ask with the last one that is known, and none is
    /// missed and none comes twice.
    since: Option<String>,
    /// `true` for those, too, that somebody acknowledged.
    include_acknowledged: Option<bool>,
}

/// The events of the environment, the oldest first.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(EventParameters, PageParameters),
    responses((status = 200, body = Listed<EventBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<EventParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<EventBody>> {
    let page = page.page(10)?;
    let (since, after) = match asked.since.as_deref() {
        None => (None, None),
        Some(text) if text.starts_with(EventId::PREFIX) => (None, Some(known::<EventId>(text)?)),
        Some(text) => {
            let moment = Timestamp::parse(text).map_err(|error| ApiError::bad("since", error.to_string()))?;
            (Some(moment), None)
        }
    };
    let filter = EventFilter {
        environment_id: asked.environment_id.map(|id| known(&id)).transpose()?,
        space_id: asked.space_id.map(|id| known(&id)).transpose()?,
        domain: asked.domain,
        topic: asked.topic,
        topic_prefix: None,
        since,
        after,
        include_acknowledged: asked.include_acknowledged.unwrap_or(false),
    };
    Ok(listed(page, service.events(&actor, &filter, page).await?, wire))
}

/// Puts an event of the caller's own into the log.
#[utoipa::path(post, path = "/v1/events", tag = "events", request_body = EventRequest,
    responses((status = 200, body = Data<EventBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<EventRequest>,
) -> Answer<Data<EventBody>> {
    Ok(data(wire(service.create_event(&actor, request.into()).await?)))
}

/// One event.
#[utoipa::path(get, path = "/v1/events/{eventId}", tag = "events", params(("eventId" = String, Path)),
    responses((status = 200, body = Data<EventBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EventId>,
) -> Answer<Data<EventBody>> {
    Ok(data(wire(service.event(&actor, &id).await?)))
}

/// Marks an event as seen: lists leave it out.
#[utoipa::path(post, path = "/v1/events/{eventId}/ack", tag = "events", params(("eventId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn acknowledge(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EventId>,
) -> Answer<Data<Success>> {
    service.acknowledge_event(&actor, &id).await?;
    Ok(success())
}

fn wire(event: Event) -> EventBody {
    EventBody(event.to_wire())
}
