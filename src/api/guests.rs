//! `/v1/guests`: the people who may enter single spaces.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Maybe, Named, known};
use super::wire::guest::{GuestBody, GuestChanges, GuestRequest, GuestToken, grants};
use crate::domain::ids::{GuestId, SpaceId};
use crate::service::Service;
use crate::service::guests::{GuestChange, NewGuest};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(token))
}

/// Which guests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct GuestParameters {
    /// The space that they may enter.
    space_id: Option<String>,
    /// Only the one of this address.
    email: Option<String>,
}

/// The guests of a space, the oldest first.
#[utoipa::path(get, path = "/v1/guests", tag = "guests", params(GuestParameters),
    responses((status = 200, body = Data<Vec<GuestBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<GuestParameters>,
) -> Answer<Data<Vec<GuestBody>>> {
    let Some(space) = asked.space_id else {
        return Err(ApiError::bad("spaceId", "name the space: `spaceId=us_sp_…`"));
    };
    let found = service.guests(&actor, &known(&space)?, asked.email.as_deref()).await?;
    Ok(data(found.into_iter().map(GuestBody::from).collect()))
}

/// Makes guests, or gives those of a known address more spaces.
#[utoipa::path(post, path = "/v1/guests", tag = "guests", request_body = Vec<GuestRequest>,
    responses((status = 200, body = Data<Vec<GuestBody>>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(requests): Json<Vec<GuestRequest>>,
) -> Answer<Data<Vec<GuestBody>>> {
    let read = |(position, request): (usize, GuestRequest)| {
        Ok(NewGuest {
            environment_id: request.environment_id.map(|id| known(&id)).transpose()?,
            email: request.email,
            name: request.name,
            spaces: grants(request.spaces).map_err(|error| error.within(&format!("[{position}]")))?,
        })
    };
    let new = requests.into_iter().enumerate().map(read).collect::<ApiResult<_>>()?;
    let made = service.create_guests(&actor, new).await?;
    Ok(data(made.into_iter().map(GuestBody::from).collect()))
}

/// One guest.
#[utoipa::path(get, path = "/v1/guests/{guestId}", tag = "guests", params(("guestId" = String, Path)),
    responses((status = 200, body = Data<GuestBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
) -> Answer<Data<GuestBody>> {
    Ok(data(service.guest(&actor, &id).await?.into()))
}

/// Changes a guest.
#[utoipa::path(patch, path = "/v1/guests/{guestId}", tag = "guests", params(("guestId" = String, Path)),
    request_body = Option<GuestChanges>, responses((status = 200, body = Data<GuestBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
    Maybe(request): Maybe<GuestChanges>,
) -> Answer<Data<GuestBody>> {
    let change = GuestChange {
        environment_id: request.environment_id.map(|id| known(&id)).transpose()?,
        email: request.email,
        name: request.name,
        spaces: request.spaces.map(grants).transpose()?,
    };
    Ok(data(service.update_guest(&actor, &id, change).await?.into()))
}

/// Of which space.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SpaceParameter {
    /// The space.
    space_id: Option<String>,
}

impl SpaceParameter {
    fn id(self) -> ApiResult<Option<SpaceId>> {
        self.space_id.map(|id| known(&id)).transpose()
    }
}

/// Deletes a guest, or with `spaceId` only takes that space from them.
#[utoipa::path(delete, path = "/v1/guests/{guestId}", tag = "guests",
    params(("guestId" = String, Path), SpaceParameter),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
    Asked(asked): Asked<SpaceParameter>,
) -> Answer<Data<Success>> {
    service.delete_guest(&actor, &id, asked.id()?.as_ref()).await?;
    Ok(success())
}

/// A token by which a guest comes into a space; `spaceId` may be left out where there is only one.
#[utoipa::path(get, path = "/v1/guests/{guestId}/token", tag = "guests",
    params(("guestId" = String, Path), SpaceParameter),
    responses((status = 200, body = Data<GuestToken>), Failures))]
async fn token(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
    Asked(asked): Asked<SpaceParameter>,
) -> Answer<Data<GuestToken>> {
    let token = service.guest_token(&actor, &id, asked.id()?.as_ref()).await?;
    Ok(data(GuestToken { token, valid: true }))
}
