//! `/v1/invitations`.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Success, success};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, Json, known};
use super::wire::guest::InviteRequest;
use crate::service::Service;
use crate::service::invitations::{Invite, Wording};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(create))
}

/// Invites guests into spaces that they may enter, by a mail with a link. Where no mail server is set up nothing is
/// sent, and `GET /v1/guests/{guestId}/token` gives what opens the space.
#[utoipa::path(post, path = "/v1/invitations", tag = "invitations", request_body = Vec<InviteRequest>,
    responses((status = 200, body = Data<Success>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(requests): Json<Vec<InviteRequest>>,
) -> ApiResult<axum::Json<Data<Success>>> {
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
