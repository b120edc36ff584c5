//! Making one segment anew: what it had, with patches laid over it, deletions, and records added at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bits::Bits;
use super::chunk::{Chunk, Part};
use super::column::ColumnBuilder;
use super::extras::{Extra, Extras};
use super::manifest::Segment;
use super::messages::MessagesBuilder;
use super::patch::RecordPatch;
use super::rows::Rows;
use crate::domain::record::{FieldNumber, RecordNumber};

/// A record's number and what is laid over it.
pub(super) type Patched = (RecordNumber, Arc<RecordPatch>);

/// What becomes of one segment.
#[derive(Debug, Default)]
pub(super) struct Task {
    /// The place of the segment that is there already; nothing for a new one.
    pub(super) base: Option<usize>,
    /// The number of the segment.
    pub(super) number: i64,
    /// Patches of records that it has.
    pub(super) patches: Vec<Patched>,
    /// Records that it loses, beyond those whose patches say so.
    pub(super) removed: Vec<RecordNumber>,
    /// Records that it gets at its end.
    pub(super) added: Vec<Patched>,
}

/// A segment made anew; its changed parts have no chunk ids yet.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) segment: Segment,
    pub(super) changed: Vec<(Part, Chunk)>,
}

impl Task {
    /// The parts that have to be made anew, as far as they exist; nothing stands for all.
    pub(super) fn parts(&self) -> Option<BTreeSet<Part>> {
        if self.base.is_none() || !self.added.is_empty() {
            return None;
        }
        let mut parts = BTreeSet::from([Part::MESSAGES]);
        for (_, patch) in &self.patches {
            parts.extend(patch.cells.keys().map(|field| Part::field(*field)));
            if patch.metadata.is_some() || patch.config.is_some() {
                parts.insert(Part::EXTRAS);
            }
        }
        Some(parts)
    }

    /// Does it. `rows` must hold the parts that are needed; nothing comes back when no record is left.
    pub(super) fn run(self, rows: &Rows) -> Option<Rewritten> {
        let old = self.base.and_then(|place| rows.state.manifest.segments().get(place));
        let old_records = old.map_or(0, |segment| segment.records);
        let sources = Sources { rows, task: &self, old_records, patch_of: self.patch_of_rows(rows) };
        let deleted = sources.deleted();
        let records = old_records + self.added.len() as u32;
        let live = records - deleted.ones() as u32;
        if live == 0 {
            return None;
        }
        let first = old.map(|segment| segment.first).or(self.added.first().map(|(number, _)| *number))?;
        let last = self.added.last().map(|(number, _)| *number).or(old.map(|segment| segment.last))?;
        let chunks = old.map(|segment| segment.chunks.clone()).unwrap_or_default();
        let mut segment = Segment { number: self.number, records, live, invalid: 0, first, last, chunks };

        let mut changed = Vec::new();
        for field in sources.fields() {
            changed.push((Part::field(field), sources.column(field)));
        }
        let (messages, invalid) = sources.messages(&deleted);
        segment.invalid = invalid;
        if sources.touches_messages() {
            changed.push((Part::MESSAGES, messages));
        }
        if sources.touches_extras() {
            changed.push((Part::EXTRAS, sources.extras()));
        }
        if old.is_none() || !self.added.is_empty() {
            changed.extend((!segment.is_gapless()).then(|| (Part::NUMBERS, sources.numbers())));
        }
        if deleted.ones() > 0 {
            changed.push((Part::DELETED, Chunk::Deleted(deleted)));
        }
        for (part, chunk) in &changed {
            if chunk.is_empty() {
                segment.chunks.remove(part);
            }
        }
        changed.retain(|(part, chunk)| !chunk.is_empty() && !sources.has_already(*part, chunk));
        Some(Rewritten { segment, changed })
    }

    fn patch_of_rows(&self, rows: &Rows) -> BTreeMap<u32, Arc<RecordPatch>> {
        let Some(base) = self.base else { return BTreeMap::new() };
        let row = |(number, patch): &Patched| Some((rows.row(base, *number)?, patch.clone()));
        self.patches.iter().filter_map(row).collect()
    }
}

/// Where the new parts of a segment come from.
struct Sources<'a> {
    rows: &'a Rows,
    task: &'a Task,
    old_records: u32,
    patch_of: BTreeMap<u32, Arc<RecordPatch>>,
}

