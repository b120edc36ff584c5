//! Reading records: the chunks that were fetched for it, with the patch log laid over them.

use std::collections::HashMap;
use std::sync::Arc;

use super::bits::Bits;
use super::chunk::{Chunk, Part};
use super::column::Column;
use super::extras::{Extra, Extras};
use super::manifest::Segment;
use super::messages::{CellMessage, Messages};
use super::patch::RecordPatch;
use super::state::State;
use crate::domain::record::{Cell, FieldNumber, Record, RecordNumber};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a segment.
    Row { segment: usize, row: u32 },
    /// In no segment yet.
    Tail(usize),
}

/// A state and the chunks that were fetched to read from it. What was not fetched reads as empty.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) state: Arc<State>,
    chunks: HashMap<i64, Arc<Chunk>>,
}

impl Rows {
    pub(super) fn new(state: Arc<State>, chunks: HashMap<i64, Arc<Chunk>>) -> Self {
        Self { state, chunks }
    }

    fn segment(&self, segment: usize) -> Option<&Segment> {
        self.state.manifest.segments().get(segment).map(|segment| &**segment)
    }

    fn chunk(&self, segment: usize, part: Part) -> Option<&Chunk> {
        let id = self.segment(segment)?.chunks.get(&part)?;
        self.chunks.get(id).map(|chunk| &**chunk)
    }

    pub(super) fn column(&self, segment: usize, field: FieldNumber) -> Option<&Column> {
        match self.chunk(segment, Part::field(field)) {
            Some(Chunk::Values(column)) => Some(column),
            _ => None,
        }
    }

    pub(super) fn segment_messages(&self, segment: usize) -> Option<&Messages> {
        match self.chunk(segment, Part::MESSAGES) {
            Some(Chunk::Messages(messages)) => Some(messages),
            _ => None,
        }
    }

    pub(super) fn segment_extras(&self, segment: usize) -> Option<&Extras> {
        match self.chunk(segment, Part::EXTRAS) {
            Some(Chunk::Extras(extras)) => Some(extras),
            _ => None,
        }
    }

    pub(super) fn deleted(&self, segment: usize) -> Option<&Bits> {
        match self.chunk(segment, Part::DELETED) {
            Some(Chunk::Deleted(bits)) => Some(bits),
            _ => None,
        }
    }

    /// The number of a record of a segment.
    pub(super) fn number(&self, segment: usize, row: u32) -> RecordNumber {
        match self.chunk(segment, Part::NUMBERS) {
            Some(Chunk::Numbers(numbers)) => numbers.get(row as usize).copied().unwrap_or(RecordNumber(0)),
            _ => RecordNumber(self.segment(segment).map_or(0, |segment| segment.first.0) + u64::from(row)),
        }
    }

    /// The row of a record of a segment, deleted or not.
    pub(super) fn row(&self, segment: usize, number: RecordNumber) -> Option<u32> {
        let row = match self.chunk(segment, Part::NUMBERS) {
            Some(Chunk::Numbers(numbers)) => numbers.binary_search(&number).ok()? as u64,
            _ => number.0.checked_sub(self.segment(segment)?.first.0)?,
        };
        u32::try_from(row)
            .ok()
            .filter(|row| self.segment(segment).is_some_and(|segment| *row < segment.records))
    }

    /// How many positions are of records with smaller numbers; of the largest number, without end.
    pub(super) fn before(&self, number: u64) -> u32 {
        if number == u64::MAX {
            return u32::MAX;
        }
        let manifest = &self.state.manifest;
        let Some(segment) = manifest.reaching(number) else {
            let in_tail = self.state.tail.partition_point(|(other, _)| other.0 < number);
            return manifest.rows() + in_tail as u32;
        };
        let first = self.segment(segment).map_or(0, |segment| segment.first.0);
        let row = match self.chunk(segment, Part::NUMBERS) {
            Some(Chunk::Numbers(numbers)) => numbers.partition_point(|other| other.0 < number) as u32,
            _ => number.saturating_sub(first) as u32,
        };
        manifest.start(segment) + row
    }

