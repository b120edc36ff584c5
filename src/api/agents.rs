//! `/v1/agents`: listeners that run inside the server.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Named, NamedWith, known};
use super::query::{EnvironmentParameter, PageParameters};
use super::wire::agent::{AgentBody, AgentRequest, AgentVersionBody};
use crate::domain::agent::AgentConfig;
use crate::domain::ids::AgentId;
use crate::service::Service;
use crate::service::agents::NewAgent;
use crate::store::agents::AgentFilter;

/// Agents on a page unless told otherwise: the clients read no further.
const ON_A_PAGE: u64 = 100;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(versions))
        .routes(routes!(revert))
}

/// Which agents.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct AgentParameters {
    /// Those that belong to the system, or those that do not.
    is_system: Option<bool>,
    /// Those whose slug contains this.
    search: Option<String>,
}

/// The agents of the environment, in the order in which they were made, without their sources.
#[utoipa::path(get, path = "/v1/agents", tag = "agents",
    params(EnvironmentParameter, AgentParameters, PageParameters),
    responses((status = 200, body = Listed<AgentBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(environment): Asked<EnvironmentParameter>,
    Asked(asked): Asked<AgentParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<AgentBody>> {
    let page = page.page(ON_A_PAGE)?;
    let filter = AgentFilter { is_system: asked.is_system, search: asked.search };
    let found = service.agents(&actor, environment.read()?, &filter, page).await?;
    Ok(listed(page, found, AgentBody::from))
}

/// Deploys an agent: the one of its slug gets another version, or a new one is made.
#[utoipa::path(post, path = "/v1/agents", tag = "agents", params(EnvironmentParameter),
    request_body = AgentRequest, responses((status = 200, body = Data<AgentBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(environment): Asked<EnvironmentParameter>,
    Json(request): Json<AgentRequest>,
) -> Answer<Data<AgentBody>> {
    if let Some(template) = request.template {
        let message =
            format!("this server has no code for the template `{template}`; deploy a bundle as `source`");
        return Err(ApiError::bad("template", message));
    }
    let new = NewAgent {
        slug: request.slug,
        is_system: request.is_system.unwrap_or_default(),
        config: AgentConfig {
            topics: request.topics.unwrap_or_default(),
            compiler: request.compiler,
            namespace: request.namespace,
            options: request.options,
            package_versions: request.package_versions,
            commit_info: request.commit_info,
        },
        source: request.source.unwrap_or_default(),
        source_map: request.source_map,
    };
    Ok(data(service.deploy_agent(&actor, environment.read()?, new).await?.into()))
}

/// One agent with its sources.
#[utoipa::path(get, path = "/v1/agents/{agentId}", tag = "agents", params(("agentId" = String, Path)),
    responses((status = 200, body = Data<AgentBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
) -> Answer<Data<AgentBody>> {
    Ok(data(service.agent(&actor, &id).await?.into()))
}

/// Deletes an agent. What it runs is stopped.
#[utoipa::path(delete, path = "/v1/agents/{agentId}", tag = "agents", params(("agentId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
) -> Answer<Data<Success>> {
    service.delete_agent(&actor, &id).await?;
    Ok(success())
}

/// The last ten versions of an agent, the newest first, without their sources.
#[utoipa::path(get, path = "/v1/agents/{agentId}/versions", tag = "agents", params(("agentId" = String, Path)),
    responses((status = 200, body = Data<Vec<AgentVersionBody>>), Failures))]
async fn versions(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
) -> Answer<Data<Vec<AgentVersionBody>>> {
    let (agent, versions) = service.agent_versions(&actor, &id).await?;
    Ok(data(versions.into_iter().map(|version| AgentVersionBody::new(&agent, version)).collect()))
}

/// Brings a version back, as a new one. Nothing changes when it is the one that runs.
#[utoipa::path(get, path = "/v1/agents/{agentId}/versions/{agentVersionId}/revert", tag = "agents",
    params(("agentId" = String, Path), ("agentVersionId" = String, Path)),
    responses((status = 200, body = Data<AgentVersionBody>), Failures))]
async fn revert(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, version): NamedWith<AgentId>,
) -> Answer<Data<AgentVersionBody>> {
    let (agent, version) = service.revert_agent(&actor, &id, &known(&version)?).await?;
    Ok(data(AgentVersionBody::new(&agent, version)))
}
