//! Pages of the grid.

use super::{Result, Service, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::frame::Frame;
use crate::domain::ids::SheetId;
use crate::domain::query::RecordQuery;

impl Service {
    /// The records at `offset` of what a query finds, in the newest version of the sheet.
    pub async fn frame(
        &self,
        actor: &Actor,
        id: &SheetId,
        query: &RecordQuery,
        offset: u64,
        limit: usize,
    ) -> Result<Frame> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        Ok(view.frame(&mut tx, query, offset, limit).await?)
    }
}