    /// The patch over a record of a segment.
    pub(super) fn patch(&self, number: RecordNumber) -> Option<&RecordPatch> {
        self.state.overlay.get(number)
    }

    /// Whether a record of a segment is there.
    pub(super) fn is_live(&self, segment: usize, row: u32) -> bool {
        let in_chunk = self.deleted(segment).is_some_and(|deleted| deleted.get(row as usize));
        let in_log = || self.patch(self.number(segment, row)).is_some_and(|patch| patch.deleted);
        !in_chunk && (self.state.overlay.len() == 0 || !in_log())
    }

    /// Where a record stands; nothing when there is none of that number.
    pub(super) fn place_of(&self, number: RecordNumber) -> Option<Place> {
        match self.state.manifest.holding(number) {
            Some(segment) => {
                let row = self.row(segment, number)?;
                self.is_live(segment, row).then_some(Place::Row { segment, row })
            }
            None => {
                let place = self.state.tail.binary_search_by_key(&number, |(number, _)| *number).ok()?;
                Some(Place::Tail(place))
            }
        }
    }

    /// What stands at a position.
    pub(super) fn place_at(&self, position: u32) -> Option<Place> {
        if let Some((segment, row)) = self.state.manifest.at(position) {
            return Some(Place::Row { segment, row });
        }
        let place = (position - self.state.manifest.rows()) as usize;
        (place < self.state.tail.len()).then_some(Place::Tail(place))
    }

    /// The number of the record at a place.
    pub(super) fn number_at(&self, place: Place) -> RecordNumber {
        match place {
            Place::Row { segment, row } => self.number(segment, row),
            Place::Tail(place) => self.state.tail.get(place).map_or(RecordNumber(0), |(number, _)| *number),
        }
    }

    fn patch_at(&self, place: Place) -> Option<&RecordPatch> {
        match place {
            Place::Row { .. } if self.state.overlay.len() == 0 => None,
            Place::Row { segment, row } => self.patch(self.number(segment, row)),
            Place::Tail(place) => self.state.tail.get(place).map(|(_, patch)| &**patch),
        }
    }

    /// The text of a cell.
    pub(super) fn text(&self, place: Place, field: FieldNumber) -> Option<&str> {
        if let Some(changed) = self.patch_at(place).and_then(|patch| patch.cells.get(&field)) {
            return changed.as_deref();
        }
        match place {
            Place::Row { segment, row } => self.column(segment, field)?.get(row as usize),
            Place::Tail(_) => None,
        }
    }

    /// All messages of a record.
    pub(super) fn messages(&self, place: Place) -> Vec<CellMessage> {
        if let Some(changed) = self.patch_at(place).and_then(|patch| patch.messages.as_ref()) {
            return changed.clone();
        }
        let Place::Row { segment, row } = place else { return Vec::new() };
        let Some(messages) = self.segment_messages(segment) else { return Vec::new() };
        messages.of(row).map(|(field, message)| (field, message.clone())).collect()
    }

    /// Metadata and config of a record.
    pub(super) fn extra(&self, place: Place) -> Extra {
        let mut extra = match place {
            Place::Row { segment, row } => {
                self.segment_extras(segment).and_then(|extras| extras.of(row)).cloned().unwrap_or_default()
            }
            Place::Tail(_) => Extra::default(),
        };
        if let Some(patch) = self.patch_at(place) {
            if let Some(metadata) = &patch.metadata {
                extra.metadata.clone_from(metadata);
            }
            if let Some(config) = &patch.config {
                extra.config.clone_from(config);
            }
        }
        extra
    }

    /// A whole record with the cells of `fields`, in that order.
    pub(super) fn record(&self, place: Place, fields: &[FieldNumber]) -> Record {
        let mut cells: Vec<Cell> = fields
            .iter()
            .map(|field| Cell { text: self.text(place, *field).map(str::to_string), messages: Vec::new() })
            .collect();
        for (field, message) in self.messages(place) {
            if let Some(cell) = fields.iter().position(|other| *other == field) {
                cells[cell].messages.push(message);
            }
        }
        let Extra { metadata, config } = self.extra(place);
        Record { number: self.number_at(place), cells, metadata, config }
    }
}
