//! Answering queries: which records, in which order. Columns are scanned as a whole, on a thread that may
//! block; the database is read before.

use std::collections::HashMap;

use super::bits::Bits;
use super::chunk::Part;
use super::error::{SheetError, blocking};
use super::fetch::{self, Wanted};
use super::messages;
use super::orders::Positions;
use super::rows::{Place, Rows};
use super::search::Needle;
use super::sort;
use super::view::View;
use crate::domain::blueprint::Level;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

impl View {
    /// The positions of the records that a query means, in its order. A version remembers its answers.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown, an id is none, or the query language is used.
    pub async fn positions(&self, tx: &mut Tx, query: &RecordQuery) -> Result<Positions, SheetError> {
        if query.is_everything() && self.state.is_whole() {
            return Ok(Positions::everything(self.state.positions()));
        }
        if let Some(known) = self.state.orders.get(query) {
            return Ok(known);
        }
        let positions = Positions::listed(self.find(tx, query).await?);
        self.state.orders.put(query, &positions);
        Ok(positions)
    }

    async fn find(&self, tx: &mut Tx, query: &RecordQuery) -> Result<Vec<u32>, SheetError> {
        if query.q.as_deref().is_some_and(|text| !text.trim().is_empty()) {
            let message = "the query language (`q`) is not there yet; use filter, searchValue and sortField";
            return Err(SheetError::Query(message.to_string()));
        }
        let sort_field = query.sort_field.as_deref().map(|key| self.rules.field(key)).transpose()?;
        let named = self.named(tx, query).await?;
        let picks_named = !query.ids.is_empty() && (!query.narrows() || query.filter == Some(Filter::None));
        let mut positions = match (picks_named, query.filter) {
            (true, _) => named.clone(),
            (false, Some(Filter::None)) => Vec::new(),
            (false, _) => self.live(tx).await?,
        };
        if !picks_named {
            let mut left_out = named;
            left_out.sort_unstable();
            positions.retain(|position| left_out.binary_search(position).is_err());
        }
        self.by_standing(tx, query, &mut positions).await?;
        self.by_text(tx, query, &mut positions).await?;
        match sort_field {
            Some(field) => self.sorted(tx, query, field, positions).await,
            None => Ok(positions),
        }
    }

