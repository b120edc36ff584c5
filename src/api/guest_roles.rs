//! `/v1/guests/{guestId}/roles`: what guests may do in spaces and workbooks.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Caller, Json, Named, NamedWith, known};
use super::wire::user::{ActorRoleBody, RoleAssignment};
use crate::domain::ids::GuestId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, assign)).routes(routes!(take))
}

/// The roles of a guest. Without one they read, write records and files and run jobs.
#[utoipa::path(get, path = "/v1/guests/{guestId}/roles", tag = "guestRoles", params(("guestId" = String, Path)),
    responses((status = 200, body = Data<Vec<ActorRoleBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
) -> Answer<Data<Vec<ActorRoleBody>>> {
    let found = service.guest_roles(&actor, &id).await?;
    let account = &actor.scope.account_id;
    let body = |role| ActorRoleBody::of_guest(account, role);
    Ok(data(found.into_iter().map(body).collect::<Result<_, _>>()?))
}

/// Gives a guest a role in a space that they may enter, or in a workbook of it, which goes before that in the space.
#[utoipa::path(post, path = "/v1/guests/{guestId}/roles", tag = "guestRoles", params(("guestId" = String, Path)),
    request_body = RoleAssignment, responses((status = 200, body = Data<ActorRoleBody>), Failures))]
async fn assign(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<GuestId>,
    Json(request): Json<RoleAssignment>,
) -> Answer<Data<ActorRoleBody>> {
    let given = service.assign_guest_role(&actor, &id, &request.into()).await?;
    Ok(data(ActorRoleBody::of_guest(&actor.scope.account_id, given)?))
}

/// Takes a role from a guest.
#[utoipa::path(delete, path = "/v1/guests/{guestId}/roles/{actorRoleId}", tag = "guestRoles",
    params(("guestId" = String, Path), ("actorRoleId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn take(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, role): NamedWith<GuestId>,
) -> Answer<Data<Success>> {
    service.take_guest_role(&actor, &id, &known(&role)?).await?;
    Ok(success())
}
