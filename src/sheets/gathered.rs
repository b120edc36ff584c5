//! Records of several segments copied together, for walking them in an order that is not the sheet's.

use super::bits::Bits;
use super::column::{Column, Texts};
use super::extras::{Extra, Extras};
use super::manifest::Manifest;
use super::messages::{Messages, MessagesBuilder};
use super::rows::{Place, Rows};
use super::slice::Slice;
use crate::domain::record::{FieldNumber, RecordNumber};

/// Copies of records, stored by position; `order` says in which order they are read.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    order: Vec<u32>,
    /// Sorted; those before `copied` are copied already.
    positions: Vec<u32>,
    copied: usize,
    numbers: Vec<RecordNumber>,
    columns: Vec<Column>,
    collected: MessagesBuilder,
    messages: Messages,
    extras: Extras,
    memory: usize,
}

impl Gathered {
    /// Room for the records at these positions.
    pub(super) fn new(wanted: &[u32], fields: usize) -> Self {
        let mut positions = wanted.to_vec();
        positions.sort_unstable();
        positions.dedup();
        let row = |position: &u32| positions.binary_search(position).unwrap_or(0) as u32;
        let order = wanted.iter().map(row).collect();
        let column = Column {
            count: positions.len(),
            present: Some(Bits::zeros(positions.len())),
            texts: Texts::default(),
            codes: None,
        };
        Self { order, positions, columns: vec![column; fields], ..Self::default() }
    }

    /// The segments that the records are in.
    pub(super) fn segments(&self, manifest: &Manifest) -> Vec<usize> {
        let mut segments: Vec<usize> = Vec::new();
        for position in &self.positions {
            match manifest.at(*position) {
                Some((segment, _)) if segments.last() != Some(&segment) => segments.push(segment),
                _ => {}
            }
        }
        segments
    }

    /// Copies the records before a position whose segments were fetched.
    pub(super) fn copy(&mut self, rows: &Rows, fields: &[FieldNumber], before: u32) {
        let manifest = &rows.state.manifest;
        while let Some(position) = self.positions.get(self.copied).filter(|position| **position < before) {
            match manifest.at(*position) {
                Some((segment, _)) => self.copy_segment(rows, segment, fields),
                None => {
                    let place = Place::Tail((position - manifest.rows()) as usize);
                    let cells = fields.iter().map(|field| rows.text(place, *field));
                    self.push(rows, place, cells);
                }
            }
        }
    }

    fn copy_segment(&mut self, rows: &Rows, segment: usize, fields: &[FieldNumber]) {
        let manifest = &rows.state.manifest;
        let (start, end) = (manifest.start(segment), manifest.start(segment + 1));
        let slice = Slice::new(rows, segment, fields);
        while let Some(position) = self.positions.get(self.copied).filter(|position| **position < end) {
            let row = position - start;
            let text = |place| slice.as_ref().and_then(|slice| slice.text(row, place));
            self.push(rows, Place::Row { segment, row }, (0..fields.len()).map(text));
        }
    }

    fn push<'a>(&mut self, rows: &Rows, place: Place, cells: impl Iterator<Item = Option<&'a str>>) {
        let row = self.copied as u32;
        for (column, text) in self.columns.iter_mut().zip(cells) {
            column.texts.push(text.unwrap_or(""));
            if let (Some(present), Some(text)) = (&mut column.present, text) {
                present.set(row as usize);
                self.memory += text.len();
            }
        }
        self.numbers.push(rows.number_at(place));
        for (field, message) in rows.messages(place) {
            self.collected.push(row, field, &message);
        }
        let extra: Extra = rows.extra(place);
        self.extras.push(row, extra);
        self.copied += 1;
    }

    /// Puts the messages right after the last record.
    pub(super) fn finish(&mut self) {
        self.messages = std::mem::take(&mut self.collected).finish();
    }

    /// Bytes of text.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// The rows in the order in which they are read.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(super) fn numbers(&self) -> &[RecordNumber] {
        &self.numbers
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn messages(&self) -> &Messages {
        &self.messages
    }

    pub(super) fn extras(&self) -> &Extras {
        &self.extras
    }
}
