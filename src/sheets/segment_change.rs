//! New texts for cells of one segment, and the segment made anew with them: its columns, and the messages of the
//! changed cells.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::bulk::FieldEdit;
use super::chunk::{Chunk, Part};
use super::column::{Column, ColumnBuilder};
use super::manifest::Segment;
use super::messages::{self, CellMessage, Messages, MessagesBuilder};
use super::rewrite::Rewritten;
use super::rules::Rules;
use super::slice::Slice;
use crate::domain::cell_edit::{CellEdit, Edited};
use crate::domain::record::{FieldNumber, Message};

/// New texts for cells of one segment.
#[derive(Debug)]
pub(super) struct SegmentChange {
    /// The place of the segment in the manifest.
    pub(super) place: usize,
    /// The rows of the records that change, in order.
    pub(super) rows: Vec<u32>,
    /// For each field its changed cells, in the order of their rows.
    cells: Vec<(FieldNumber, Vec<(u32, NewText)>)>,
}

/// Equal texts of a column are made once.
type NewText = Option<Arc<str>>;

/// A record of a [`SegmentChange`].
pub(super) struct RowChange<'a> {
    pub(super) row: u32,
    /// Its new texts, by the order of the fields.
    pub(super) cells: Vec<(FieldNumber, Option<&'a str>)>,
}

impl SegmentChange {
    /// What becomes of these rows by the rules of some fields; nothing when nothing changes. The slice must have been
    /// made for these fields. Beside each row comes its record's place among all that are meant.
    pub(super) fn of_edits(
        slice: &Slice<'_>,
        place: usize,
        rows: &[(u32, u32)],
        edits: &[FieldEdit],
        too_long: &mut u64,
    ) -> Option<Self> {
        let of_field = |(at, FieldEdit { field, edit, .. }): (usize, &FieldEdit)| {
            let cells = new_texts(slice, at, rows, edit, too_long);
            (!cells.is_empty()).then_some((*field, cells))
        };
        let mut cells: Vec<_> = edits.iter().enumerate().filter_map(of_field).collect();
        cells.sort_by_key(|(field, _)| *field);
        Self::of_cells(place, cells)
    }

    fn of_cells(place: usize, cells: Vec<(FieldNumber, Vec<(u32, NewText)>)>) -> Option<Self> {
        let mut rows: Vec<u32> =
            cells.iter().flat_map(|(_, cells)| cells.iter().map(|(row, _)| *row)).collect();
        if cells.len() > 1 {
            rows.sort_unstable();
            rows.dedup();
        }
        (!rows.is_empty()).then_some(Self { place, rows, cells })
    }

    /// The same without some cells; nothing when no other changes.
    pub(super) fn without(mut self, stays: impl Fn(u32, FieldNumber) -> bool) -> Option<Self> {
        for (field, cells) in &mut self.cells {
            cells.retain(|(row, _)| !stays(*row, *field));
        }
        self.cells.retain(|(_, cells)| !cells.is_empty());
        Self::of_cells(self.place, self.cells)
    }

    /// The fields of the changed cells.
    pub(super) fn fields(&self) -> impl Iterator<Item = FieldNumber> {
        self.cells.iter().map(|(field, _)| *field)
    }

    /// The changes record by record.
    pub(super) fn by_row(&self) -> Vec<RowChange<'_>> {
        let mut fields: Vec<_> =
            self.cells.iter().map(|(field, cells)| (*field, cells.iter().peekable())).collect();
        let of_row = |row: &u32| {
            let mut cells = Vec::with_capacity(fields.len());
            for (field, changed) in &mut fields {
                cells.extend(
                    changed.next_if(|(other, _)| other == row).map(|(_, text)| (*field, text.as_deref())),
                );
            }
            RowChange { row: *row, cells }
        };
        self.rows.iter().map(of_row).collect()
    }

    /// The segment with the new texts, and with these messages of the changed records where those differ from before.
    pub(super) fn rewrite(
        &self,
        segment: &Segment,
        slice: &Slice<'_>,
        remarks: &[(u32, Vec<CellMessage>)],
        invalid: i64,
    ) -> Rewritten {
        let mut segment = segment.clone();
        segment.invalid = segment.invalid.saturating_add_signed(invalid as i32);
        let column = |field: FieldNumber| slice.column_of(field);
        let mut changed: Vec<(Part, Chunk)> = self
            .cells
            .iter()
            .map(|(field, cells)| {
                (Part::field(*field), Chunk::Values(with_texts(column(*field), segment.records, cells)))
            })
            .collect();
        if !remarks.is_empty() {
            changed.push((Part::MESSAGES, Chunk::Messages(with_remarks(slice.messages(), remarks))));
        }
        for (part, _) in changed.iter().filter(|(_, chunk)| chunk.is_empty()) {
            segment.chunks.remove(part);
        }
        changed.retain(|(_, chunk)| !chunk.is_empty());
        Rewritten { segment, changed }
    }
}

