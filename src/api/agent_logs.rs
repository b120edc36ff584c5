//! `/v1/agents/…/logs` and `/v1/agents/executions`: what agents did.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, data, listed};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named, known};
use super::query::{EnvironmentParameter, PageParameters};
use super::wire::agent::AgentLogBody;
use crate::domain::access::Actor;
use crate::domain::agent::AgentRun;
use crate::domain::ids::{AgentId, EventId};
use crate::service::Service;
use crate::store::agents::runs::RunFilter;

/// Runs on a page unless told otherwise.
const ON_A_PAGE: u64 = 20;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(logs_of_agent))
        .routes(routes!(log_of_event))
        .routes(routes!(logs))
        .routes(routes!(executions))
}

/// Which runs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct RunParameters {
    /// Those of one agent.
    agent_id: Option<String>,
    /// Those on events of one space.
    space_id: Option<String>,
    /// Those that ended well, or those that did not.
    success: Option<bool>,
}

impl RunParameters {
    fn read(self) -> ApiResult<RunFilter> {
        Ok(RunFilter {
            agent_id: self.agent_id.map(|id| known(&id)).transpose()?,
            space_id: self.space_id.map(|id| known(&id)).transpose()?,
            event_id: None,
            success: self.success,
        })
    }
}

/// What an agent did, the latest first.
#[utoipa::path(get, path = "/v1/agents/{agentId}/logs", tag = "agents",
    params(("agentId" = String, Path), PageParameters),
    responses((status = 200, body = Listed<AgentLogBody>), Failures))]
async fn logs_of_agent(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentId>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<AgentLogBody>> {
    let page = page.page(ON_A_PAGE)?;
    Ok(listed(page, service.runs_of_agent(&actor, &id, page).await?, AgentLogBody::from))
}

/// What an agent did on an event, the last time.
#[utoipa::path(get, path = "/v1/agents/log/{eventId}", tag = "agents",
    params(("eventId" = String, Path), EnvironmentParameter),
    responses((status = 200, body = Data<AgentLogBody>), Failures))]
async fn log_of_event(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<EventId>,
    Asked(environment): Asked<EnvironmentParameter>,
) -> Answer<Data<AgentLogBody>> {
    Ok(data(service.agent_run_on(&actor, environment.read()?, &id).await?.into()))
}

/// What the agents of the environment did, the latest first.
#[utoipa::path(get, path = "/v1/agents/logs", tag = "agents",
    params(EnvironmentParameter, RunParameters, PageParameters),
    responses((status = 200, body = Listed<AgentLogBody>), Failures))]
async fn logs(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(environment): Asked<EnvironmentParameter>,
    Asked(asked): Asked<RunParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<AgentLogBody>> {
    list(&service, &actor, (environment, asked, page), AgentLogBody::from).await
}

/// The same without what they wrote.
#[utoipa::path(get, path = "/v1/agents/executions", tag = "agents",
    params(EnvironmentParameter, RunParameters, PageParameters),
    responses((status = 200, body = Listed<AgentLogBody>), Failures))]
async fn executions(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(environment): Asked<EnvironmentParameter>,
    Asked(asked): Asked<RunParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<AgentLogBody>> {
    list(&service, &actor, (environment, asked, page), AgentLogBody::execution).await
}

/// One page of what the agents of an environment did, each run as `wire` writes it.
async fn list(
    service: &Service,
    actor: &Actor,
    (environment, asked, page): (EnvironmentParameter, RunParameters, PageParameters),
    wire: impl FnMut(AgentRun) -> AgentLogBody,
) -> Answer<Listed<AgentLogBody>> {
    let page = page.page(ON_A_PAGE)?;
    let found = service.agent_runs(actor, environment.read()?, &asked.read()?, page).await?;
    Ok(listed(page, found, wire))
}
