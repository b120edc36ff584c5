//! `/v1/agent-exports`: the code of agents, packed to be taken away. A job makes them: `agent:agent-export`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named, known};
use super::query::{EnvironmentParameter, PageParameters};
use super::wire::agent::AgentExportBody;
use crate::domain::file::disposition;
use crate::domain::ids::{AgentExportId, AgentId};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, delete)).routes(routes!(download))
}

/// Of which agent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct AgentParameter {
    /// Only those of this agent.
    agent_id: Option<String>,
}

/// What was packed in the environment, the newest first: of each agent the last ten.
#[utoipa::path(get, path = "/v1/agent-exports", tag = "agentExports",
    params(EnvironmentParameter, AgentParameter, PageParameters),
    responses((status = 200, body = Listed<AgentExportBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(environment): Asked<EnvironmentParameter>,
    Asked(asked): Asked<AgentParameter>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<AgentExportBody>> {
    let page = page.page(20)?;
    let agent = asked.agent_id.map(|id| known::<AgentId>(&id)).transpose()?;
    let found = service.agent_exports(&actor, environment.read()?, agent.as_ref(), page).await?;
    Ok(listed(page, found, AgentExportBody::from))
}

/// One of them.
#[utoipa::path(get, path = "/v1/agent-exports/{agentExportId}", tag = "agentExports",
    params(("agentExportId" = String, Path)),
    responses((status = 200, body = Data<AgentExportBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentExportId>,
) -> Answer<Data<AgentExportBody>> {
    Ok(data(service.agent_export(&actor, &id).await?.into()))
}

/// Forgets one of them.
#[utoipa::path(delete, path = "/v1/agent-exports/{agentExportId}", tag = "agentExports",
    params(("agentExportId" = String, Path)), responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentExportId>,
) -> Answer<Data<Success>> {
    service.delete_agent_export(&actor, &id).await?;
    Ok(success())
}

/// The archive: a folder with the files of the project that were deployed, and the bundle.
#[utoipa::path(get, path = "/v1/agent-exports/{agentExportId}/download", tag = "agentExports",
    params(("agentExportId" = String, Path)),
    responses((status = 200, content_type = "application/gzip"), Failures))]
async fn download(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<AgentExportId>,
) -> ApiResult<Response> {
    let archive = service.archive_of_export(&actor, &id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/gzip".to_string()),
        (header::CONTENT_DISPOSITION, disposition(&archive.name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_string()),
    ];
    Ok((headers, archive.bytes).into_response())
}
