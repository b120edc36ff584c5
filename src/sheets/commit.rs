//! One commit: what a write found out becomes rows in the database and the next state.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::error::SheetError;
use super::fold;
use super::manifest::{Manifest, Segment};
use super::messages::{self, CellMessage};
use super::number_set;
use super::orders::Orders;
use super::overlay::Overlay;
use super::patch::{self, RecordPatch};
use super::places::Places;
use super::state::{State, counts};
use super::writer::{ChangedCell, Committed, Working, Writer};
use crate::domain::ids::{ChangeId, CommitId};
use crate::domain::place::InsertAt;
use crate::domain::record::{Counts, FieldNumber, RecordNumber};
use crate::store::places::{self, PlaceRow};
use crate::store::records::{self, ColumnRow, CommitRow, SheetHead};
use crate::store::{self, Tx};

/// No more changed cells are told than this.
pub(super) const TOLD_CELLS: usize = 1_000;

/// How many records are inserted together, and where.
pub(super) type Spot = (u64, InsertAt);

/// A change that is ready to be written.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) kind: &'static str,
    /// Records that are changed one by one.
    pub(super) patches: BTreeMap<RecordNumber, RecordPatch>,
    /// Records that are deleted in bulk, in order.
    pub(super) removed: Vec<RecordNumber>,
    /// Where the records stand that it inserts: so many each, in order. Those that are not named stand at the end.
    pub(super) spots: Vec<Spot>,
    /// Segments that come after all others; their chunks are written already.
    pub(super) appended: Vec<Segment>,
    /// The records that the commit is about, in order.
    pub(super) numbers: Vec<RecordNumber>,
    pub(super) missing: Vec<RecordNumber>,
    /// See [`Committed::unseen`].
    pub(super) unseen: Option<Option<String>>,
    /// See [`Committed::kept`].
    pub(super) kept: Option<(RecordNumber, Option<FieldNumber>)>,
    pub(super) changed_values: Vec<ChangedCell>,
    pub(super) any_value_changed: bool,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    /// The version whose content it brings back.
    pub(super) restores: Option<i64>,
    /// How many more or fewer records there are, and records with an error.
    pub(super) live: i64,
    pub(super) invalid: i64,
}

impl Edit {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    /// Counts a record whose messages change from `before` to `since`.
    pub(super) fn recount(&mut self, before: &[CellMessage], since: &[CellMessage]) {
        let invalid = |messages| i64::from(messages::is_invalid(messages));
        self.invalid += invalid(since) - invalid(before);
    }

    /// Changes the messages of a record that is not among `numbers`.
    pub(super) fn remark(
        &mut self,
        number: RecordNumber,
        before: &[CellMessage],
        mut since: Vec<CellMessage>,
    ) {
        self.recount(before, &since);
        messages::arrange(&mut since);
        self.patches.entry(number).or_default().messages = Some(since);
    }
}

/// Who writes, and as part of what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) by: &'a str,
    pub(super) change: Option<&'a ChangeId>,
}

