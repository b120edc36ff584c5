//! What differs between two versions of a sheet. Chunks are compared by their ids first, so that segments that
//! nobody touched cost nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::chunk::Part;
use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::manifest::Segment;
use super::rows::{Place, Rows};
use super::state::State;
use super::view::View;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// How a record of two versions differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It is in the newer one only.
    Created,
    /// These cells have other texts.
    Updated(Vec<FieldNumber>),
    /// It is in the older one only.
    Deleted,
}

/// A stretch of record numbers in which the versions may differ.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    first: RecordNumber,
    last: RecordNumber,
    /// The fields that may differ; nothing stands for all.
    fields: Option<BTreeSet<FieldNumber>>,
    /// The records that may differ; nothing stands for all.
    only: Option<Vec<RecordNumber>>,
}

/// The differences of two versions, found part by part.
pub struct Comparison {
    then: View,
    now: View,
    spans: VecDeque<Span>,
}

impl Comparison {
    /// What became of `then` until `now`; both are of the same sheet.
    pub fn new(then: &View, now: &View) -> Self {
        let spans = spans(&then.state, &now.state).into();
        Self { then: then.clone(), now: now.clone(), spans }
    }

    /// The next differences, in the order of the records; nothing at the end. A part may have none.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<(RecordNumber, Difference)>>, SheetError> {
        if self.spans.is_empty() {
            return Ok(None);
        }
        let group: Vec<Span> = self.spans.drain(..self.spans.len().min(SCANNED_TOGETHER)).collect();
        let then = rows(&self.then, tx, &group).await?;
        let now = rows(&self.now, tx, &group).await?;
        let columns: Vec<FieldNumber> = self.now.rules.columns.iter().map(|(_, field)| *field).collect();
        blocking(move || {
            Ok(Some(group.iter().flat_map(|span| compare(span, &then, &now, &columns)).collect()))
        })
        .await
    }
}

/// What the spans need of a version.
async fn rows(view: &View, tx: &mut Tx, group: &[Span]) -> Result<Rows, SheetError> {
    let mut segments = BTreeSet::new();
    let mut fields = Some(BTreeSet::new());
    for span in group {
        segments.extend(overlapping(&view.state, span));
        match (&mut fields, &span.fields) {
            (Some(fields), Some(more)) => fields.extend(more.iter().copied()),
            _ => fields = None,
        }
    }
    let wanted = match fields {
        Some(fields) => Wanted::Parts(fields.into_iter().map(Part::field).collect()),
        None => Wanted::All,
    };
    fetch::rows(&view.cache, tx, &view.state, segments, &wanted).await
}

/// The places of the segments that have records of a span.
fn overlapping(state: &State, span: &Span) -> std::ops::Range<usize> {
    let segments = state.manifest.segments();
    let begin = segments.partition_point(|segment| segment.last < span.first);
    let end = segments.partition_point(|segment| segment.first <= span.last);
    begin..end.max(begin)
}

/// Where two versions may differ, in order and without overlap.
fn spans(then: &State, now: &State) -> Vec<Span> {
    let by_number = |state: &State| -> BTreeMap<i64, Arc<Segment>> {
        state.manifest.segments().iter().map(|segment| (segment.number, segment.clone())).collect()
    };
    let (before, after) = (by_number(then), by_number(now));
    let patched = patched(then, now);
    let mut found = Vec::new();
    // Ranges of segments that are compared one to one.
    let mut paired = Vec::new();
    for (number, segment) in &before {
        match after.get(number).filter(|other| extent(other) == extent(segment)) {
            Some(other) => {
                paired.push((segment.first, segment.last));
                found.extend(of_pair(segment, other, &patched));
            }
            None => found.push(whole(segment.first, segment.last)),
        }
    }
    let alone = after
        .iter()
        .filter(|(number, segment)| before.get(number).is_none_or(|other| extent(other) != extent(segment)));
    found.extend(alone.map(|(_, segment)| whole(segment.first, segment.last)));
    paired.sort_unstable();
    let is_paired = |number: &RecordNumber| {
        let place = paired.partition_point(|(_, last)| last < number);
        paired.get(place).is_some_and(|(first, _)| first <= number)
    };
    found.extend(patched.keys().filter(|number| !is_paired(number)).map(|number| whole(*number, *number)));
    merged(found)
}

