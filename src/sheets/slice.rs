//! One segment of a version with its columns at hand: for reading many of its records without looking up
//! the chunk of every cell.

use super::bits::Bits;
use super::column::Column;
use super::manifest::Segment;
use super::messages::Messages;
use super::patch::RecordPatch;
use super::rows::{Place, Rows};
use crate::domain::record::{FieldNumber, RecordNumber};

/// A segment and what lies over it. What was not fetched into `rows` reads as empty.
pub(super) struct Slice<'a> {
    rows: &'a Rows,
    segment: &'a Segment,
    place: usize,
    /// In the order of the fields that were asked for.
    columns: Vec<(FieldNumber, Option<&'a Column>)>,
    /// The patches by the row of their record, in order.
    patched: Vec<(u32, &'a RecordPatch)>,
}

impl<'a> Slice<'a> {
    /// The segment at a place of the manifest, for reading these fields; nothing when there is none.
    pub(super) fn new(rows: &'a Rows, place: usize, fields: &[FieldNumber]) -> Option<Self> {
        let segment = rows.state.manifest.segments().get(place)?;
        let columns = fields.iter().map(|field| (*field, rows.column(place, *field))).collect();
        let patches = rows.state.overlay.range(segment.first, segment.last);
        let patched = patches.filter_map(|(number, patch)| Some((rows.row(place, number)?, &**patch)));
        Some(Self { rows, segment, place, columns, patched: patched.collect() })
    }

    /// Records in the segment, the deleted ones included.
    pub(super) fn records(&self) -> u32 {
        self.segment.records
    }

    /// The position of its first record.
    pub(super) fn start(&self) -> u32 {
        self.rows.state.manifest.start(self.place)
    }

    /// Where a row stands.
    pub(super) fn place(&self, row: u32) -> Place {
        Place::Row { segment: self.place, row }
    }

    /// The number of a record.
    pub(super) fn number(&self, row: u32) -> RecordNumber {
        self.rows.number(self.place, row)
    }

    /// Whether nothing lies over the chunks: then the columns alone are the truth.
    pub(super) fn is_plain(&self) -> bool {
        self.patched.is_empty()
    }

    /// The rows that something lies over, in order.
    pub(super) fn patched(&self) -> &[(u32, &'a RecordPatch)] {
        &self.patched
    }

    /// What lies over a record.
    pub(super) fn patch(&self, row: u32) -> Option<&'a RecordPatch> {
        let place = self.patched.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(self.patched[place].1)
    }

    /// The stored column of the field that was asked for in that place, without what lies over it.
    pub(super) fn column(&self, place: usize) -> Option<&'a Column> {
        self.columns.get(place)?.1
    }

    /// The stored column of a field that was asked for, without what lies over it.
    pub(super) fn column_of(&self, field: FieldNumber) -> Option<&'a Column> {
        self.columns.iter().find(|(other, _)| *other == field)?.1
    }

    /// The deletions that are stored.
    pub(super) fn deleted(&self) -> Option<&'a Bits> {
        self.rows.deleted(self.place)
    }

    /// The messages that are stored.
    pub(super) fn messages(&self) -> Option<&'a Messages> {
        self.rows.segment_messages(self.place)
    }

    /// Whether a record is there.
    pub(super) fn is_live(&self, row: u32) -> bool {
        !self.deleted().is_some_and(|deleted| deleted.get(row as usize))
            && !self.patch(row).is_some_and(|patch| patch.deleted)
    }

    /// The text of a cell of the field that was asked for in that place.
    pub(super) fn text(&self, row: u32, place: usize) -> Option<&'a str> {
        let (field, column) = self.columns.get(place)?;
        if let Some(changed) = self.patch(row).and_then(|patch| patch.cells.get(field)) {
            return changed.as_deref();
        }
        column.and_then(|column| column.get(row as usize))
    }
}
