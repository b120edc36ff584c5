//! Undo: what a change did is taken back. When the sheet is as the change left it, it becomes as it was before;
//! otherwise cell by cell, and what was changed again stays.

use std::collections::BTreeSet;

use super::records::{Audience, counts_event, tell};
use super::revalidation::{revalidate, stale_since};
use super::{Result, Service, ServiceError};
use crate::domain::access::Actor;
use crate::domain::blueprint::SheetAccess;
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, SheetId};
use crate::domain::record::{Counts, RecordNumber};
use crate::domain::workbook::Sheet;
use crate::sheets::{Classes, Restored, RestoredAs, Writer};
use crate::store::{Tx, changes, new_id, retention};

/// A cell that was changed again since, or with no field a record that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The id of the record.
    pub record_id: String,
    /// The key of the field.
    pub field_key: Option<String>,
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// What a person undoes to have it again.
    pub change_id: ChangeId,
    /// The version of the sheet after it.
    pub version: i64,
    /// The counts of the sheet after it.
    pub counts: Counts,
    /// What stayed, 1,000 at most.
    pub skipped: Vec<Skipped>,
    /// How much that is.
    pub skipped_total: u64,
}

impl Service {
    /// Whether the actor can take a change back: they may, it is there and is not taken back yet, and how the sheet
    /// was before is still known.
    pub async fn can_undo(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<bool> {
        let Ok(sheet) = self.writable(actor, id, SheetAccess::Edit).await else { return Ok(false) };
        let mut tx = self.db.read().await?;
        is_undoable(&mut tx, &sheet, change).await
    }

    /// Takes a change back. It is itself a change.
    pub async fn undo_change(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<Undone> {
        let sheet = self.writable(actor, id, SheetAccess::Edit).await?;
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let span = changes::change_span(&mut tx, sheet.number, change).await?;
        let span = span.ok_or_else(|| ServiceError::not_found("change", change))?;
        if changes::is_undone(&mut tx, sheet.number, change).await? {
            return Err(ServiceError::conflict("this was taken back already"));
        }
        let undone = self.take_back(&mut tx, &mut writer, actor, &sheet, change, span).await?;
        tx.commit().await?;
        writer.publish();
        Ok(undone)
    }

    /// Takes back what a change did before it was cut off; nothing when it had not begun, or was taken back.
    pub async fn undo_unfinished(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<()> {
        if self.knows_change(actor, id, change).await? {
            self.undo_change(actor, id, change).await?;
        }
        Ok(())
    }

    /// Whether a change was made and is not taken back.
    pub async fn knows_change(&self, actor: &Actor, id: &SheetId, change: &ChangeId) -> Result<bool> {
        let sheet = self.sheet(actor, id).await?;
        let mut tx = self.db.read().await?;
        let span = changes::change_span(&mut tx, sheet.number, change).await?;
        Ok(span.is_some() && !changes::is_undone(&mut tx, sheet.number, change).await?)
    }

    async fn take_back(
        &self,
        tx: &mut Tx,
        writer: &mut Writer,
        actor: &Actor,
        sheet: &Sheet,
        change: &ChangeId,
        (first, last): (i64, i64),
    ) -> Result<Undone> {
        let undoing: ChangeId = new_id();
        let head = writer.view(tx).await?.version();
        let as_left = changes::content_of(tx, sheet.number, last).await?;
        let restored = if changes::content_of(tx, sheet.number, head).await? == as_left {
            go_back(tx, writer, actor, sheet, &undoing, first - 1).await?;
            Restored::default()
        } else {
            let then = self.sheets.view_at(tx, sheet, first - 1).await?;
            let left = self.sheets.view_at(tx, sheet, last).await?;
            let mut touched: BTreeSet<RecordNumber> = BTreeSet::new();
            for version in first..=last {
                touched.extend(left.changed(tx, version).await?);
            }
            let named = (actor.id.as_str(), &undoing);
            let restored = writer.restore(tx, named, (&then, &left), Classes::ALL, Some(&touched)).await?;
            tell_restored(tx, actor, sheet, &restored).await?;
            restored
        };
        changes::mark_undone(tx, sheet.number, change, &undoing).await?;
        let view = writer.view(tx).await?;
        let skipped = restored.skipped.iter().map(|(number, field)| Skipped {
            record_id: sheet.record_key.id(*number),
            field_key: field.and_then(|field| key_of(sheet, field)),
        });
        Ok(Undone {
            change_id: undoing,
            version: view.version(),
            counts: view.counts(),
            skipped: skipped.collect(),
            skipped_total: restored.skipped_total,
        })
    }
}

/// Whether a change is there and not taken back yet, and how the sheet was before is still known.
pub(super) async fn is_undoable(tx: &mut Tx, sheet: &Sheet, change: &ChangeId) -> Result<bool> {
    let Some((first, _)) = changes::change_span(tx, sheet.number, change).await? else {
        return Ok(false);
    };
    Ok(!changes::is_undone(tx, sheet.number, change).await?
        && retention::is_kept(tx, sheet.number, first - 1).await?)
}

/// Makes a sheet what it was at a version, checked by the rules of today.
pub(super) async fn go_back(
    tx: &mut Tx,
    writer: &mut Writer,
    actor: &Actor,
    sheet: &Sheet,
    change: &ChangeId,
    version: i64,
) -> Result<()> {
    let stale = stale_since(tx, sheet, version).await?;
    let done = writer.roll_back(tx, &actor.id, Some(change), version).await?;
    tx.emit(counts_event(&actor.id, sheet, done.version, done.counts));
    revalidate(tx, actor, writer, change, (sheet, &stale)).await
}

/// The key of a field that the sheet has.
pub(super) fn key_of(sheet: &Sheet, number: crate::domain::record::FieldNumber) -> Option<String> {
    sheet.columns().find(|(column, _)| *column == number).map(|(_, field)| field.key.to_string())
}

/// Puts the events of a restoration into the log.
pub(super) async fn tell_restored(
    tx: &mut Tx,
    actor: &Actor,
    sheet: &Sheet,
    restored: &Restored,
) -> Result<()> {
    for (kind, commit) in &restored.commits {
        let topic = match kind {
            RestoredAs::Inserted => Topic::RecordsCreated,
            RestoredAs::Updated => Topic::RecordsUpdated,
            RestoredAs::Deleted => Topic::RecordsDeleted,
        };
        tell(tx, actor, sheet, commit, topic, &Audience::Everybody).await?;
    }
    Ok(())
}
