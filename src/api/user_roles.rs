//! `/v1/roles` and `/v1/users/{userId}/roles`: what people may do.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Caller, Json, Named, NamedWith, known};
use super::wire::user::{ActorRoleBody, RoleAssignment, RoleBody};
use crate::domain::ids::UserId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(roles))
        .routes(routes!(list_roles, assign_role))
        .routes(routes!(take_role))
}

/// The roles that can be given.
#[utoipa::path(get, path = "/v1/roles", tag = "roles",
    responses((status = 200, body = Data<Vec<RoleBody>>), Failures))]
async fn roles(State(service): State<Arc<Service>>, Caller(actor): Caller) -> Answer<Data<Vec<RoleBody>>> {
    Ok(data(service.roles(&actor).await?.into_iter().map(RoleBody::from).collect()))
}

/// The roles of a person: one, or none.
#[utoipa::path(get, path = "/v1/users/{userId}/roles", tag = "userRoles", params(("userId" = String, Path)),
    responses((status = 200, body = Data<Vec<ActorRoleBody>>), Failures))]
async fn list_roles(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
) -> Answer<Data<Vec<ActorRoleBody>>> {
    let found = service.user_roles(&actor, &id).await?;
    Ok(data(found.into_iter().map(ActorRoleBody::try_from).collect::<Result<_, _>>()?))
}

/// Gives a person a role in the account, or in one environment or space alone. A person has one.
#[utoipa::path(post, path = "/v1/users/{userId}/roles", tag = "userRoles", params(("userId" = String, Path)),
    request_body = RoleAssignment, responses((status = 200, body = Data<ActorRoleBody>), Failures))]
async fn assign_role(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
    Json(request): Json<RoleAssignment>,
) -> Answer<Data<ActorRoleBody>> {
    Ok(data(service.assign_user_role(&actor, &id, &request.into()).await?.try_into()?))
}

/// Takes a role away. A person without one can do nothing.
#[utoipa::path(delete, path = "/v1/users/{userId}/roles/{actorRoleId}", tag = "userRoles",
    params(("userId" = String, Path), ("actorRoleId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn take_role(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, role): NamedWith<UserId>,
) -> Answer<Data<Success>> {
    service.take_user_role(&actor, &id, &known(&role)?).await?;
    Ok(success())
}