impl Sources<'_> {
    fn all(&self) -> bool {
        self.task.base.is_none() || !self.task.added.is_empty()
    }

    fn added(&self) -> impl Iterator<Item = (u32, &RecordPatch)> {
        let rows = self.old_records..;
        rows.zip(self.task.added.iter().map(|(_, patch)| &**patch))
    }

    fn deleted(&self) -> Bits {
        let records = self.old_records as usize + self.task.added.len();
        let mut deleted = Bits::zeros(records);
        let Some(base) = self.task.base else { return deleted };
        if let Some(before) = self.rows.deleted(base) {
            for row in (0..before.len()).filter(|row| before.get(*row)) {
                deleted.set(row);
            }
        }
        for row in self.task.removed.iter().filter_map(|number| self.rows.row(base, *number)) {
            deleted.set(row as usize);
        }
        for (row, _) in self.patch_of.iter().filter(|(_, patch)| patch.deleted) {
            deleted.set(*row as usize);
        }
        deleted
    }

    /// The fields whose columns are made anew.
    fn fields(&self) -> BTreeSet<FieldNumber> {
        let patches = self.patch_of.values().map(|patch| &**patch);
        let patches = patches.chain(self.task.added.iter().map(|(_, patch)| &**patch));
        let mut fields: BTreeSet<_> = patches.flat_map(|patch| patch.cells.keys().copied()).collect();
        if let Some(segment) = self.task.base.and_then(|base| self.rows.state.manifest.segments().get(base))
            && self.all()
        {
            fields.extend(segment.chunks.keys().filter_map(|part| part.as_field()));
        }
        fields
    }

    fn column(&self, field: FieldNumber) -> Chunk {
        let before = self.task.base.and_then(|base| self.rows.column(base, field));
        let mut builder = ColumnBuilder::default();
        let mut patches = self.patch_of.iter().peekable();
        for row in 0..self.old_records {
            let patch = patches.next_if(|(place, _)| **place == row).map(|(_, patch)| patch);
            match patch.and_then(|patch| patch.cells.get(&field)) {
                Some(text) => builder.push(text.as_deref()),
                None => builder.push(before.and_then(|column| column.get(row as usize))),
            };
        }
        for (_, patch) in self.added() {
            builder.push(patch.cells.get(&field).and_then(|text| text.as_deref()));
        }
        Chunk::Values(builder.finish())
    }

    fn touches_messages(&self) -> bool {
        self.all() || self.patch_of.values().any(|patch| patch.messages.is_some())
    }

    /// The messages and how many records that are there have an error.
    fn messages(&self, deleted: &Bits) -> (Chunk, u32) {
        let mut builder = MessagesBuilder::default();
        let before = self.task.base.and_then(|base| self.rows.segment_messages(base));
        for row in 0..self.old_records {
            match self.patch_of.get(&row).and_then(|patch| patch.messages.as_ref()) {
                Some(messages) => {
                    messages.iter().for_each(|(field, message)| builder.push(row, *field, message))
                }
                None => before
                    .into_iter()
                    .flat_map(|before| before.of(row))
                    .for_each(|(field, message)| builder.push(row, field, message)),
            }
        }
        for (row, patch) in self.added() {
            for (field, message) in patch.messages.iter().flatten() {
                builder.push(row, *field, message);
            }
        }
        let messages = builder.finish();
        let mut invalid: Vec<u32> = messages.errors().map(|(row, _)| row).collect();
        invalid.dedup();
        let invalid = invalid.into_iter().filter(|row| !deleted.get(*row as usize)).count() as u32;
        (Chunk::Messages(messages), invalid)
    }

    fn touches_extras(&self) -> bool {
        let touches = |patch: &Arc<RecordPatch>| patch.metadata.is_some() || patch.config.is_some();
        self.all() || self.patch_of.values().any(touches)
    }

    fn extras(&self) -> Chunk {
        let mut extras = Extras::default();
        let before = self.task.base.and_then(|base| self.rows.segment_extras(base));
        let old = (0..self.old_records).map(|row| (row, self.patch_of.get(&row).map(|patch| &**patch)));
        let added = self.added().map(|(row, patch)| (row, Some(patch)));
        for (row, patch) in old.chain(added) {
            let mut extra = before.and_then(|before| before.of(row)).cloned().unwrap_or_default();
            if let Some(RecordPatch { metadata, config, .. }) = patch {
                extra = Extra {
                    metadata: metadata.clone().unwrap_or(extra.metadata),
                    config: config.clone().unwrap_or(extra.config),
                };
            }
            extras.push(row, extra);
        }
        Chunk::Extras(extras)
    }

    fn numbers(&self) -> Chunk {
        let old = (0..self.old_records).filter_map(|row| Some(self.rows.number(self.task.base?, row)));
        Chunk::Numbers(old.chain(self.task.added.iter().map(|(number, _)| *number)).collect())
    }

    /// Whether a part that was made anew is what it was before.
    fn has_already(&self, part: Part, chunk: &Chunk) -> bool {
        let same = |bits: &Bits| {
            self.task.base.and_then(|base| self.rows.deleted(base)).is_some_and(|before| before == bits)
        };
        match chunk {
            Chunk::Deleted(bits) if part == Part::DELETED => same(bits),
            _ => false,
        }
    }
}
