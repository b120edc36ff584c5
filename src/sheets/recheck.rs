//! Checking one segment again: which of its messages go, which come. Columns are read as they are
//! stored, so that a text that comes often is checked once and a column of good texts costs next to
//! nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::chunk::{Chunk, Part};
use super::column::Column;
use super::messages::{self, CellMessage, MessagesBuilder};
use super::references::LinkRule;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::slice::Slice;
use super::stale::Stale;
use crate::domain::blueprint::Level;
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::domain::validation::FieldChecker;

/// What is checked again, and by which rules.
pub(super) struct Recheck {
    pub(super) rules: Arc<Rules>,
    pub(super) stale: Stale,
    /// For each unique rule the records that have a double, in order.
    pub(super) doubles: Vec<Vec<RecordNumber>>,
}

/// What was found out about records.
#[derive(Default)]
pub(super) struct Found {
    /// Segments by their places, with their new messages and how many of their records are invalid.
    pub(super) segments: Vec<(usize, Chunk, u32)>,
    /// New messages of records that something lies over, or that are in no segment.
    pub(super) records: Vec<(RecordNumber, Vec<CellMessage>)>,
    /// All records whose messages changed.
    pub(super) numbers: Vec<RecordNumber>,
    /// How many more or fewer records have an error.
    pub(super) invalid: i64,
}

/// A message of a row of a segment.
type Entry<'a> = (u32, FieldNumber, &'a Message);

impl Recheck {
    /// The fields whose texts are read.
    pub(super) fn fields(&self) -> Vec<FieldNumber> {
        let is_checked =
            |field: &&FieldNumber| self.rules.fields.get(field).is_some_and(|rules| !rules.checker.is_free());
        let mut fields: Vec<FieldNumber> = self.stale.checks.iter().filter(is_checked).copied().collect();
        for field in self.links().flat_map(LinkRule::reads) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    fn links(&self) -> impl Iterator<Item = &LinkRule> {
        self.rules.links.iter().filter(|link| self.stale.links.contains(&link.field))
    }

    /// Checks a segment.
    pub(super) fn segment(&self, rows: &Rows, place: usize, out: &mut Found) {
        let fields = self.fields();
        let Some(slice) = Slice::new(rows, place, &fields) else { return };
        let skips = |row: u32| {
            slice.patch(row).is_some() || slice.deleted().is_some_and(|deleted| deleted.get(row as usize))
        };
        let mut came: Vec<(u32, FieldNumber, Message)> = Vec::new();
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| self.stale.checks.contains(field)) {
            let Some(rules) = self.rules.fields.get(field) else { continue };
            check_column(&rules.checker, slice.column(at), slice.records(), |row, messages| {
                if !skips(row) {
                    came.extend(messages.iter().map(|message| (row, *field, message.clone())));
                }
            });
        }
        for link in self.links() {
            let text = |row, field| slice.text(row, fields.iter().position(|other| *other == field)?);
            let rows = (0..slice.records()).filter(|row| !skips(*row));
            came.extend(
                rows.filter_map(|row| Some((row, link.field, link.check(|field| text(row, field))?))),
            );
        }
        let last = slice.number(slice.records().saturating_sub(1));
        for (field, message, number) in self.marks(slice.number(0), last) {
            if let Some(row) = rows.row(place, number).filter(|row| !skips(*row)) {
                came.push((row, field, message.clone()));
            }
        }
        self.replace(&slice, place, &skips, &came, out);
        for (row, _) in slice.patched().iter().filter(|(row, _)| slice.is_live(*row)) {
            self.record(rows, slice.place(*row), slice.number(*row), out);
        }
    }

    /// The marks of doubles among the records from `first` to `last`.
    fn marks(
        &self,
        first: RecordNumber,
        last: RecordNumber,
    ) -> impl Iterator<Item = (FieldNumber, &Message, RecordNumber)> {
        self.rules.unique.iter().zip(&self.doubles).flat_map(move |(rule, doubles)| {
            let (begin, end) = (
                doubles.partition_point(|number| *number < first),
                doubles.partition_point(|number| *number <= last),
            );
            let marks = rule.marks().filter(|(field, _)| self.stale.unique.contains(field));
            marks.flat_map(move |(field, message)| {
                doubles[begin..end].iter().map(move |number| (field, message, *number))
            })
        })
    }

