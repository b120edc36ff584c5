//! Making segments from the rows of a file: pure computing, for a thread of its own.

use std::sync::Arc;

use super::draft::{DraftRecord, SegmentDraft, SegmentDrafter};
use super::limits::Limits;
use super::rules::Rules;
use crate::domain::record::FieldNumber;
use crate::domain::workbook::Sheet;

/// Turns rows into checked segments. It holds one segment at a time, so its memory does not grow.
///
/// Uniqueness is checked when the segments are appended, against everything that is there by then.
pub struct ImportBuilder {
    drafter: SegmentDrafter,
    /// For each column of the file the place of its field among the drafter's.
    places: Vec<Option<usize>>,
    fields: usize,
}

impl ImportBuilder {
    /// For a file whose columns go to these fields; a column without one is passed over.
    pub fn new(sheet: &Sheet, mapping: &[Option<FieldNumber>]) -> Self {
        Self::with_limits(sheet, mapping, Limits::default())
    }

    pub(super) fn with_limits(sheet: &Sheet, mapping: &[Option<FieldNumber>], limits: Limits) -> Self {
        let rules = Arc::new(Rules::of(sheet));
        let fields: Vec<FieldNumber> = rules.fields.keys().copied().collect();
        let place = |field: &Option<FieldNumber>| fields.iter().position(|other| Some(*other) == *field);
        let places = mapping.iter().map(place).collect();
        let count = fields.len();
        Self { drafter: SegmentDrafter::new(rules, limits, fields), places, fields: count }
    }

    /// Adds a row; an empty text is an empty cell, and so is one that is missing at the end. A segment
    /// comes back whenever one is full.
    pub fn push_row<'a>(&mut self, row: impl IntoIterator<Item = &'a str>) -> Option<SegmentDraft> {
        let mut cells = vec![None; self.fields];
        for (text, place) in row.into_iter().zip(&self.places) {
            if let Some(place) = place {
                cells[*place] = Some(text).filter(|text| !text.is_empty());
            }
        }
        self.drafter.push(DraftRecord { cells: &cells, messages: Vec::new(), metadata: None, config: None })
    }

    /// The segment of the rows since the last one.
    pub fn finish(mut self) -> Option<SegmentDraft> {
        self.drafter.finish()
    }
}
