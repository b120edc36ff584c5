//! `agent:agent-export`: packs the code of an agent to be taken away (section 2.13 of the wire contract).

use serde::Deserialize;

use crate::domain::agent::AgentExportType;
use crate::domain::ids::{AgentId, Id};
use crate::domain::outcome::{Next, Outcome};
use crate::jobs::work::{Work, WorkError};
use crate::service::{ErrorKind, ServiceError};

/// The parameters; clients that are newer send none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    export_type: AgentExportType,
}

/// Packs it.
pub async fn run(work: Work) -> Result<Outcome, WorkError> {
    let config: Option<Config> = work.config()?;
    let kind = config.unwrap_or_default().export_type;
    let agent = AgentId::parse(&work.job.source).map_err(ServiceError::from)?;
    let export =
        work.service.export_agent(&work.actor, &agent, kind).await.map_err(|error| match error.kind {
            ErrorKind::NotFound => WorkError::Failed(error.message),
            _ => WorkError::Service(error),
        })?;
    // Clients put the address of the server before it.
    let next = Next::Download {
        url: format!("/v1/agent-exports/{}/download", export.id),
        label: None,
        file_name: Some(export.name),
    };
    Ok(Outcome { next: Some(next), ..Outcome::saying("The code of the agent is packed") })
}
