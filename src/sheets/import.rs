//! Making segments from the rows of a file: pure computing, for a thread of its own.

use std::sync::Arc;

use super::draft::{DraftRecord, SegmentDraft, SegmentDrafter};
use super::limits::Limits;
use super::rules::Rules;
use crate::domain::record::{FieldNumber, Message};
use crate::domain::workbook::Sheet;

/// Turns rows into checked segments. It holds one segment at a time, so its memory does not grow.
///
/// Uniqueness is checked when the segments are appended, against everything that is there by then.
pub struct ImportBuilder {
    drafter: SegmentDrafter,
    /// For each field of the drafter the column of the file that goes there.
    sources: Vec<Option<usize>>,
    fields: Vec<FieldNumber>,
    /// The cells of the next row that came with a character that cannot be stored.
    cleaned: Vec<FieldNumber>,
    removed: Message,
}

impl ImportBuilder {
    /// For a file whose columns go to these fields; a column without one is passed over.
    pub fn new(sheet: &Sheet, mapping: &[Option<FieldNumber>]) -> Self {
        Self::with_limits(sheet, mapping, Limits::default())
    }

    pub(super) fn with_limits(sheet: &Sheet, mapping: &[Option<FieldNumber>], limits: Limits) -> Self {
        Self::with_rules(Arc::new(Rules::of(sheet)), mapping, limits)
    }

    pub(super) fn with_rules(rules: Arc<Rules>, mapping: &[Option<FieldNumber>], limits: Limits) -> Self {
        let fields: Vec<FieldNumber> = rules.fields.keys().copied().collect();
        let source = |field: &FieldNumber| mapping.iter().rposition(|other| *other == Some(*field));
        let sources = fields.iter().map(source).collect();
        let drafter = SegmentDrafter::new(rules, limits, fields.clone());
        Self { drafter, sources, fields, cleaned: Vec::new(), removed: Message::character_removed() }
    }

    /// Says of the row that is pushed next that a character was removed from its text in that column.
    pub fn flag(&mut self, column: usize) {
        let targets = self.sources.iter().zip(&self.fields).filter(|(source, _)| **source == Some(column));
        self.cleaned.extend(targets.map(|(_, field)| *field));
    }

    /// Adds a row by the text of each of its columns; an empty text is an empty cell, and so is one that is
    /// missing at the end. A segment comes back whenever one is full.
    pub fn push_row<'a>(&mut self, text: impl Fn(usize) -> Option<&'a str>) -> Option<SegmentDraft> {
        let sources = &self.sources;
        let cell = |place: usize| text(sources.get(place).copied()??).filter(|text| !text.is_empty());
        let messages = self.cleaned.drain(..).map(|field| (field, &self.removed)).collect();
        self.drafter.push(cell, DraftRecord { messages, ..DraftRecord::default() })
    }

    /// The segment of the rows since the last one.
    pub fn finish(mut self) -> Option<SegmentDraft> {
        self.drafter.finish()
    }
}
