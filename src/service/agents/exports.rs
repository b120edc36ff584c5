//! The code of agents, to be taken away: of the version that runs it is packed once and kept under an id, of others it is
//! packed as somebody asks for it.

use super::{archive, find};
use crate::domain::access::{Actor, Operation};
use crate::domain::agent::{Agent, AgentExport, AgentExportType, AgentVersion};
use crate::domain::ids::{AgentExportId, AgentId, AgentVersionId, EnvironmentId};
use crate::service::environments::named_or_own;
use crate::service::{Page, Paged, Result, Service, ServiceError, allow};
use crate::store::agents::{exports, versions};
use crate::store::{Tx, new_id, now};

/// Archives of an agent that are kept.
const KEPT_EXPORTS: u64 = 10;

/// An archive, and how its file is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Such as `importer-3.tgz`.
    pub name: String,
    /// A tape archive, packed with gzip.
    pub bytes: Vec<u8>,
}

impl Service {
    /// Packs the version of an agent that runs, and keeps that.
    pub async fn export_agent(
        &self,
        actor: &Actor,
        id: &AgentId,
        kind: AgentExportType,
    ) -> Result<AgentExport> {
        let mut tx = self.db.read().await?;
        let agent = find(&mut tx, actor, id).await?;
        let runs = versions::list(&mut tx, id).await?.into_iter().find(|one| one.version == agent.version);
        let runs = runs.ok_or_else(|| ServiceError::not_found("version of the agent", agent.version))?;
        let archive = packed(tx, &agent, runs).await?;
        let mut tx = self.db.write().await?;
        let agent = find(&mut tx, actor, id).await?;
        let export = AgentExport {
            id: new_id(),
            account_id: agent.account_id,
            environment_id: agent.environment_id,
            agent_id: agent.id,
            kind,
            name: archive.name,
            created_at: now(),
        };
        exports::insert(&mut tx, &export, &archive.bytes, KEPT_EXPORTS).await?;
        tx.commit().await?;
        Ok(export)
    }

    /// What was packed in an environment, of one agent or of all, the newest first.
    pub async fn agent_exports(
        &self,
        actor: &Actor,
        environment: Option<EnvironmentId>,
        agent: Option<&AgentId>,
        page: Page,
    ) -> Result<Paged<AgentExport>> {
        allow(actor, Operation::ManageAgents)?;
        let mut tx = self.db.read().await?;
        let environment = match (environment, agent) {
            (None, Some(agent)) => Some(find(&mut tx, actor, agent).await?.environment_id),
            (named, _) => named,
        };
        let environment = named_or_own(&mut tx, actor, environment).await?;
        let (items, total) = exports::list(&mut tx, &environment.id, agent, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// What was packed under that id.
    pub async fn agent_export(&self, actor: &Actor, id: &AgentExportId) -> Result<AgentExport> {
        let mut tx = self.db.read().await?;
        find_export(&mut tx, actor, id).await
    }

    /// The archive itself.
    pub async fn archive_of_export(&self, actor: &Actor, id: &AgentExportId) -> Result<Archive> {
        let mut tx = self.db.read().await?;
        let export = find_export(&mut tx, actor, id).await?;
        let bytes = exports::archive(&mut tx, id).await?;
        let bytes = bytes.ok_or_else(|| ServiceError::not_found("agent export", id))?;
        Ok(Archive { name: export.name, bytes })
    }

    /// Forgets an archive.
    pub async fn delete_agent_export(&self, actor: &Actor, id: &AgentExportId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find_export(&mut tx, actor, id).await?;
        exports::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }

    /// Packs any version of an agent that is kept.
    pub async fn archive_of_version(
        &self,
        actor: &Actor,
        id: &AgentId,
        version: &AgentVersionId,
    ) -> Result<Archive> {
        let mut tx = self.db.read().await?;
        let agent = find(&mut tx, actor, id).await?;
        let wanted = versions::find(&mut tx, id, version).await?;
        let wanted = wanted.ok_or_else(|| ServiceError::not_found("agent version", version))?;
        packed(tx, &agent, wanted).await
    }
}

/// The export, when the actor may manage agents.
async fn find_export(tx: &mut Tx, actor: &Actor, id: &AgentExportId) -> Result<AgentExport> {
    allow(actor, Operation::ManageAgents)?;
    let found = exports::find(tx, &actor.scope, id).await?;
    found.ok_or_else(|| ServiceError::not_found("agent export", id))
}

/// Packs a version on a thread where nobody waits.
async fn packed(mut tx: Tx, agent: &Agent, version: AgentVersion) -> Result<Archive> {
    let sources = versions::source(&mut tx, &agent.id, version.version).await?;
    drop(tx);
    let sources = sources.ok_or_else(|| ServiceError::not_found("version of the agent", version.version))?;
    let (source, source_map) = super::source::unpack(sources).await?;
    let folder = archive::folder(&agent.slug).unwrap_or_else(|| agent.id.to_string());
    let name = format!("{folder}-{}.tgz", version.version);
    let pack = move || {
        let files = archive::files(&folder, version.version, source, source_map);
        archive::pack(&folder, version.created_at, &files)
    };
    let bytes = tokio::task::spawn_blocking(pack).await.map_err(ServiceError::internal)?;
    Ok(Archive { name, bytes: bytes.map_err(ServiceError::internal)? })
}
