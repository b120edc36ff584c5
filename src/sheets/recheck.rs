//! Checking one segment again: which of its messages go, which come. Columns are read as they are
//! stored, so that a text that comes often is checked once and a column of good texts costs next to
//! nothing.

use std::collections::HashMap;
use std::sync::Arc;

use super::chunk::{Chunk, Part};
use super::column::Column;
use super::messages::{self, CellMessage, Messages};
use super::references::LinkRule;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::slice::Slice;
use super::stale::Stale;
use crate::domain::record::{FieldNumber, Message, RecordNumber};
use crate::domain::validation::FieldChecker;

/// What is checked again, and by which rules.
pub(super) struct Recheck {
    pub(super) rules: Arc<Rules>,
    pub(super) stale: Stale,
    /// For each unique rule the records that have a double, in order.
    pub(super) doubles: Vec<Vec<RecordNumber>>,
    /// Whether all records that are there are listed.
    pub(super) lists: bool,
}

/// Which cells of a field are judged.
#[derive(Clone, Copy)]
enum Judged {
    Every,
    Blanks,
}

impl Judged {
    fn check(self, checker: &FieldChecker, text: Option<&str>, out: &mut Vec<Message>) {
        if matches!(self, Self::Every) || checker.is_blank(text) {
            checker.check(text, out);
        }
    }
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
    /// All records that were looked at and are there, where they are listed.
    pub(super) live: Vec<RecordNumber>,
    /// How many more or fewer records have an error.
    pub(super) invalid: i64,
}

/// A message of a row of a segment, by its place among the different ones.
type Entry = (u32, FieldNumber, u32);

