//! Snapshots: a version of a sheet that is kept, what has changed since, and the way back.

use std::collections::BTreeMap;

use serde_json::json;

use super::announce::of_sheet;
use super::undo::{go_back, key_of, tell_restored};
use super::{Page, Result, Service, ServiceError, allow, allow_in, sheets};
use crate::domain::access::{Actor, Operation};
use crate::domain::blueprint::SheetAccess;
use crate::domain::event::Topic;
use crate::domain::ids::{ChangeId, SheetId, SnapshotId};
use crate::domain::job::Job;
use crate::domain::record::{FieldNumber, Record, RecordNumber};
use crate::domain::snapshot::{FieldDifference, Snapshot, compare_fields};
use crate::domain::workbook::Sheet;
use crate::sheets::{Classes, Comparison, Difference, View};
use crate::store::{Tx, new_id, now, snapshots};

/// Records of one class of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// How many they are.
    pub total: u64,
    /// For each field how many of them changed there.
    pub by_field: BTreeMap<String, u64>,
}

/// What has changed since a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Records that came.
    pub created: Section,
    /// Records with other texts.
    pub updated: Section,
    /// Records that went.
    pub deleted: Section,
    /// What became of each field; nothing when the snapshot did not keep them.
    pub fields: Vec<(String, FieldDifference)>,
    /// The sheet now.
    pub sheet: Sheet,
}

/// A record that has changed since a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedRecord {
    /// As it is now; nothing when it is gone.
    pub now: Option<Record>,
    /// As it was; nothing when it is new.
    pub then: Option<Record>,
}

