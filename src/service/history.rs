//! Who changed which cell of a record, from what to what, and when.

use super::{Page, Paged, Result, Service, ServiceError, allow, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{ChangeId, CommitId, SheetId};
use crate::domain::time::Timestamp;
use crate::sheets::RecordChange;

/// What became of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It came.
    Created,
    /// It changed.
    Updated,
    /// It went.
    Deleted,
}

/// A cell whose text changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The key of the field.
    pub field_key: String,
    /// The text before.
    pub before: Option<String>,
    /// The text since.
    pub after: Option<String>,
}

/// What one commit did to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The commit.
    pub commit_id: CommitId,
    /// What a person undoes together with it.
    pub change_id: Option<ChangeId>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// What became of the record.
    pub deed: Deed,
    /// The changed cells; none when only remarks or the customer's own data changed.
    pub changes: Vec<CellChange>,
}

impl Service {
    /// What became of a record, the last change first, as far back as old versions are kept.
    pub async fn record_history(
        &self,
        actor: &Actor,
        id: &SheetId,
        record: &str,
        page: Page,
    ) -> Result<Paged<HistoryEntry>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, id).await?;
        let missing = || ServiceError::not_found("record", record);
        let number = sheet.record_key.number(record)?.ok_or_else(missing)?;
        let view = self.sheets.view(&mut tx, &sheet).await?;
        let (changes, total) = view.history(&mut tx, number, page.offset(), page.size).await?;
        if total == 0 && view.records(&mut tx, &[number]).await?.is_empty() {
            return Err(missing());
        }
        let keys: Vec<String> = sheet.columns().map(|(_, field)| field.key.to_string()).collect();
        Ok(Paged { items: changes.into_iter().map(|change| entry(&keys, change)).collect(), total })
    }
}

fn entry(keys: &[String], change: RecordChange) -> HistoryEntry {
    let RecordChange { commit, before, after } = change;
    let deed = match (&before, &after) {
        (None, Some(_)) => Deed::Created,
        (Some(_), None) => Deed::Deleted,
        _ => Deed::Updated,
    };
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let text = |texts: &[Option<String>], place: usize| texts.get(place).cloned().flatten();
    let cell = |(place, key): (usize, &String)| {
        let (before, after) = (text(&before, place), text(&after, place));
        (before != after).then(|| CellChange { field_key: key.clone(), before, after })
    };
    HistoryEntry {
        commit_id: commit.id,
        change_id: commit.change_id,
        created_by: commit.created_by,
        created_at: commit.created_at,
        deed,
        changes: keys.iter().enumerate().filter_map(cell).collect(),
    }
}
