//! Segments on their way into a sheet: columns that are complete, and what needs the rest of the sheet left
//! open (record numbers, unique values). They can be encoded on a thread of its own, or by whoever appends them.

use std::sync::Arc;

use serde_json::Value;

use super::chunk::{Chunk, Part};
use super::column::ColumnBuilder;
use super::extras::{Extra, Extras};
use super::limits::Limits;
use super::messages::MessagesBuilder;
use super::rules::Rules;
use crate::domain::record::{FieldNumber, Message};

/// A segment that is not in a sheet yet.
#[derive(Debug)]
pub struct SegmentDraft {
    pub(super) records: u32,
    pub(super) parts: Vec<DraftPart>,
    pub(super) messages: MessagesBuilder,
    /// For each unique rule and record what it is compared by.
    pub(super) keys: Vec<Vec<Option<u64>>>,
}

/// A part of a draft, and what is stored of it once somebody has found the time.
#[derive(Debug)]
pub(super) struct DraftPart {
    pub(super) part: Part,
    pub(super) chunk: Chunk,
    pub(super) bytes: Option<Vec<u8>>,
}

impl DraftPart {
    pub(super) fn new(part: Part, chunk: Chunk) -> Self {
        Self { part, chunk, bytes: None }
    }
}

impl SegmentDraft {
    /// Encodes what can be encoded before the rest of the sheet is known, so that whoever writes need not do it.
    pub fn encode(&mut self) {
        for part in &mut self.parts {
            part.bytes.get_or_insert_with(|| part.chunk.encode());
        }
    }

    /// How many records it has.
    pub fn records(&self) -> u32 {
        self.records
    }
}

/// What a record has besides its cells.
#[derive(Default)]
pub(super) struct DraftRecord<'a> {
    /// Messages beyond those of the blueprint.
    pub(super) messages: Vec<(FieldNumber, &'a Message)>,
    pub(super) metadata: Option<Value>,
    pub(super) config: Option<Value>,
}

/// Makes drafts from records. Texts that come often in a segment are checked once.
pub(super) struct SegmentDrafter {
    rules: Arc<Rules>,
    limits: Limits,
    columns: Vec<DraftColumn>,
    records: u32,
    messages: MessagesBuilder,
    extras: Extras,
    keys: Vec<Vec<Option<u64>>>,
}

struct DraftColumn {
    field: FieldNumber,
    builder: ColumnBuilder,
    /// Whether every text is good and may be empty.
    is_free: bool,
    /// What is wrong with an empty cell.
    blank: Vec<Message>,
    /// What is wrong with the texts of the column's dictionary, by their codes.
    known: Vec<Option<Vec<Message>>>,
}

impl SegmentDrafter {
    pub(super) fn new(rules: Arc<Rules>, limits: Limits, fields: Vec<FieldNumber>) -> Self {
        let column = |field: FieldNumber| {
            let mut blank = Vec::new();
            let rules = rules.fields.get(&field);
            if let Some(rules) = rules {
                rules.checker.check(None, &mut blank);
            }
            let is_free = rules.is_none_or(|rules| rules.checker.is_free());
            DraftColumn { field, builder: ColumnBuilder::default(), is_free, blank, known: Vec::new() }
        };
        let columns = fields.into_iter().map(column).collect();
        let keys = rules.unique.iter().map(|_| Vec::new()).collect();
        Self {
            rules,
            limits,
            columns,
            records: 0,
            messages: MessagesBuilder::default(),
            extras: Extras::default(),
            keys,
        }
    }

    /// Adds a record with a text for each field of the drafter, by the place of the field. A draft comes back
    /// when the segment is full.
    pub(super) fn push<'a>(
        &mut self,
        cell: impl Fn(usize) -> Option<&'a str>,
        record: DraftRecord<'_>,
    ) -> Option<SegmentDraft> {
        let row = self.records;
        let mut length = 0;
        for (place, column) in self.columns.iter_mut().enumerate() {
            column.push(&self.rules, row, cell(place), &mut self.messages);
            length += column.builder.memory();
        }
        for (field, message) in &record.messages {
            self.messages.push(row, *field, message);
        }
        self.extras.push(row, Extra { metadata: record.metadata, config: record.config });
        let columns = &self.columns;
        let text = |field: FieldNumber| cell(columns.iter().position(|column| column.field == field)?);
        for link in &self.rules.links {
            if let Some(message) = link.check(text) {
                self.messages.push(row, link.field, &message);
            }
        }
        for (rule, keys) in self.rules.unique.iter().zip(&mut self.keys) {
            keys.push(self.rules.key(rule, &text));
        }
        self.records += 1;
        let is_full = self.records >= self.limits.segment_records || length >= self.limits.segment_bytes;
        if is_full { self.finish() } else { None }
    }

    /// The draft of the records since the last one.
    pub(super) fn finish(&mut self) -> Option<SegmentDraft> {
        let records = std::mem::take(&mut self.records);
        if records == 0 {
            return None;
        }
        let mut parts = Vec::new();
        for column in &mut self.columns {
            column.known.clear();
            parts.push((Part::field(column.field), Chunk::Values(column.builder.finish())));
        }
        parts.push((Part::EXTRAS, Chunk::Extras(std::mem::take(&mut self.extras))));
        parts.retain(|(_, chunk)| !chunk.is_empty());
        Some(SegmentDraft {
            records,
            parts: parts.into_iter().map(|(part, chunk)| DraftPart::new(part, chunk)).collect(),
            messages: std::mem::take(&mut self.messages),
            keys: self.keys.iter_mut().map(std::mem::take).collect(),
        })
    }
}

impl DraftColumn {
    fn push(&mut self, rules: &Rules, row: u32, text: Option<&str>, messages: &mut MessagesBuilder) {
        let code = self.builder.push(text);
        if text.is_none() {
            return self.blank.iter().for_each(|message| messages.push(row, self.field, message));
        }
        if self.is_free {
            return;
        }
        let code = code.map(usize::from);
        if let Some(Some(found)) = code.and_then(|code| self.known.get(code)) {
            return found.iter().for_each(|message| messages.push(row, self.field, message));
        }
        let Some(rules) = rules.fields.get(&self.field) else { return };
        let mut found = Vec::new();
        rules.checker.check(text, &mut found);
        found.iter().for_each(|message| messages.push(row, self.field, message));
        if let Some(code) = code {
            self.known.resize(self.known.len().max(code + 1), None);
            self.known[code] = Some(found);
        }
    }
}
