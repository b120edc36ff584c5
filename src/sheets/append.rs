//! Adding whole segments at the end of a sheet: imports and large inserts.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::cache::ChunkCache;
use super::chunk::{Chunk, Part};
use super::chunk_id;
use super::column::BuildPlain;
use super::commit::{Author, Edit};
use super::draft::{DraftPart, SegmentDraft};
use super::error::{SheetError, blocking};
use super::manifest::Segment;
use super::rules::{Rules, UniqueRule};
use super::unique::{Partner, UniqueIndex};
use super::writer::{Committed, Writer};
use crate::domain::ids::ChangeId;
use crate::domain::record::RecordNumber;
use crate::store::{Tx, records};

impl Writer {
    /// Says how many records the sheet will have when all segments are appended, as far as can be told.
    pub fn expect(&mut self, records: u64) {
        self.expected = records;
    }

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
        self.append_as(tx, Author { by, change }, drafts, Edit::new("import")).await
    }

    pub(super) async fn append_as(
        &mut self,
        tx: &mut Tx,
        author: Author<'_>,
        mut drafts: Vec<SegmentDraft>,
        mut edit: Edit,
    ) -> Result<Committed, SheetError> {
        let mut working = self.begin(tx).await?;
        let first = working.head.next_record;
        let total: u64 = drafts.iter().map(|draft| u64::from(draft.records)).sum();
        if total == 0 {
            return Ok(self.nothing(working, edit));
        }
        edit.numbers = (first..first + total).map(RecordNumber).collect();
        (edit.inserted, edit.live, edit.any_value_changed) = (total, total as i64, true);
        if !self.rules.unique.is_empty() {
            let state = working.state.clone();
            let rules = self.rules.clone();
            let expected = self.expected;
            let index = self.unique(tx, &mut working).await?;
            index.expect((first + total) as usize, expected as usize);
            let partners = mark_doubles(index, &rules, &mut drafts, first);
            for (number, before, since) in self.partners(tx, &state, &partners).await? {
                edit.remark(number, &before, since);
            }
        }
        let cache = self.cache.clone();
        let (segments, chunks) = blocking(move || Ok(close(&cache, drafts, first))).await?;
        records::insert_chunks(tx, chunks).await?;
        edit.invalid += segments.iter().map(|segment| i64::from(segment.invalid)).sum::<i64>();
        edit.appended = segments;
        self.commit(tx, author, working, edit).await
    }
}

/// Puts the keys of the drafts into the index and marks doubles in the drafts; the answer is those
/// outside.
fn mark_doubles(
    index: &mut UniqueIndex,
    rules: &Rules,
    drafts: &mut [SegmentDraft],
    first: u64,
) -> Vec<Partner> {
    for (place, rule) in rules.unique.iter().enumerate() {
        let mut doubled = HashSet::<u64, BuildPlain>::default();
        let mut start = first;
        for draft in drafts.iter() {
            let keys = draft.keys.get(place).into_iter().flatten();
            for (number, key) in (start..).zip(keys) {
                if let Some(key) = key
                    && index.add(place, *key, RecordNumber(number))
                {
                    doubled.insert(*key);
                }
            }
            start += u64::from(draft.records);
        }
        if !doubled.is_empty() {
            drafts.iter_mut().for_each(|draft| mark(draft, place, rule, &doubled));
        }
    }
    index.settle(|number| number.0 >= first)
}

/// Marks the records of a draft whose key is among those that several records have.
fn mark(draft: &mut SegmentDraft, place: usize, rule: &UniqueRule, doubled: &HashSet<u64, BuildPlain>) {
    let SegmentDraft { keys, messages, .. } = draft;
    let keys = keys.get(place).into_iter().flatten();
    for (row, _) in (0u32..).zip(keys).filter(|(_, key)| key.is_some_and(|key| doubled.contains(&key))) {
        for (field, message) in rule.marks() {
            messages.push(row, field, message);
        }
    }
}

/// Gives the drafts their record numbers and encodes them. Whoever reads them soon finds them in the cache.
fn close(
    cache: &ChunkCache,
    drafts: Vec<SegmentDraft>,
    mut first: u64,
) -> (Vec<Segment>, Vec<(i64, Vec<u8>)>) {
    let mut segments = Vec::new();
    let mut chunks = Vec::new();
    for draft in drafts {
        let SegmentDraft { records, mut parts, messages, .. } = draft;
        let messages = messages.finish();
        let mut invalid: Vec<u32> = messages.errors().map(|(row, _)| row).collect();
        invalid.dedup();
        if !messages.is_empty() {
            parts.push(DraftPart::new(Part::MESSAGES, Chunk::Messages(messages)));
        }
        let mut named = BTreeMap::new();
        for (id, DraftPart { part, chunk, bytes }) in (chunk_id::reserve(parts.len())..).zip(parts) {
            named.insert(part, id);
            chunks.push((id, bytes.unwrap_or_else(|| chunk.encode())));
            cache.put(id, Arc::new(chunk));
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