fn extent(segment: &Segment) -> (RecordNumber, RecordNumber, u32) {
    (segment.first, segment.last, segment.records)
}

fn whole(first: RecordNumber, last: RecordNumber) -> Span {
    Span { first, last, fields: None, only: None }
}

/// The records that something different lies over, with the fields that it says something of.
fn patched(then: &State, now: &State) -> BTreeMap<RecordNumber, BTreeSet<FieldNumber>> {
    let mut patched: BTreeMap<RecordNumber, BTreeSet<FieldNumber>> = BTreeMap::new();
    for (state, other) in [(then, now), (now, then)] {
        for (number, patch) in
            state.overlay.iter().filter(|(number, patch)| other.overlay.get(*number) != Some(*patch))
        {
            patched.entry(number).or_default().extend(patch.cells.keys().copied());
        }
    }
    patched
}

/// Where two versions of one segment may differ.
fn of_pair(
    then: &Segment,
    now: &Segment,
    patched: &BTreeMap<RecordNumber, BTreeSet<FieldNumber>>,
) -> Option<Span> {
    let differs = |part: &Part| then.chunks.get(part) != now.chunks.get(part);
    let mut fields: BTreeSet<FieldNumber> = then
        .chunks
        .keys()
        .chain(now.chunks.keys())
        .filter(|part| differs(part))
        .filter_map(|part| part.as_field())
        .collect();
    let over: Vec<_> = patched.range(then.first..=then.last).collect();
    let is_whole = !fields.is_empty() || differs(&Part::DELETED) || differs(&Part::NUMBERS);
    if !is_whole && over.is_empty() {
        return None;
    }
    fields.extend(over.iter().flat_map(|(_, fields)| fields.iter().copied()));
    let only = (!is_whole).then(|| over.iter().map(|(number, _)| **number).collect());
    Some(Span { first: then.first, last: then.last, fields: Some(fields), only })
}

/// Spans in order; those that overlap or touch in part become one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.first, span.last));
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut().filter(|last| last.last >= span.first) {
            Some(last) => *last = whole(last.first, last.last.max(span.last)),
            None => merged.push(span),
        }
    }
    merged
}

/// The differences within a span.
fn compare(span: &Span, then: &Rows, now: &Rows, columns: &[FieldNumber]) -> Vec<(RecordNumber, Difference)> {
    let numbers: Vec<RecordNumber> = match &span.only {
        Some(numbers) => numbers.clone(),
        None => {
            let all: BTreeSet<_> = there(span, then).into_iter().chain(there(span, now)).collect();
            all.into_iter().collect()
        }
    };
    let fields: Vec<FieldNumber> = match &span.fields {
        Some(fields) => columns.iter().filter(|field| fields.contains(field)).copied().collect(),
        None => columns.to_vec(),
    };
    let difference = |number: RecordNumber| match (then.place_of(number), now.place_of(number)) {
        (None, None) => None,
        (None, Some(_)) => Some(Difference::Created),
        (Some(_), None) => Some(Difference::Deleted),
        (Some(old), Some(new)) => {
            let differs = |field: &FieldNumber| then.text(old, *field) != now.text(new, *field);
            let changed: Vec<_> = fields.iter().copied().filter(differs).collect();
            (!changed.is_empty()).then_some(Difference::Updated(changed))
        }
    };
    numbers.into_iter().filter_map(|number| Some((number, difference(number)?))).collect()
}

/// The records of a version within a span, in order.
fn there(span: &Span, rows: &Rows) -> Vec<RecordNumber> {
    let within = |number: &RecordNumber| (span.first..=span.last).contains(number);
    let mut numbers = Vec::new();
    for segment in overlapping(&rows.state, span) {
        let records = rows.state.manifest.segments().get(segment).map_or(0, |segment| segment.records);
        let live = (0..records).filter(|row| rows.is_live(segment, *row));
        numbers.extend(live.map(|row| rows.number(segment, row)).filter(within));
    }
    let tail = 0..rows.state.tail.len();
    numbers.extend(tail.map(|place| rows.number_at(Place::Tail(place))).filter(within));
    numbers
}