impl Recheck {
    /// The fields whose texts are read.
    pub(super) fn fields(&self) -> Vec<FieldNumber> {
        let mut fields: Vec<FieldNumber> = self.checks().map(|(field, _, _)| field).collect();
        for field in self.links().flat_map(LinkRule::reads) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// The fields whose cells can be wrong, with their rules; of some only the empty cells matter.
    fn checks(&self) -> impl Iterator<Item = (FieldNumber, &FieldChecker, Judged)> {
        let all = self.stale.checks.iter().map(|field| (*field, Judged::Every));
        let blanks = self.stale.blanks.difference(&self.stale.checks).map(|field| (*field, Judged::Blanks));
        all.chain(blanks).filter_map(|(field, judged)| {
            let checker = &self.rules.fields.get(&field)?.checker;
            let may_be_wrong = match judged {
                Judged::Every => !checker.is_free(),
                Judged::Blanks => checker.is_required(),
            };
            may_be_wrong.then_some((field, checker, judged))
        })
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
        let mut distinct = Distinct::default();
        let mut came: Vec<Entry> = Vec::new();
        for (at, (field, checker, judged)) in self.checks().enumerate() {
            let (column, records) = (slice.column(at), slice.records());
            let judge = |text: Option<&str>, out: &mut Vec<Message>| judged.check(checker, text, out);
            check_column(judge, column, records, &mut distinct, |row, message| {
                if !skips(row) {
                    came.push((row, field, message));
                }
            });
        }
        for link in self.links() {
            let text = |row, field| slice.text(row, fields.iter().position(|other| *other == field)?);
            for row in (0..slice.records()).filter(|row| !skips(*row)) {
                if let Some(message) = link.check(|field| text(row, field)) {
                    came.push((row, link.field, distinct.place(&message)));
                }
            }
        }
        if self.lists {
            let live = (0..slice.records()).filter(|row| slice.is_live(*row));
            out.live.extend(live.map(|row| slice.number(row)));
        }
        let last = slice.number(slice.records().saturating_sub(1));
        for (field, message, number) in self.marks(slice.number(0), last) {
            if let Some(row) = rows.row(place, number).filter(|row| !skips(*row)) {
                came.push((row, field, distinct.place(message)));
            }
        }
        self.replace((&slice, place), &skips, distinct, came, out);
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
        (slice, place): (&Slice<'_>, usize),
        skips: &impl Fn(u32) -> bool,
        mut distinct: Distinct,
        mut came: Vec<Entry>,
        out: &mut Found,
    ) {
        let none = Messages::default();
        let stored = slice.messages().unwrap_or(&none);
        let known: Vec<u32> = stored.distinct().iter().map(|message| distinct.place(message)).collect();
        let (mut went, mut kept) = (Vec::new(), Vec::new());
        for ((row, field, at), message) in
            stored.entries().filter_map(|entry| Some((entry, stored.distinct().get(entry.2 as usize)?)))
        {
            let is_stale = self.stale.drops(field, message.source, message.derived) && !skips(row);
            let entries = if is_stale { &mut went } else { &mut kept };
            entries.push((row, field, known[at as usize]));
        }
        went.sort_unstable();
        came.sort_unstable();
        if went == came {
            return;
        }
        let changed = differing_rows(&went, &came);
        kept.append(&mut came);
        let since = Messages::of_entries(&distinct.all, &kept);
        let (invalid_before, invalid) = (invalid_rows(stored), invalid_rows(&since));
        for row in changed {
            let was = invalid_before.binary_search(&row).is_ok();
            out.invalid += i64::from(invalid.binary_search(&row).is_ok()) - i64::from(was);
            out.numbers.push(slice.number(row));
        }
        let is_there = |row: &&u32| !slice.deleted().is_some_and(|deleted| deleted.get(**row as usize));
        let invalid = invalid.iter().filter(is_there).count() as u32;
        out.segments.push((place, Chunk::Messages(since), invalid));
    }

    /// Checks one record by itself.
    pub(super) fn record(&self, rows: &Rows, place: Place, number: RecordNumber, out: &mut Found) {
        let before = rows.messages(place);
        let mut since: Vec<CellMessage> =
            before.iter().filter(|message| !self.stale.drops_message(message)).cloned().collect();
        let mut found = Vec::new();
        for (field, checker, judged) in self.checks() {
            judged.check(checker, rows.text(place, field), &mut found);
            since.extend(found.drain(..).map(|message| (field, message)));
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

/// The rows that have an error, in order.
fn invalid_rows(messages: &Messages) -> Vec<u32> {
    let mut rows: Vec<u32> = messages.errors().map(|(row, _)| row).collect();
    rows.dedup();
    rows
}

/// The rows that are in one list only, or not with the same messages. Both lists are in order.
fn differing_rows(mut one: &[Entry], mut other: &[Entry]) -> Vec<u32> {
    let mut rows = Vec::new();
    while let Some(row) = one.first().into_iter().chain(other.first()).map(|entry| entry.0).min() {
        let length = |entries: &[Entry]| entries.iter().take_while(|entry| entry.0 == row).count();
        let (here, rest) = one.split_at(length(one));
        let (there, other_rest) = other.split_at(length(other));
        if here != there {
            rows.push(row);
        }
        (one, other) = (rest, other_rest);
    }
    rows
}

/// Different messages by their places, so that equal ones are compared as numbers.
#[derive(Default)]
struct Distinct {
    places: HashMap<Message, u32>,
    all: Vec<Message>,
}

impl Distinct {
    fn place(&mut self, message: &Message) -> u32 {
        if let Some(place) = self.places.get(message) {
            return *place;
        }
        let place = self.all.len() as u32;
        self.all.push(message.clone());
        self.places.insert(message.clone(), place);
        place
    }
}

/// Hands out every row whose text is not good, once for each message. An absent column is empty in every
/// row.
fn check_column(
    judge: impl Fn(Option<&str>, &mut Vec<Message>),
    column: Option<&Column>,
    records: u32,
    distinct: &mut Distinct,
    mut bad: impl FnMut(u32, u32),
) {
    let mut found = Vec::new();
    judge(None, &mut found);
    let blank: Vec<u32> = found.drain(..).map(|message| distinct.place(&message)).collect();
    let Some(column) = column else {
        return (0..records).for_each(|row| blank.iter().for_each(|message| bad(row, *message)));
    };
    let Some(codes) = &column.codes else {
        for row in 0..records {
            match column.get(row as usize) {
                None => blank.iter().for_each(|message| bad(row, *message)),
                text => judge(text, &mut found),
            }
            found.drain(..).for_each(|message| bad(row, distinct.place(&message)));
        }
        return;
    };
    let mut known: Vec<Vec<u32>> = Vec::with_capacity(column.texts.len());
    for place in 0..column.texts.len() {
        judge(Some(column.texts.get(place)), &mut found);
        known.push(found.drain(..).map(|message| distinct.place(&message)).collect());
    }
    let has_blanks = column.present.is_some() && !blank.is_empty();
    if !has_blanks && known.iter().all(Vec::is_empty) {
        return;
    }
    for (row, code) in (0u32..).zip(codes) {
        let messages = match &column.present {
            Some(present) if !present.get(row as usize) => Some(&blank),
            _ => known.get(usize::from(*code)),
        };
        messages.into_iter().flatten().for_each(|message| bad(row, *message));
    }
}
