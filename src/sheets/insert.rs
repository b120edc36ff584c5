//! Adding records at the end of a sheet, or above or below one of its records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::commit::{Author, Edit, Spot};
use super::draft::{DraftRecord, SegmentDraft, SegmentDrafter};
use super::error::{SheetError, blocking};
use super::extras::tidy;
use super::limits::Limits;
use super::rules::Rules;
use super::touched::Touched;
use super::writer::{CellInput, Committed, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::place::InsertAt;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// A record to be added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewRecord {
    /// Its cells; those that are not named are empty.
    pub cells: Vec<(FieldNumber, CellInput)>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// `{readonly, fields, markedForDeletion}`.
    pub config: Option<Value>,
}

impl Writer {
    /// Adds records at the end, checked against the blueprint.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn insert(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        records: Vec<NewRecord>,
    ) -> Result<Committed, SheetError> {
        self.insert_each(tx, Author { by, change }, records, Vec::new()).await
    }

    /// Adds records where they are wanted, in their order. The record that they stand by is there, or was.
    ///
    /// # Errors
    /// The same, and [`SheetError::TooManyPlaces`].
    pub async fn insert_at(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        records: Vec<NewRecord>,
        at: InsertAt,
    ) -> Result<Committed, SheetError> {
        let spots = vec![(records.len() as u64, at)];
        self.insert_each(tx, Author { by, change }, records, spots).await
    }

    /// Adds records, so many at each spot in order, and the others at the end.
    pub(super) async fn insert_each(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        records: Vec<NewRecord>,
        spots: Vec<Spot>,
    ) -> Result<Committed, SheetError> {
        let mut edit = Edit { spots, ..Edit::new("insert") };
        if records.len() > self.limits.patched_records {
            let (rules, limits) = (self.rules.clone(), self.limits);
            let drafts = blocking(move || Ok(drafts(rules, limits, records))).await?;
            return self.append_as(tx, author, drafts, edit).await;
        }
        let mut working = self.begin(tx).await?;
        let touched: BTreeMap<RecordNumber, Touched> = (working.head.next_record..)
            .map(RecordNumber)
            .zip(records.into_iter().map(|record| self.fresh(record)))
            .collect();
        edit.numbers = touched.keys().copied().collect();
        edit.inserted = edit.numbers.len() as u64;
        edit.live = edit.numbers.len() as i64;
        edit.any_value_changed = true;
        if touched.is_empty() {
            edit.any_value_changed = false;
            return Ok(self.nothing(working, edit));
        }
        self.settle(tx, &mut working, touched, &mut edit).await?;
        self.commit(tx, author, working, edit).await
    }

    fn fresh(&self, record: NewRecord) -> Touched {
        let mut touched = Touched { is_checked: true, ..Touched::default() };
        touched.patch.inserted = true;
        for (field, input) in record.cells {
            touched.since.retain(|(other, _)| *other != field);
            let custom = input.messages.into_iter().flatten().filter(|message| !message.derived);
            touched.since.extend(custom.map(|message| (field, message)));
            match input.text {
                Some(text) => _ = touched.patch.cells.insert(field, Some(text.into_boxed_str())),
                None => _ = touched.patch.cells.remove(&field),
            }
        }
        let cells = &touched.patch.cells;
        let text = |field: FieldNumber| cells.get(&field).and_then(|text| text.as_deref());
        for field in self.rules.fields.keys() {
            self.rules.check(*field, text(*field), &mut touched.since);
        }
        self.rules.check_links(|_| true, text, &mut touched.since);
        touched.old_keys = vec![None; self.rules.unique.len()];
        touched.new_keys = self.rules.keys(text);
        touched.patch.metadata = record.metadata.and_then(tidy).map(Some);
        touched.patch.config = record.config.and_then(tidy).map(Some);
        touched
    }
}

/// Many records as segments.
fn drafts(rules: Arc<Rules>, limits: Limits, records: Vec<NewRecord>) -> Vec<SegmentDraft> {
    let mut fields: Vec<FieldNumber> = rules.fields.keys().copied().collect();
    let named = records.iter().flat_map(|record| record.cells.iter().map(|(field, _)| *field));
    let others: BTreeSet<_> = named.filter(|field| !rules.fields.contains_key(field)).collect();
    fields.extend(others);
    let place: BTreeMap<FieldNumber, usize> =
        fields.iter().enumerate().map(|(place, field)| (*field, place)).collect();
    let mut drafter = SegmentDrafter::new(rules, limits, fields.clone());
    let mut drafts = Vec::new();
    for record in &records {
        let mut cells = vec![None; fields.len()];
        let mut custom = BTreeMap::new();
        for (field, input) in &record.cells {
            if let Some(place) = place.get(field) {
                cells[*place] = input.text.as_deref();
                custom.insert(*field, input.messages.as_deref().unwrap_or_default());
            }
        }
        let custom = custom
            .into_iter()
            .flat_map(|(field, messages)| messages.iter().map(move |message| (field, message)));
        let messages = custom.filter(|(_, message)| !message.derived).collect();
        let metadata = record.metadata.clone().and_then(tidy);
        let config = record.config.clone().and_then(tidy);
        let record = DraftRecord { messages, metadata, config };
        drafts.extend(drafter.push(|place| cells.get(place).copied().flatten(), record));
    }
    drafts.extend(drafter.finish());
    drafts
}
