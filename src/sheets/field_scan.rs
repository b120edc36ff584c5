//! One field of a whole version at hand, segment by segment, with what lies over the chunks.

use super::bits::Bits;
use super::column::Column;
use super::rows::{Place, Rows};
use super::slice::Slice;
use crate::domain::record::FieldNumber;

/// A field of a version. Segments that were not fetched read as empty.
pub(super) struct FieldScan<'a> {
    rows: &'a Rows,
    field: FieldNumber,
    slices: Vec<Option<Slice<'a>>>,
}

/// The segment of a record that is in none yet.
pub(super) const TAIL: u32 = u32::MAX;

impl<'a> FieldScan<'a> {
    pub(super) fn new(rows: &'a Rows, field: FieldNumber) -> Self {
        let places = 0..rows.state.manifest.segments().len();
        let slices = places.map(|place| Slice::new(rows, place, &[field])).collect();
        Self { rows, field, slices }
    }

    /// The segments with one of the chosen records, and how many of those each has; the tail comes last.
    pub(super) fn chosen(&self, selected: &Bits) -> Vec<(u32, usize)> {
        let segments = (0..self.slices.len() as u32).chain([TAIL]);
        let counted = segments.map(|segment| (segment, self.part(segment, selected).ones()));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// The position of the first record of a segment.
    pub(super) fn start(&self, segment: u32) -> u32 {
        match self.slice(segment) {
            Some(slice) => slice.start(),
            None => self.rows.state.manifest.rows(),
        }
    }

    fn slice(&self, segment: u32) -> Option<&Slice<'a>> {
        self.slices.get(segment as usize)?.as_ref()
    }

    fn part(&self, segment: u32, selected: &Bits) -> Bits {
        let records =
            self.slice(segment).map_or(self.rows.state.tail.len(), |slice| slice.records() as usize);
        selected.part(self.start(segment) as usize, records)
    }

    /// The column of a segment, without what lies over it.
    pub(super) fn column(&self, segment: u32) -> Option<&'a Column> {
        self.slice(segment)?.column(0)
    }

    /// The cells of a segment that lie over its column, by position.
    pub(super) fn patched(&self, segment: u32) -> impl Iterator<Item = (u32, Option<&'a str>)> + '_ {
        let start = self.start(segment);
        let patched = self.slice(segment).map_or(&[][..], Slice::patched);
        patched
            .iter()
            .filter_map(move |(row, patch)| Some((start + row, patch.cells.get(&self.field)?.as_deref())))
    }

    /// The text at a position, which is of that segment.
    pub(super) fn text(&self, segment: u32, position: u32) -> Option<&'a str> {
        let row = position - self.start(segment);
        match self.slice(segment) {
            Some(slice) => slice.text(row, 0),
            None => {
                let (_, patch) = self.rows.state.tail.get(row as usize)?;
                patch.cells.get(&self.field)?.as_deref()
            }
        }
    }

    /// The text at a position.
    pub(super) fn text_at(&self, position: u32) -> Option<&'a str> {
        match self.rows.place_at(position)? {
            Place::Row { segment, .. } => self.text(segment as u32, position),
            Place::Tail(_) => self.text(TAIL, position),
        }
    }

    /// The chosen cells of a segment, in order.
    pub(super) fn each(&self, segment: u32, selected: &Bits, mut cell: impl FnMut(u32, Option<&'a str>)) {
        let start = self.start(segment);
        for row in self.part(segment, selected).each() {
            let position = start + row as u32;
            cell(position, self.text(segment, position));
        }
    }

    /// Whether the chosen records have few different texts, going by the dictionaries of the segments.
    pub(super) fn repeats(&self, chosen: &[(u32, usize)]) -> bool {
        let (mut texts, mut cells) = (0, 0);
        for (segment, count) in chosen {
            texts += match self.column(*segment) {
                Some(column) if column.codes.is_some() => column.texts.len(),
                None if *segment != TAIL => 0,
                _ => *count,
            };
            cells += count;
        }
        texts * 4 <= cells
    }
}
