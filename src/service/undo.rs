//! Undo: the sheet as it was before a change, when nobody has changed it since.

use super::records::{Written, counts_event, written};
use super::workbooks::namespaces;
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::ids::{ChangeId, SheetId};
use crate::store::{new_id, records};

impl Service {
    /// Whether the actor can take a change back: they may, it is there, and nothing has changed the sheet since.
    pub async fn can_undo(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<bool> {
        let Ok(sheet) = self.writable(actor, id, SheetAccess::Edit).await else { return Ok(false) };
        let mut tx = self.db.read().await?;
        let span = records::change_span(&mut tx, sheet.number, change).await?;
        let head = records::head(&mut tx, sheet.number).await?;
        Ok(span.is_some_and(|(_, last)| head.is_some_and(|head| head.version == last)))
    }

    /// Takes a change back. It is itself a change.
    pub async fn undo_change(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<Written> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let mut writer = self.sheets.writer(&sheet).await?;
        let mut tx = self.db.write().await?;
        self.still_writable(&mut tx, actor, &sheet).await?;
        let span = records::change_span(&mut tx, sheet.number, change).await?;
        let (first, last) = span.ok_or_else(|| ServiceError::not_found("change", change))?;
        if records::head(&mut tx, sheet.number).await?.is_none_or(|head| head.version != last) {
            return Err(ServiceError::conflict("the sheet has changed since; undo the later changes first"));
        }
        let undoing: ChangeId = new_id();
        let done = writer.roll_back(&mut tx, &actor.id, Some(&undoing), first - 1).await?;
        let namespaces = namespaces(&mut tx, actor, &sheet.space_id).await?;
        tx.emit(counts_event(&actor.id, &sheet, done.version, done.counts, &namespaces));
        tx.commit().await?;
        writer.publish();
        Ok(written(sheet, undoing, done))
    }
}