    /// The records that the query names, in the order of the sheet.
    async fn named(&self, tx: &mut Tx, query: &RecordQuery) -> Result<Vec<u32>, SheetError> {
        let mut numbers: Vec<RecordNumber> = Vec::new();
        for id in &query.ids {
            let number = self.rules.record_key.number(id);
            numbers.extend(number.map_err(|error| SheetError::Query(error.to_string()))?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        self.positions_of(tx, &numbers).await
    }

    /// All records that are there, in order.
    async fn live(&self, tx: &mut Tx) -> Result<Vec<u32>, SheetError> {
        let state = &self.state;
        if state.is_whole() {
            return Ok((0..state.positions()).collect());
        }
        let mut live = Vec::with_capacity(state.counts.total as usize);
        for group in self.groups() {
            let rows = fetch::rows(&self.cache, tx, state, group.iter().copied(), &Wanted::Parts(Vec::new()))
                .await?;
            for segment in group {
                let records = state.manifest.segments().get(segment).map_or(0, |segment| segment.records);
                let start = state.manifest.start(segment);
                let there = (0..records).filter(|row| rows.is_live(segment, *row));
                live.extend(there.map(|row| start + row));
            }
        }
        live.extend(state.manifest.rows()..state.positions());
        Ok(live)
    }

    async fn by_standing(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        positions: &mut Vec<u32>,
    ) -> Result<(), SheetError> {
        let field = query.filter_field.as_deref().map(|key| self.rules.field(key)).transpose()?;
        let wanted = match query.filter {
            Some(Filter::Valid) => false,
            Some(Filter::Error) => true,
            _ => return Ok(()),
        };
        let invalid = self.invalid(tx, field).await?;
        positions.retain(|position| invalid.get(*position as usize) == wanted);
        Ok(())
    }

    /// Which positions have an error, in one field or in any.
    pub(super) async fn invalid(&self, tx: &mut Tx, field: Option<FieldNumber>) -> Result<Bits, SheetError> {
        let state = &self.state;
        let concerns = |other: FieldNumber| field.is_none_or(|field| field == other);
        let mut invalid = Bits::zeros(state.positions() as usize);
        let wanted = Wanted::Parts(vec![Part::MESSAGES]);
        for mut group in self.groups() {
            let segments = state.manifest.segments();
            group.retain(|segment| segments.get(*segment).is_some_and(|segment| segment.invalid > 0));
            let rows = fetch::rows(&self.cache, tx, state, group.iter().copied(), &wanted).await?;
            for segment in group {
                let start = state.manifest.start(segment);
                let Some(messages) = rows.segment_messages(segment) else { continue };
                for (row, _) in messages.errors().filter(|(_, field)| concerns(*field)) {
                    if rows.is_live(segment, row) {
                        invalid.set((start + row) as usize);
                    }
                }
            }
        }
        // What lies over the chunks has the last word.
        let touched: Vec<RecordNumber> = state.overlay.iter().map(|(number, _)| number).collect();
        for (number, position) in self.located(tx, &touched).await? {
            let Some(messages) = state.overlay.get(number).and_then(|patch| patch.messages.as_ref()) else {
                continue;
            };
            let is_error =
                |(field, message): &messages::CellMessage| concerns(*field) && message.level == Level::Error;
            invalid.put_at(position as usize, messages.iter().any(is_error));
        }
        Ok(invalid)
    }

    async fn by_text(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        positions: &mut Vec<u32>,
    ) -> Result<(), SheetError> {
        let only = query.search_field.as_deref().map(|key| self.rules.field(key)).transpose()?;
        let Some(needle) = query.search_value.as_deref().and_then(Needle::parse) else { return Ok(()) };
        let fields = match only {
            Some(field) => vec![field],
            None => self.rules.fields_of(None)?,
        };
        let state = &self.state;
        let mut hits = Bits::zeros(state.positions() as usize);
        let wanted = Wanted::Parts(fields.iter().map(|field| Part::field(*field)).collect());
        for group in self.groups() {
            let rows = fetch::rows(&self.cache, tx, state, group.iter().copied(), &wanted).await?;
            let (needle, fields) = (needle.clone(), fields.clone());
            hits = blocking(move || {
                for segment in group {
                    scan(&rows, segment, &fields, &needle, &mut hits);
                }
                Ok(hits)
            })
            .await?;
        }
        let rows = Rows::new(state.clone(), HashMap::new());
        for place in 0..state.tail.len() {
            let fits = |field: &FieldNumber| needle.fits(rows.text(Place::Tail(place), *field));
            hits.put_at(state.manifest.rows() as usize + place, fields.iter().any(fits));
        }
        positions.retain(|position| hits.get(*position as usize));
        Ok(())
    }

    async fn sorted(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        field: FieldNumber,
        mut positions: Vec<u32>,
    ) -> Result<Vec<u32>, SheetError> {
        let segments: Vec<usize> = (0..self.state.manifest.segments().len()).collect();
        let wanted = Wanted::Parts(vec![Part::field(field)]);
        let rows = fetch::rows(&self.cache, tx, &self.state, segments, &wanted).await?;
        let is_number = self.rules.fields.get(&field).is_some_and(|rules| rules.is_number);
        let direction = query.sort_direction.unwrap_or_default();
        blocking(move || {
            sort::sort(&rows, field, is_number, direction, &mut positions);
            Ok(positions)
        })
        .await
    }
}

/// Marks the records of a segment with a cell that fits.
fn scan(rows: &Rows, segment: usize, fields: &[FieldNumber], needle: &Needle, hits: &mut Bits) {
    let manifest = &rows.state.manifest;
    let Some(held) = manifest.segments().get(segment) else { return };
    let start = manifest.start(segment);
    for field in fields {
        match rows.column(segment, *field) {
            Some(column) => needle.scan(column, |row| hits.set((start + row) as usize)),
            None if needle.fits(None) => (0..held.records).for_each(|row| hits.set((start + row) as usize)),
            None => {}
        }
    }
    for (number, patch) in rows.state.overlay.range(held.first, held.last) {
        let Some(row) = rows.row(segment, number).filter(|_| !patch.cells.is_empty()) else { continue };
        let fits = |field: &FieldNumber| needle.fits(rows.text(Place::Row { segment, row }, *field));
        hits.put_at((start + row) as usize, fields.iter().any(fits));
    }
}