    /// Puts what came in the place of what is stale, when that makes a difference.
    fn replace(
        &self,
        slice: &Slice<'_>,
        place: usize,
        skips: &impl Fn(u32) -> bool,
        came: &[(u32, FieldNumber, Message)],
        out: &mut Found,
    ) {
        let stored = slice.messages();
        let drops = |(row, field, message): &Entry<'_>| {
            self.stale.drops(*field, message.source, message.derived) && !skips(*row)
        };
        let (mut went, kept): (Vec<Entry<'_>>, Vec<Entry<'_>>) =
            stored.into_iter().flat_map(|stored| stored.iter()).partition(drops);
        let mut came: Vec<Entry<'_>> =
            came.iter().map(|(row, field, message)| (*row, *field, message)).collect();
        went.sort_unstable();
        came.sort_unstable();
        if went == came {
            return;
        }
        let changed = differing_rows(&went, &came);
        let mut builder = MessagesBuilder::default();
        for (row, field, message) in kept.iter().chain(&came) {
            builder.push(*row, *field, message);
        }
        let since = builder.finish();
        let is_invalid = |row: u32, of: Option<&messages::Messages>| {
            of.is_some_and(|of| of.of(row).any(|(_, message)| message.level == Level::Error))
        };
        for row in changed {
            out.invalid += i64::from(is_invalid(row, Some(&since))) - i64::from(is_invalid(row, stored));
            out.numbers.push(slice.number(row));
        }
        let is_there = |row: &u32| !slice.deleted().is_some_and(|deleted| deleted.get(*row as usize));
        let mut invalid: Vec<u32> = since.errors().map(|(row, _)| row).filter(is_there).collect();
        invalid.dedup();
        out.segments.push((place, Chunk::Messages(since), invalid.len() as u32));
    }

    /// Checks one record by itself.
    pub(super) fn record(&self, rows: &Rows, place: Place, number: RecordNumber, out: &mut Found) {
        let before = rows.messages(place);
        let mut since: Vec<CellMessage> =
            before.iter().filter(|message| !self.stale.drops_message(message)).cloned().collect();
        for field in &self.stale.checks {
            self.rules.check(*field, rows.text(place, *field), &mut since);
        }
        for link in self.links() {
            since.extend(link.check(|field| rows.text(place, field)).map(|message| (link.field, message)));
        }
        since.extend(self.marks(number, number).map(|(field, message, _)| (field, message.clone())));
        let (mut one, mut other): (Vec<_>, Vec<_>) = (before.iter().collect(), since.iter().collect());
        one.sort_unstable();
        other.sort_unstable();
        if one == other {
            return;
        }
        out.invalid += i64::from(messages::is_invalid(&since)) - i64::from(messages::is_invalid(&before));
        out.numbers.push(number);
        messages::arrange(&mut since);
        out.records.push((number, since));
    }
}

/// The parts that checking some fields reads.
pub(super) fn parts(fields: &[FieldNumber]) -> Vec<Part> {
    fields.iter().map(|field| Part::field(*field)).chain([Part::MESSAGES]).collect()
}

/// The rows that are in one list only, or not with the same messages.
fn differing_rows(one: &[Entry<'_>], other: &[Entry<'_>]) -> BTreeSet<u32> {
    let of_row = |entries: &[Entry<'_>], row: u32| {
        let begin = entries.partition_point(|entry| entry.0 < row);
        let end = entries.partition_point(|entry| entry.0 <= row);
        begin..end
    };
    let rows: BTreeSet<u32> = one.iter().chain(other).map(|entry| entry.0).collect();
    rows.into_iter().filter(|row| one[of_row(one, *row)] != other[of_row(other, *row)]).collect()
}

/// Hands out every row whose text is not good. An absent column is empty in every row.
fn check_column(
    checker: &FieldChecker,
    column: Option<&Column>,
    records: u32,
    mut bad: impl FnMut(u32, &[Message]),
) {
    let mut blank = Vec::new();
    checker.check(None, &mut blank);
    let Some(column) = column else {
        if !blank.is_empty() {
            (0..records).for_each(|row| bad(row, &blank));
        }
        return;
    };
    let mut found = Vec::new();
    let Some(codes) = &column.codes else {
        for row in 0..records {
            match column.get(row as usize) {
                None if blank.is_empty() => {}
                None => bad(row, &blank),
                text => checker.check(text, &mut found),
            }
            if !found.is_empty() {
                bad(row, &found);
                found.clear();
            }
        }
        return;
    };
    let mut known: Vec<Vec<Message>> = Vec::with_capacity(column.texts.len());
    for place in 0..column.texts.len() {
        checker.check(Some(column.texts.get(place)), &mut found);
        known.push(std::mem::take(&mut found));
    }
    let has_blanks = column.present.is_some() && !blank.is_empty();
    if !has_blanks && known.iter().all(Vec::is_empty) {
        return;
    }
    for (row, code) in (0u32..).zip(codes) {
        let messages = match &column.present {
            Some(present) if !present.get(row as usize) => &blank,
            _ => &known[usize::from(*code)],
        };
        if !messages.is_empty() {
            bad(row, messages);
        }
    }
}
