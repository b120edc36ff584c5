//! Several segments with new texts made anew together: first every unique value moves, then the messages are made.

use super::commit::{Edit, TOLD_CELLS};
use super::rewrite::Rewritten;
use super::rows::Rows;
use super::rules::Rules;
use super::segment_change::{Checked, RowChange, SegmentChange, remarked};
use super::slice::Slice;
use super::unique::{Partner, UniqueIndex};
use super::writer::ChangedCell;
use crate::domain::record::FieldNumber;

/// What came out of some segments.
pub(super) struct Made {
    /// The segments with their places in the manifest.
    pub(super) rewritten: Vec<(usize, Rewritten)>,
    /// Records that were not touched and begin or cease to have a double.
    pub(super) partners: Vec<Partner>,
}

/// Makes segments anew. `rows` must hold the fields, those of the unique rules when there is an index, and messages.
pub(super) fn run(
    (rules, mut checked): (&Rules, Checked),
    rows: &Rows,
    fields: &[FieldNumber],
    changes: &[SegmentChange],
    mut index: Option<&mut UniqueIndex>,
    edit: &mut Edit,
) -> Made {
    let begin = edit.numbers.len();
    let mut keys = Vec::new();
    let segments: Vec<(Slice<'_>, &SegmentChange, Vec<RowChange<'_>>)> = changes
        .iter()
        .filter_map(|change| Some((Slice::new(rows, change.place, fields)?, change, change.by_row())))
        .collect();
    for (slice, _, changes) in &segments {
        for change in changes {
            let number = slice.number(change.row);
            edit.numbers.push(number);
            tell(slice, fields, change, edit);
            if let Some(index) = index.as_deref_mut() {
                keys.push(move_keys(rules, slice, fields, change, index));
            }
        }
    }
    let touched = &edit.numbers[begin..];
    let partners =
        index.as_deref_mut().map(|index| index.settle(|number| touched.binary_search(&number).is_ok()));
    let mut keys = keys.into_iter();
    let mut rewritten = Vec::new();
    for (slice, change, changes) in &segments {
        let mut remarks = Vec::new();
        let invalid = edit.invalid;
        for row in changes {
            let before: Vec<_> =
                slice.messages().into_iter().flat_map(|messages| messages.of(row.row)).collect();
            let before: Vec<_> =
                before.into_iter().map(|(field, message)| (field, message.clone())).collect();
            let mut since = checked.messages(rules, row, &before);
            if !rules.links.is_empty() {
                let is_changed = |field: FieldNumber| row.cells.iter().any(|(other, _)| *other == field);
                rules.check_links(is_changed, |field| text_since(slice, fields, row, field), &mut since);
            }
            if let (Some(index), Some(keys)) = (index.as_deref(), keys.next()) {
                for (place, (rule, key)) in rules.unique.iter().zip(keys).enumerate() {
                    rule.mark(&mut since, key.is_some_and(|key| index.is_doubled(place, key)));
                }
            }
            edit.recount(&before, &since);
            remarks.extend(remarked(&before, since).map(|since| (row.row, since)));
        }
        let Some(segment) = rows.state.manifest.segments().get(change.place) else { continue };
        rewritten.push((change.place, change.rewrite(segment, slice, &remarks, edit.invalid - invalid)));
    }
    Made { rewritten, partners: partners.unwrap_or_default() }
}

/// Tells of changed cells, as far as they are told.
fn tell(slice: &Slice<'_>, fields: &[FieldNumber], change: &RowChange<'_>, edit: &mut Edit) {
    if edit.changed_values.len() >= TOLD_CELLS {
        return;
    }
    let number = slice.number(change.row);
    for (field, after) in &change.cells {
        let place = fields.iter().position(|other| other == field);
        let before = place.and_then(|place| slice.text(change.row, place)).map(str::to_string);
        if edit.changed_values.len() < TOLD_CELLS {
            let after = after.map(str::to_string);
            edit.changed_values.push(ChangedCell { number, field: *field, before, after });
        }
    }
}

/// Moves the unique values of a record; the answer is what it is compared by since.
fn move_keys(
    rules: &Rules,
    slice: &Slice<'_>,
    fields: &[FieldNumber],
    change: &RowChange<'_>,
    index: &mut UniqueIndex,
) -> Vec<Option<u64>> {
    let number = slice.number(change.row);
    let text = |field: FieldNumber| slice.text(change.row, fields.iter().position(|other| *other == field)?);
    let old = rules.keys(text);
    let new = rules.keys(|field| text_since(slice, fields, change, field));
    for (rule, (old, new)) in old.iter().zip(&new).enumerate() {
        if old != new {
            old.iter().for_each(|key| index.remove(rule, *key, number));
            new.iter().for_each(|key| _ = index.add(rule, *key, number));
        }
    }
    new
}

/// The text of a cell of a record with its changes.
fn text_since<'a>(
    slice: &Slice<'a>,
    fields: &[FieldNumber],
    change: &RowChange<'a>,
    field: FieldNumber,
) -> Option<&'a str> {
    match change.cells.iter().find(|(other, _)| *other == field) {
        Some((_, text)) => *text,
        None => slice.text(change.row, fields.iter().position(|other| *other == field)?),
    }
}
