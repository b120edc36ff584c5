//! Locks of sheets: while a sheet is locked, people change neither its records nor its fields.

use serde_json::json;

use super::{ErrorKind, Result, Service, ServiceError, allow, announce, sheets as find_sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::SheetId;
use crate::domain::workbook::Sheet;
use crate::store::{now, sheets};

impl Service {
    /// Locks a sheet, or unlocks it. One that is locked stays locked by whoever locked it first.
    pub async fn lock_sheet(&self, actor: &Actor, id: &SheetId, locked: bool) -> Result<()> {
        allow(actor, Operation::ManageWorkbook)?;
        let mut tx = self.db.write().await?;
        let sheet = find_sheets::find(&mut tx, actor, id).await?;
        if sheet.lock.is_some() == locked {
            return Ok(());
        }
        sheets::set_lock(&mut tx, id, locked.then(|| (actor.id.as_str(), now()))).await?;
        let details = json!({ "member": "lockedBy" });
        let payload = json!({ "changes": [{ "type": "config_updated", "details": details }] });
        tx.emit(announce::of_sheet(Topic::SheetUpdated, &actor.id, &sheet, payload));
        Ok(tx.commit().await?)
    }
}

/// Refuses people what a lock keeps from them, and says whose it is; programs go on.
pub(super) fn refuse_locked(actor: &Actor, sheet: &Sheet) -> Result<()> {
    match sheet.lock_words() {
        Some(words) if actor.is_person() => {
            let message = format!("{words}; it can be changed when it is unlocked");
            Err(ServiceError::new(ErrorKind::Forbidden, message))
        }
        _ => Ok(()),
    }
}
