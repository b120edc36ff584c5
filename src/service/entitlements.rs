//! Entitlements: what a plan of Flatfile's own service allows. Inlet has no plans, so nothing has any; clients ask all
//! the same, before they work on a thing.

use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::ids::{EnvironmentId, FileId, Id, SheetId, SpaceId, WorkbookId};

impl Service {
    /// Whether the actor sees the thing of that id.
    ///
    /// # Errors
    /// When there is no such thing for this actor.
    pub async fn check_resource(&self, actor: &Actor, resource: &str) -> Result<()> {
        if let Ok(id) = SpaceId::parse(resource) {
            self.space(actor, &id).await.map(drop)
        } else if let Ok(id) = WorkbookId::parse(resource) {
            self.workbook(actor, &id).await.map(drop)
        } else if let Ok(id) = SheetId::parse(resource) {
            self.sheet(actor, &id).await.map(drop)
        } else if let Ok(id) = FileId::parse(resource) {
            self.file(actor, &id).await.map(drop)
        } else if let Ok(id) = EnvironmentId::parse(resource) {
            self.environment(actor, &id).await.map(drop)
        } else if actor.scope.account_id.as_str() == resource {
            Ok(())
        } else {
            Err(ServiceError::not_found("resource", resource))
        }
    }
}