/// The cells of a column that change; a text of its dictionary is looked at once. Counts those that would be too long.
fn new_texts(
    slice: &Slice<'_>,
    at: usize,
    rows: &[(u32, u32)],
    edit: &CellEdit,
    too_long: &mut u64,
) -> Vec<(u32, NewText)> {
    let new = |text: Option<&str>, meant: u32| edit.apply(text, meant as usize).map(share);
    let mut cells = Vec::new();
    let mut take = |row: u32, since: Edited<Arc<str>>| match since {
        Edited::Same => {}
        Edited::To(text) => cells.push((row, text)),
        Edited::TooLong => *too_long += 1,
    };
    let coded = slice.column(at).filter(|column| slice.is_plain() && column.codes.is_some());
    let Some(column) = coded.filter(|_| !edit.goes_by_row()) else {
        for (row, meant) in rows {
            take(*row, new(slice.text(*row, at), *meant));
        }
        return cells;
    };
    let mut known: Vec<Option<Edited<Arc<str>>>> = vec![None; column.texts.len()];
    let blank = new(None, 0);
    for (row, _) in rows {
        let since = match column.place(*row as usize) {
            Some(place) => known[place].get_or_insert_with(|| new(Some(column.texts.get(place)), 0)),
            None => &blank,
        };
        take(*row, since.clone());
    }
    cells
}

fn share(text: Cow<'_, str>) -> Arc<str> {
    text.into()
}

/// A column with some cells changed.
fn with_texts(before: Option<&Column>, records: u32, cells: &[(u32, NewText)]) -> Column {
    let mut builder = ColumnBuilder::default();
    let mut cells = cells.iter().peekable();
    for row in 0..records {
        match cells.next_if(|(other, _)| *other == row) {
            Some((_, text)) => builder.push(text.as_deref()),
            None => builder.push(before.and_then(|column| column.get(row as usize))),
        };
    }
    builder.finish()
}

/// The messages of a segment with those of some records changed.
fn with_remarks(before: Option<&Messages>, remarks: &[(u32, Vec<CellMessage>)]) -> Messages {
    let mut builder = MessagesBuilder::default();
    let stays = |row: u32| remarks.binary_search_by_key(&row, |(row, _)| *row).is_err();
    for (row, field, message) in before.into_iter().flat_map(Messages::iter).filter(|(row, ..)| stays(*row)) {
        builder.push(row, field, message);
    }
    for (row, messages) in remarks {
        messages.iter().for_each(|(field, message)| builder.push(*row, *field, message));
    }
    builder.finish()
}

/// What is wrong with texts, remembered as long as a change lasts.
#[derive(Default)]
pub(super) struct Checked {
    /// Fields whose new texts came with a character that cannot be stored.
    removed: Vec<FieldNumber>,
    fields: HashMap<FieldNumber, HashMap<Option<Box<str>>, Vec<Message>>>,
}

impl Checked {
    /// With a word on the changed cells of these fields that a character of their text was removed.
    pub(super) fn saying_removed(removed: Vec<FieldNumber>) -> Self {
        Self { removed, fields: HashMap::new() }
    }

    /// The messages of a record since: those of its changed cells are made anew, as by an edit of each.
    pub(super) fn messages(
        &mut self,
        rules: &Rules,
        change: &RowChange<'_>,
        before: &[CellMessage],
    ) -> Vec<CellMessage> {
        let is_changed = |field: FieldNumber| change.cells.iter().any(|(other, _)| *other == field);
        let mut since: Vec<CellMessage> =
            before.iter().filter(|(field, _)| !is_changed(*field)).cloned().collect();
        for (field, text) in &change.cells {
            let found = self.check(rules, *field, *text);
            since.extend(found.iter().map(|message| (*field, message.clone())));
            since.extend(self.removed.contains(field).then(|| (*field, Message::character_removed())));
        }
        since
    }

    fn check(&mut self, rules: &Rules, field: FieldNumber, text: Option<&str>) -> &[Message] {
        let is_free = rules.fields.get(&field).is_none_or(|rules| rules.checker.is_free());
        if is_free && text.is_some() {
            return &[];
        }
        let known = self.fields.entry(field).or_default();
        known.entry(text.map(Box::from)).or_insert_with(|| {
            let mut found = Vec::new();
            rules.check(field, text, &mut found);
            found.into_iter().map(|(_, message)| message).collect()
        })
    }
}

/// The messages of a record that begin or end to be there, arranged; nothing when they stay.
pub(super) fn remarked(before: &[CellMessage], mut since: Vec<CellMessage>) -> Option<Vec<CellMessage>> {
    messages::arrange(&mut since);
    (since != before).then_some(since)
}