impl Service {
    /// Keeps the sheet as it is now.
    pub async fn create_snapshot(
        &self,
        actor: &Actor,
        sheet: &SheetId,
        label: Option<String>,
        thread_id: Option<String>,
    ) -> Result<Snapshot> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.write().await?;
        let sheet = sheets::find(&mut tx, actor, sheet).await?;
        allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        super::records::not_importing(&sheet)?;
        let snapshot = Snapshot {
            id: new_id(),
            sheet_id: sheet.id.clone(),
            version: sheet.version,
            config: Some(sheet.config.clone()),
            label,
            thread_id,
            created_by: actor.id.clone(),
            created_at: now(),
        };
        snapshots::insert(&mut tx, sheet.number, &snapshot).await?;
        let mut event = of_sheet(Topic::SnapshotCreated, &actor.id, &sheet, json!({}));
        event.context.insert("snapshotId".into(), snapshot.id.to_string().into());
        tx.emit(event);
        tx.commit().await?;
        Ok(snapshot)
    }

    /// Keeps the sheet as it is before a run of a job changes it, once whatever the attempts. It is forgotten with the
    /// old versions.
    pub async fn keep_before(&self, actor: &Actor, job: &Job, sheet: &SheetId) -> Result<()> {
        let thread = job.run_name();
        if self.snapshots(actor, sheet, Some(&thread)).await?.is_empty() {
            let label = format!("Before “{}”", job.title());
            self.create_snapshot(actor, sheet, Some(label), Some(thread)).await?;
        }
        Ok(())
    }

    /// The snapshots of a sheet, the last one first.
    pub async fn snapshots(
        &self,
        actor: &Actor,
        sheet: &SheetId,
        thread: Option<&str>,
    ) -> Result<Vec<Snapshot>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let sheet = sheets::find(&mut tx, actor, sheet).await?;
        Ok(snapshots::list(&mut tx, &sheet.id, thread).await?)
    }

    /// One snapshot.
    pub async fn snapshot(&self, actor: &Actor, id: &SnapshotId) -> Result<Snapshot> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        Ok(find(&mut tx, actor, id).await?.0)
    }

    /// What has changed since a snapshot.
    pub async fn snapshot_summary(&self, actor: &Actor, id: &SnapshotId) -> Result<(Snapshot, Summary)> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let (snapshot, sheet) = find(&mut tx, actor, id).await?;
        let (then, now) = self.both(&mut tx, &snapshot, &sheet).await?;
        let mut comparison = Comparison::new(&then, &now);
        let (mut created, mut updated, mut deleted): (Section, Section, Section) = Default::default();
        let mut by_field: BTreeMap<FieldNumber, u64> = BTreeMap::new();
        while let Some(found) = comparison.next(&mut tx).await? {
            for (_, difference) in found {
                match difference {
                    Difference::Created => created.total += 1,
                    Difference::Deleted => deleted.total += 1,
                    Difference::Updated(fields) => {
                        updated.total += 1;
                        fields.into_iter().for_each(|field| *by_field.entry(field).or_default() += 1);
                    }
                }
            }
        }
        let named = |(field, count)| Some((key_of(&sheet, field)?, count));
        updated.by_field = by_field.into_iter().filter_map(named).collect();
        let then = snapshot.config.as_deref();
        let fields = then.map(|then| compare_fields(then, &sheet.config)).unwrap_or_default();
        Ok((snapshot, Summary { created, updated, deleted, fields, sheet }))
    }

    /// A page of the records of some classes that have changed since a snapshot.
    pub async fn snapshot_records(
        &self,
        actor: &Actor,
        id: &SnapshotId,
        classes: Classes,
        page: Page,
    ) -> Result<(Sheet, Vec<ChangedRecord>)> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let (snapshot, sheet) = find(&mut tx, actor, id).await?;
        let (then, now) = self.both(&mut tx, &snapshot, &sheet).await?;
        let mut comparison = Comparison::new(&then, &now);
        let (mut before, mut numbers) = (page.offset(), Vec::new());
        while let Some(found) = comparison.next(&mut tx).await? {
            for (number, _) in found.into_iter().filter(|(_, difference)| classes.include(difference)) {
                match before {
                    0 => numbers.push(number),
                    _ => before -= 1,
                }
            }
            if numbers.len() as u64 >= page.size {
                break;
            }
        }
        numbers.truncate(page.size as usize);
        let mut old = by_number(&then, &mut tx, &numbers).await?;
        let mut new = by_number(&now, &mut tx, &numbers).await?;
        let pair = |number| ChangedRecord { now: new.remove(number), then: old.remove(number) };
        Ok((sheet, numbers.iter().map(pair).collect()))
    }

    /// Takes back what has changed since a snapshot, or some classes of it. It is itself a change.
    pub async fn restore_snapshot(
        &self,
        actor: &Actor,
        id: &SnapshotId,
        classes: Classes,
    ) -> Result<Snapshot> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.read().await?;
        let (snapshot, _) = find(&mut tx, actor, id).await?;
        drop(tx);
        let sheet = self.writable(actor, &snapshot.sheet_id, SheetAccess::Edit).await?;
        let (mut writer, mut tx) = self.begin_write(actor, &sheet).await?;
        let change: ChangeId = new_id();
        let now = writer.view(&mut tx).await?;
        if now.version() == snapshot.version {
            return Ok(snapshot);
        }
        if classes == Classes::ALL {
            go_back(&mut tx, &mut writer, actor, &sheet, &change, snapshot.version).await?;
        } else {
            let then = self.sheets.view_at(&mut tx, &sheet, snapshot.version).await?;
            let named = (actor.id.as_str(), &change);
            let restored = writer.restore(&mut tx, named, (&then, &now), classes, None).await?;
            tell_restored(&mut tx, actor, &sheet, &restored).await?;
        }
        tx.commit().await?;
        writer.publish();
        Ok(snapshot)
    }

    /// Lets a snapshot go; what only it kept is forgotten in time.
    pub async fn delete_snapshot(&self, actor: &Actor, id: &SnapshotId) -> Result<()> {
        allow(actor, Operation::WriteRecords)?;
        let mut tx = self.db.write().await?;
        let (_, sheet) = find(&mut tx, actor, id).await?;
        allow_in(actor, Operation::WriteRecords, &sheet.workbook_id)?;
        snapshots::delete(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }

    async fn both(&self, tx: &mut Tx, snapshot: &Snapshot, sheet: &Sheet) -> Result<(View, View)> {
        let then = self.sheets.view_at(tx, sheet, snapshot.version).await?;
        Ok((then, self.sheets.view(tx, sheet).await?))
    }
}

async fn by_number(
    view: &View,
    tx: &mut Tx,
    numbers: &[RecordNumber],
) -> Result<BTreeMap<RecordNumber, Record>> {
    let records = view.records(tx, numbers).await?;
    Ok(records.into_iter().map(|record| (record.number, record)).collect())
}

/// The snapshot and its sheet, when the actor sees that.
async fn find(tx: &mut Tx, actor: &Actor, id: &SnapshotId) -> Result<(Snapshot, Sheet)> {
    let missing = || ServiceError::not_found("snapshot", id);
    let snapshot = snapshots::find(tx, id).await?.ok_or_else(missing)?;
    let sheet = crate::store::sheets::find(tx, &actor.scope, &snapshot.sheet_id).await?;
    Ok((snapshot, sheet.ok_or_else(missing)?))
}