impl Writer {
    /// Writes a change as the next version.
    pub(super) async fn commit(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        mut working: Working,
        edit: Edit,
    ) -> Result<Committed, SheetError> {
        let old = working.state.clone();
        let mut head = moved(working.head, &edit);
        if edit.live > 0 && head.live > self.limits.sheet_records {
            return Err(SheetError::TooManyRecords(self.limits.sheet_records));
        }
        let places = self.place(tx, (&old, working.head.next_record), &edit.spots).await?;
        let mut overlay = old.overlay.clone();
        for (number, patch) in &edit.patches {
            overlay.lay(*number, patch.clone());
        }
        let many =
            edit.patches.len() > self.limits.patched_records || overlay.len() > self.limits.logged_records;
        let out_of_order = !edit.appended.is_empty() && overlay.has_inserted();
        let mut manifest = old.manifest.clone();
        let (mut orders, mut arrangement) = (Orders::default(), OnceLock::new());
        if many || out_of_order || !edit.removed.is_empty() {
            let next = &mut head.next_segment;
            manifest =
                fold::fold(&self.cache, tx, (&old, self.limits), &overlay, &edit.removed, next).await?;
            records::fold_patches(tx, old.sheet, head.version).await?;
            overlay = Overlay::default();
        } else if !edit.patches.is_empty() {
            let data = patch::encode(edit.patches.iter().map(|(number, patch)| (*number, patch)));
            records::insert_patch(tx, old.sheet, head.version, data);
            if edit.appended.is_empty() && Orders::stay(&old, &edit.patches) {
                orders = Orders::carried(&old, &edit.patches);
                if Arc::ptr_eq(&places, &old.places) {
                    arrangement = old.arrangement.clone();
                }
            }
        }
        let appended = place(&edit.appended, &mut head.next_segment);
        if !appended.is_empty() {
            manifest = Manifest::new(manifest.segments().iter().cloned().chain(appended).collect());
        }
        write_manifest(tx, old.sheet, head.version, (old.version, &old.manifest), &manifest).await?;
        let commit = self.record(tx, author, old.sheet, &head, &edit);
        let counts = counts(head.live, head.invalid);
        let state = State::new(old.sheet, head.version, manifest, overlay, counts, places);
        let state = State { orders, arrangement, ..state };
        let unique = working.take_unique();
        self.end(Working::moved(head, state, unique));
        Ok(Committed { commit: Some(commit), ..told(edit, head.version, counts) })
    }

    /// The places once the records that are inserted from a number on have theirs.
    async fn place(
        &self,
        tx: &mut Tx,
        (old, mut record): (&State, u64),
        spots: &[Spot],
    ) -> Result<Arc<Places>, SheetError> {
        let mut rows = Vec::new();
        for (records, at) in spots {
            let is_after = matches!(at, InsertAt::After(_));
            let row =
                at.beside().map(|beside| PlaceRow { record, records: *records, beside: beside.0, is_after });
            rows.extend(row);
            record += records;
        }
        if rows.is_empty() {
            return Ok(old.places.clone());
        }
        if old.places.given() + rows.len() > self.limits.places {
            return Err(SheetError::TooManyPlaces(self.limits.places));
        }
        places::insert(tx, old.sheet, &rows).await?;
        Ok(Arc::new(old.places.with(&rows)))
    }

    /// Moves the sheet's head and adds the commit's row.
    pub(super) fn record(
        &self,
        tx: &mut Tx,
        author: Author<'_>,
        sheet: i64,
        head: &SheetHead,
        edit: &Edit,
    ) -> CommitId {
        records::move_head(tx, sheet, head);
        let row = CommitRow {
            id: store::new_log_id(),
            sheet,
            version: head.version,
            change_id: author.change.cloned(),
            kind: edit.kind.to_string(),
            created_by: author.by.to_string(),
            created_at: store::now(),
            completed_at: None,
            completed_by: None,
            open_since: None,
            inserted: edit.inserted,
            updated: edit.updated,
            deleted: edit.deleted,
            live: head.live,
            invalid: head.invalid,
            numbers: number_set::encode(&edit.numbers),
            restores: edit.restores,
        };
        records::insert_commit(tx, &row);
        row.id
    }

    /// Ends a write that changed nothing.
    pub(super) fn nothing(&mut self, working: Working, edit: Edit) -> Committed {
        let (version, counts) = (working.head.version, working.state.counts);
        self.end(working);
        Committed { numbers: Vec::new(), ..told(edit, version, counts) }
    }

