//! Adding whole segments at the end of a sheet: imports and large inserts.

use std::collections::BTreeMap;

use super::chunk::{Chunk, Part};
use super::chunk_id;
use super::commit::{Author, Edit};
use super::draft::SegmentDraft;
use super::error::{SheetError, blocking};
use super::manifest::Segment;
use super::rules::Rules;
use super::unique::UniqueIndex;
use super::writer::{Committed, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::RecordNumber;
use crate::store::{Tx, records};

impl Writer {
    /// Adds the segments of an import as one commit, in order.
    ///
    /// # Errors
    /// Those of the database, [`SheetError::Conflict`] and [`SheetError::Damaged`].
    pub async fn append(
        &mut self,
        tx: &mut Tx,
        by: &str,
        change: Option<&ChangeId>,
        drafts: Vec<SegmentDraft>,
    ) -> Result<Committed, SheetError> {
        self.append_as(tx, "import", by, change, drafts).await
    }

    pub(super) async fn append_as(
        &mut self,
        tx: &mut Tx,
        kind: &'static str,
        by: &str,
        change: Option<&ChangeId>,
        mut drafts: Vec<SegmentDraft>,
    ) -> Result<Committed, SheetError> {
        let mut working = self.begin(tx).await?;
        let first = working.head.next_record;
        let total: u64 = drafts.iter().map(|draft| u64::from(draft.records)).sum();
        let mut edit = Edit::new(kind);
        if total == 0 {
            return Ok(self.nothing(working, edit));
        }
        edit.numbers = (first..first + total).map(RecordNumber).collect();
        (edit.inserted, edit.live, edit.any_value_changed) = (total, total as i64, true);
        if !self.rules.unique.is_empty() {
            let state = working.state.clone();
            let rules = self.rules.clone();
            let index = self.unique(tx, &mut working).await?;
            let partners = mark_doubles(index, &rules, &mut drafts, first);
            for (number, before, since) in self.partners(tx, &state, &partners).await? {
                edit.remark(number, &before, since);
            }
        }
        let (segments, chunks) = blocking(move || Ok(close(drafts, first))).await?;
        records::insert_chunks(tx, chunks).await?;
        edit.invalid += segments.iter().map(|segment| i64::from(segment.invalid)).sum::<i64>();
        edit.appended = segments;
        self.commit(tx, Author { by, change }, working, edit).await
    }
}

/// Puts the keys of the drafts into the index and marks doubles in the drafts; the answer is those
/// outside.
fn mark_doubles(
    index: &mut UniqueIndex,
    rules: &Rules,
    drafts: &mut [SegmentDraft],
    first: u64,
) -> Vec<super::unique::Partner> {
    let keys = |drafts: &[SegmentDraft], place: usize| -> Vec<(usize, u32, u64)> {
        let of_draft = |(draft, keys): (usize, &Vec<Option<u64>>)| {
            let rows = (0u32..).zip(keys).filter_map(move |(row, key)| Some((draft, row, (*key)?)));
            rows.collect::<Vec<_>>()
        };
        let of_rule = drafts.iter().enumerate().filter_map(|(draft, it)| Some((draft, it.keys.get(place)?)));
        of_rule.flat_map(of_draft).collect()
    };
    let mut starts = Vec::new();
    let mut start = first;
    for draft in drafts.iter() {
        starts.push(start);
        start += u64::from(draft.records);
    }
    for (place, rule) in rules.unique.iter().enumerate() {
        let keys = keys(drafts, place);
        for (draft, row, key) in &keys {
            index.add(place, *key, RecordNumber(starts[*draft] + u64::from(*row)));
        }
        for (draft, row, key) in keys {
            if index.is_doubled(place, key) {
                for (field, message) in rule.marks() {
                    drafts[draft].messages.push(row, field, message);
                }
            }
        }
    }
    index.settle(|number| number.0 >= first)
}

/// Gives the drafts their record numbers and encodes what was left open.
fn close(drafts: Vec<SegmentDraft>, mut first: u64) -> (Vec<Segment>, Vec<(i64, Vec<u8>)>) {
    let mut segments = Vec::new();
    let mut chunks = Vec::new();
    for draft in drafts {
        let SegmentDraft { records, mut parts, messages, .. } = draft;
        let messages = messages.finish();
        let mut invalid: Vec<u32> = messages.errors().map(|(row, _)| row).collect();
        invalid.dedup();
        if !messages.is_empty() {
            parts.push((Part::MESSAGES, Chunk::Messages(messages).encode()));
        }
        let mut named = BTreeMap::new();
        for (id, (part, bytes)) in (chunk_id::reserve(parts.len())..).zip(parts) {
            named.insert(part, id);
            chunks.push((id, bytes));
        }
        segments.push(Segment {
            // The commit gives it one.
            number: 0,
            records,
            live: records,
            invalid: invalid.len() as u32,
            first: RecordNumber(first),
            last: RecordNumber(first + u64::from(records) - 1),
            chunks: named,
        });
        first += u64::from(records);
    }
    (segments, chunks)
}
