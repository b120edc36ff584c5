//! Counting what is said of cells: messages by field and text, errors and empty cells by field. One pass
//! over the messages, whatever the number of fields.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::bits::Bits;
use super::cell_test::CellTest;
use super::chunk::Part;
use super::error::{SheetError, blocking};
use super::filter::Test;
use super::positions::groups;
use super::rows::{Place, Rows};
use super::slice::Slice;
use super::view::View;
use crate::domain::blueprint::Level;
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldCounts, FieldNumber, Message, RecordNumber};
use crate::store::Tx;

/// How often a message is on the cells of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCount {
    /// Key of the field.
    pub field: String,
    /// The message.
    pub message: Message,
    /// Records that have it there.
    pub count: u64,
}

/// What was counted.
#[derive(Debug, Default)]
struct Tally {
    messages: HashMap<(FieldNumber, Message), u64>,
    /// Records with an error in a field.
    errors: BTreeMap<FieldNumber, u64>,
}

impl Tally {
    fn add(&mut self, field: FieldNumber, message: &Message, count: u64) {
        match self.messages.get_mut(&(field, message.clone())) {
            Some(known) => *known += count,
            None => _ = self.messages.insert((field, message.clone()), count),
        }
    }

    fn add_error(&mut self, field: FieldNumber) {
        *self.errors.entry(field).or_default() += 1;
    }

    /// Counts the stored messages of the chosen records of a segment, and what lies over them.
    fn segment(&mut self, rows: &Rows, segment: usize, selected: &Bits) {
        let Some(slice) = Slice::new(rows, segment, &[]) else { return };
        let mut chosen = selected.part(slice.start() as usize, slice.records() as usize);
        let patched = slice.patched().iter().filter(|(_, patch)| patch.messages.is_some());
        for (row, _) in patched {
            if chosen.get(*row as usize) {
                self.record(rows, slice.place(*row));
            }
            chosen.put_at(*row as usize, false);
        }
        let Some(messages) = slice.messages() else { return };
        let is_error: Vec<bool> =
            messages.distinct().iter().map(|message| message.level == Level::Error).collect();
        let mut counted: HashMap<(FieldNumber, u32), u64> = HashMap::new();
        let mut last = None;
        for (row, field, message) in messages.entries().filter(|(row, ..)| chosen.get(*row as usize)) {
            *counted.entry((field, message)).or_default() += 1;
            // The messages of a cell follow one another.
            let is_first = last != Some((row, field));
            if is_first && is_error.get(message as usize) == Some(&true) {
                self.add_error(field);
                last = Some((row, field));
            }
        }
        for ((field, message), count) in counted {
            if let Some(message) = messages.distinct().get(message as usize) {
                self.add(field, message, count);
            }
        }
    }

    fn record(&mut self, rows: &Rows, place: Place) {
        let mut wrong = HashSet::new();
        for (field, message) in rows.messages(place) {
            self.add(field, &message, 1);
            if message.level == Level::Error && wrong.insert(field) {
                self.add_error(field);
            }
        }
    }
}

impl View {
    /// The messages on the records that a query means, by field and text, the most frequent first.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn message_counts(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
    ) -> Result<Vec<MessageCount>, SheetError> {
        let tally = self.tally(tx, query, None).await?;
        let columns = &self.rules.columns;
        let place = |field: FieldNumber| columns.iter().position(|(_, other)| *other == field);
        let known = tally
            .messages
            .into_iter()
            .filter_map(|((field, message), count)| Some((place(field)?, message, count)));
        let mut counted: Vec<_> = known.collect();
        counted.sort_by(|(one_place, one, one_count), (other_place, other, other_count)| {
            other_count.cmp(one_count).then_with(|| (one_place, one).cmp(&(other_place, other)))
        });
        let named = counted.into_iter().filter_map(|(place, message, count)| {
            Some(MessageCount { field: columns.get(place)?.0.clone(), message, count })
        });
        Ok(named.collect())
    }

    /// For each field with errors, how many of the records that a query means have one there; only of those among the
    /// numbers, if any are given.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn errors_by_field(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
    ) -> Result<BTreeMap<String, u64>, SheetError> {
        let tally = self.tally(tx, query, among).await?;
        let named = self.rules.columns.iter();
        Ok(named.filter_map(|(key, field)| Some((key.clone(), *tally.errors.get(field)?))).collect())
    }

    /// For each field how many of the records that a query means have an error or nothing there; only of those among the
    /// numbers, if any are given.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn field_counts(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
    ) -> Result<BTreeMap<String, FieldCounts>, SheetError> {
        let errors = self.tally(tx, query, among).await?.errors;
        let selected = self.selected(tx, query, among).await?;
        let total = selected.ones() as u64;
        let mut counted = BTreeMap::new();
        for (key, field) in &self.rules.columns {
            let test = Test::Cells(vec![(*field, CellTest::Empty)]).into();
            let empty = self.matching(tx, &test).await?.common(&selected) as u64;
            let error = errors.get(field).copied().unwrap_or(0);
            counted.insert(key.clone(), FieldCounts { total, valid: total - error, error, empty });
        }
        Ok(counted)
    }

    async fn selected(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
    ) -> Result<Bits, SheetError> {
        let unsorted = RecordQuery { sort_field: None, sort_direction: None, ..query.clone() };
        let positions = match among {
            Some(numbers) => self.among(tx, &unsorted, numbers).await?,
            None => self.positions(tx, &unsorted).await?,
        };
        Ok(positions.bits(self.state.positions() as usize))
    }

    async fn tally(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
    ) -> Result<Tally, SheetError> {
        let mut selected = self.selected(tx, query, among).await?;
        let mut tally = Tally::default();
        for group in groups(&self.chosen(&selected), 1) {
            let rows = self.fetched(tx, &group, &[Part::MESSAGES]).await?;
            (tally, selected) = blocking(move || {
                group.iter().for_each(|segment| tally.segment(&rows, *segment, &selected));
                Ok((tally, selected))
            })
            .await?;
        }
        let rows = self.fetched(tx, &[], &[]).await?;
        let first = self.state.manifest.rows() as usize;
        for place in (0..self.state.tail.len()).filter(|place| selected.get(first + place)) {
            tally.record(&rows, Place::Tail(place));
        }
        Ok(tally)
    }
}
