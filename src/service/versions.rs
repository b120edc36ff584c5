//! The history of a sheet: what changed it, the last change first.

use super::undo::is_undoable;
use super::{Result, Service};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::time::Timestamp;

/// What people call one change: its commits, which they undo together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetChange {
    /// By what it is undone; nothing for a commit that cannot be.
    pub id: Option<ChangeId>,
    /// The version that it ended with.
    pub version: i64,
    /// `insert`, `update`, `delete`, `import`, `rollback`, `validate`.
    pub kind: String,
    /// Who made it.
    pub created_by: String,
    /// When it ended.
    pub created_at: Timestamp,
    /// Records that it brought.
    pub inserted: u64,
    /// Records that it changed.
    pub updated: u64,
    /// Records that it took away.
    pub deleted: u64,
    /// Whether the actor can take it back.
    pub can_undo: bool,
}

impl Service {
    /// What changed a sheet, the last change first, as many at most.
    pub async fn sheet_changes(&self, actor: &Actor, id: &SheetId, most: usize) -> Result<Vec<SheetChange>> {
        let mut changes: Vec<SheetChange> = Vec::new();
        for commit in self.sheet_commits(actor, id, None).await? {
            if let Some(last) =
                changes.last_mut().filter(|last| last.id.is_some() && last.id == commit.change_id)
            {
                last.inserted += commit.inserted;
                last.updated += commit.updated;
                last.deleted += commit.deleted;
                continue;
            }
            if changes.len() == most {
                break;
            }
            changes.push(SheetChange {
                id: commit.change_id,
                version: commit.version,
                kind: commit.kind,
                created_by: commit.created_by,
                created_at: commit.created_at,
                inserted: commit.inserted,
                updated: commit.updated,
                deleted: commit.deleted,
                can_undo: false,
            });
        }
        if let Ok(sheet) = self.writable(actor, id, SheetAccess::Edit).await {
            let mut tx = self.db.read().await?;
            for change in &mut changes {
                if let Some(name) = &change.id {
                    change.can_undo = is_undoable(&mut tx, &sheet, name).await?;
                }
            }
        }
        Ok(changes)
    }
}
