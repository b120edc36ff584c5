//! `/v1/agents/{agentId}/roles`: what agents may do.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Caller, Json, Named, NamedWith, known};
use super::wire::user::{ActorRoleBody, RoleAssignment};
use crate::domain::ids::AgentId;
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, assign)).routes(routes!(take))
}

/// The roles of an agent: one, or none.
#[utoipa::path(get, path = "/v1/agents/{agentId}/roles", tag = "agentRoles", params(("agentId" = String, Path)),
    responses((status = 200, body = Data<Vec<ActorRoleBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
) -> Answer<Data<Vec<ActorRoleBody>>> {
    let found = service.agent_roles(&actor, &id).await?;
    Ok(data(found.into_iter().map(ActorRoleBody::try_from).collect::<Result<_, _>>()?))
}

/// Gives an agent a role in its environment, or in one space of it alone. An agent has one: that of an admin does there
/// what a secret key may.
#[utoipa::path(post, path = "/v1/agents/{agentId}/roles", tag = "agentRoles", params(("agentId" = String, Path)),
    request_body = RoleAssignment, responses((status = 200, body = Data<ActorRoleBody>), Failures))]
async fn assign(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
    Json(request): Json<RoleAssignment>,
) -> Answer<Data<ActorRoleBody>> {
    Ok(data(service.assign_agent_role(&actor, &id, &request.into()).await?.try_into()?))
}

/// Takes the role of an agent away. Without one it may do nothing, and hears of nothing.
#[utoipa::path(delete, path = "/v1/agents/{agentId}/roles/{actorRoleId}", tag = "agentRoles",
    params(("agentId" = String, Path), ("actorRoleId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn take(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, role): NamedWith<AgentId>,
) -> Answer<Data<Success>> {
    service.take_agent_role(&actor, &id, &known(&role)?).await?;
    Ok(success())
}