    /// Folds the patch log into chunks; version and content stay. For the time when nobody waits.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn fold(&mut self, tx: &mut Tx) -> Result<(), SheetError> {
        let mut working = self.begin(tx).await?;
        let old = working.state.clone();
        if old.overlay.len() == 0 {
            self.end(working);
            return Ok(());
        }
        let mut head = working.head;
        // Others who hold this version know by it that it is stored otherwise.
        head.layout += 1;
        let next = &mut head.next_segment;
        let manifest = fold::fold(&self.cache, tx, (&old, self.limits), &old.overlay, &[], next).await?;
        records::fold_patches(tx, old.sheet, head.version).await?;
        write_manifest(tx, old.sheet, head.version, (old.version, &old.manifest), &manifest).await?;
        records::move_head(tx, old.sheet, &head);
        let state =
            State::new(old.sheet, head.version, manifest, Overlay::default(), old.counts, old.places.clone());
        let unique = working.take_unique();
        self.end(Working::moved(head, state, unique));
        Ok(())
    }
}

pub(super) fn moved(head: SheetHead, edit: &Edit) -> SheetHead {
    SheetHead {
        version: head.version + 1,
        next_record: edit.numbers.last().map_or(head.next_record, |last| head.next_record.max(last.0 + 1)),
        live: head.live.saturating_add_signed(edit.live),
        invalid: head.invalid.saturating_add_signed(edit.invalid),
        ..head
    }
}

pub(super) fn told(edit: Edit, version: i64, counts: Counts) -> Committed {
    Committed {
        commit: None,
        version,
        numbers: edit.numbers,
        missing: edit.missing,
        unseen: edit.unseen,
        kept: edit.kept,
        changed_values: edit.changed_values,
        any_value_changed: edit.any_value_changed,
        counts,
    }
}

/// Gives the appended segments their numbers.
fn place(appended: &[Segment], next_segment: &mut i64) -> Vec<Arc<Segment>> {
    let numbered = (*next_segment..).zip(appended);
    let placed: Vec<_> =
        numbered.map(|(number, segment)| Arc::new(Segment { number, ..segment.clone() })).collect();
    *next_segment += placed.len() as i64;
    placed
}

/// Writes what differs between two manifests, as of `version`.
pub(super) async fn write_manifest(
    tx: &mut Tx,
    sheet: i64,
    version: i64,
    (old_version, old): (i64, &Manifest),
    new: &Manifest,
) -> Result<(), SheetError> {
    if new.is(old) {
        return Ok(());
    }
    let before: BTreeMap<i64, &Arc<Segment>> =
        old.segments().iter().map(|segment| (segment.number, segment)).collect();
    let mut segments = Vec::new();
    let mut columns = Vec::new();
    let mut gone = before.clone();
    for segment in new.segments() {
        gone.remove(&segment.number);
        let unchanged = before.get(&segment.number).is_some_and(|before| Arc::ptr_eq(before, segment));
        if unchanged {
            continue;
        }
        let before = before.get(&segment.number);
        if before.is_none_or(|before| before.row() != segment.row()) {
            if before.is_some() {
                records::close_segment(tx, sheet, segment.number, version).await?;
            }
            segments.push(segment.row());
        }
        for part in before.iter().flat_map(|before| &before.chunks) {
            if segment.chunks.get(part.0) != Some(part.1) {
                records::close_columns(tx, sheet, segment.number, Some(part.0.0), version).await?;
            }
        }
        for (part, chunk) in &segment.chunks {
            if before.is_none_or(|before| before.chunks.get(part) != Some(chunk)) {
                columns.push(ColumnRow { segment: segment.number, part: part.0, chunk: *chunk });
            }
        }
    }
    for number in gone.into_keys() {
        records::close_segment(tx, sheet, number, version).await?;
        records::close_columns(tx, sheet, number, None, version).await?;
    }
    // What began with the version that is folded serves nobody any more.
    if version == old_version {
        records::drop_unserved(tx, sheet, version).await?;
    }
    records::insert_segments(tx, sheet, version, &segments).await?;
    records::insert_columns(tx, sheet, version, &columns).await?;
    Ok(())
}
