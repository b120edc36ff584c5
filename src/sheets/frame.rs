//! A page of the grid, straight from the columns: no record is put together for it.

use std::collections::BTreeMap;

use super::chunk::Part;
use super::error::SheetError;
use super::fetch::Wanted;
use super::patch::RecordPatch;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::slice::Slice;
use super::view::View;
use crate::domain::frame::{Frame, FrameColumn, FrameMessage, FrameRow, RowFlags};
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::store::Tx;

impl View {
    /// The page of the grid at `offset` of what a query finds.
    ///
    /// # Errors
    /// [`SheetError::Query`] when the query cannot be answered.
    pub async fn frame(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        offset: u64,
        limit: usize,
    ) -> Result<Frame, SheetError> {
        let found = self.positions(tx, query).await?;
        let all = match query.is_everything() {
            true => found.clone(),
            false => self.positions(tx, &RecordQuery::default()).await?,
        };
        let page = found.page(usize::try_from(offset).unwrap_or(usize::MAX), limit);
        let fields: Vec<FieldNumber> = self.rules.columns.iter().map(|(_, field)| *field).collect();
        let parts = fields.iter().map(|field| Part::field(*field)).chain([Part::MESSAGES]);
        let rows = self.rows_at(tx, &page, &Wanted::Parts(parts.collect())).await?;

        let mut drawn = Drawing::new(&rows, &self.rules, fields);
        drawn.frame = Frame { version: self.version(), total: found.len() as u64, offset, ..drawn.frame };
        for position in page {
            if let Some(place) = rows.place_at(position) {
                // Deleted records leave gaps between positions, and people count without gaps.
                drawn.push(place, all.before(position) as u64);
            }
        }
        Ok(drawn.frame)
    }
}

/// A frame while its rows are added.
struct Drawing<'a> {
    rows: &'a Rows,
    rules: &'a Rules,
    fields: Vec<FieldNumber>,
    slices: BTreeMap<usize, Slice<'a>>,
    frame: Frame,
}

impl<'a> Drawing<'a> {
    fn new(rows: &'a Rows, rules: &'a Rules, fields: Vec<FieldNumber>) -> Self {
        let columns = rules.columns.iter().map(|(key, _)| FrameColumn::new(key.as_str())).collect();
        let frame = Frame { columns, ..Frame::default() };
        Self { rows, rules, fields, slices: BTreeMap::new(), frame }
    }

    fn push(&mut self, place: Place, position: u64) {
        match place {
            Place::Row { segment, row } => self.push_row(segment, row, position),
            Place::Tail(place) => self.push_tail(place, position),
        }
    }

    fn push_row(&mut self, segment: usize, row: u32, position: u64) {
        if !self.slices.contains_key(&segment) {
            let Some(slice) = Slice::new(self.rows, segment, &self.fields) else { return };
            self.slices.insert(segment, slice);
        }
        let Some(slice) = self.slices.get(&segment) else { return };
        for (place, column) in self.frame.columns.iter_mut().enumerate() {
            column.push(slice.text(row, place));
        }
        let (number, patch, stored) = (slice.number(row), slice.patch(row), slice.messages());
        let messages: Vec<(FieldNumber, &Message)> = match patch.and_then(|patch| patch.messages.as_ref()) {
            Some(messages) => messages.iter().map(|(field, message)| (*field, message)).collect(),
            None => stored.into_iter().flat_map(|stored| stored.of(row)).collect(),
        };
        self.end_row(number, position, &messages);
    }

    fn push_tail(&mut self, place: usize, position: u64) {
        let Some((number, patch)) = self.rows.state.tail.get(place) else { return };
        let patch: &RecordPatch = patch;
        for (column, field) in self.frame.columns.iter_mut().zip(&self.fields) {
            column.push(patch.cells.get(field).and_then(|text| text.as_deref()));
        }
        let messages = patch.messages.iter().flatten().map(|(field, message)| (*field, message));
        let messages: Vec<(FieldNumber, &Message)> = messages.collect();
        self.end_row(*number, position, &messages);
    }

    /// Adds what is not in a column: the record's id, its place, and its messages in the order of the columns.
    fn end_row(&mut self, number: RecordNumber, position: u64, messages: &[(FieldNumber, &Message)]) {
        let row = self.frame.rows.len() as u32;
        let mut flags = RowFlags::default();
        if !messages.is_empty() {
            for (column, field) in (0..).zip(&self.fields) {
                for (_, message) in messages.iter().filter(|(other, _)| other == field) {
                    flags = flags.with(message.level);
                    let (level, hosts, text) = (message.level, !message.derived, message.text.clone());
                    self.frame.messages.push(FrameMessage { row, column, level, hosts, text });
                }
            }
        }
        self.frame.rows.push(FrameRow { id: self.rules.record_key.tail(number), position, flags });
    }
}
