//! `/v1/invitations`: guests are invited, and who was invited comes in.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, ClientAddress, Json, known};
use super::wire::guest::InviteRequest;
use super::wire::user::{ExchangeBody, ExchangeRequest};
use crate::service::Service;
use crate::service::guest_invitations::{Invite, Wording};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(exchange))
}

/// Invites guests into spaces that they may enter, by a mail with a link. Where no mail server is set up nothing is
/// sent, and `GET /v1/guests/{guestId}/token` gives what opens the space.
#[utoipa::path(post, path = "/v1/invitations", tag = "invitations", request_body = Vec<InviteRequest>,
    responses((status = 200, body = Data<Success>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(requests): Json<Vec<InviteRequest>>,
) -> Answer<Data<Success>> {
    let invites = requests.into_iter().map(|request| {
        Ok(Invite {
            guest_id: known(&request.guest_id)?,
            space_id: known(&request.space_id)?,
            wording: Wording { from_name: request.from_name, message: request.message },
        })
    });
    service.invite(&actor, invites.collect::<ApiResult<_>>()?).await?;
    Ok(success())
}

/// Exchanges the token of an invitation, or of a guest's link, for an access token; or sends another to who is invited
/// by that address.
#[utoipa::path(post, path = "/v1/invitations/exchange", tag = "invitations", request_body = ExchangeRequest, security(()),
    responses((status = 200, body = Data<ExchangeBody>), Failures))]
async fn exchange(
    State(service): State<Arc<Service>>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<ExchangeRequest>,
) -> Answer<Data<ExchangeBody>> {
    let token = request.token.unwrap_or_default();
    let (email, space) = (request.email.as_deref(), request.space_id.as_deref());
    Ok(data(service.exchange_invitation(&token, email, space, from).await?.into()))
}
