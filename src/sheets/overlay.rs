//! The patches that are not folded into chunks yet, laid over one another: one patch for each record.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::patch::RecordPatch;
use crate::domain::record::RecordNumber;

/// What the patch log says of each record that it touches. Clones share the patches.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    records: BTreeMap<RecordNumber, Arc<RecordPatch>>,
    inserted: usize,
}

impl Overlay {
    /// Lays one more patch over what is there.
    pub(super) fn lay(&mut self, number: RecordNumber, patch: RecordPatch) {
        let before = self.records.get(&number);
        let was_inserted = before.is_some_and(|before| before.inserted);
        let patch = before.map(|before| before.then(&patch)).unwrap_or(patch);
        self.inserted += usize::from(patch.inserted && !was_inserted);
        self.records.insert(number, Arc::new(patch));
    }

    /// What is known of a record beyond its segment.
    pub(super) fn get(&self, number: RecordNumber) -> Option<&RecordPatch> {
        self.records.get(&number).map(|patch| &**patch)
    }

    /// The patches of the records from `first` to `last`.
    pub(super) fn range(
        &self,
        first: RecordNumber,
        last: RecordNumber,
    ) -> impl Iterator<Item = (RecordNumber, &Arc<RecordPatch>)> {
        self.records.range(first..=last).map(|(number, patch)| (*number, patch))
    }

    /// All of them, in the order of their numbers.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (RecordNumber, &RecordPatch)> {
        self.records.iter().map(|(number, patch)| (*number, &**patch))
    }

    /// The records that are in no segment yet and not deleted, in order.
    pub(super) fn tail(&self) -> Vec<(RecordNumber, Arc<RecordPatch>)> {
        if self.inserted == 0 {
            return Vec::new();
        }
        let in_tail = |(_, patch): &(&RecordNumber, &Arc<RecordPatch>)| patch.inserted && !patch.deleted;
        self.records.iter().filter(in_tail).map(|(number, patch)| (*number, patch.clone())).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn has_inserted(&self) -> bool {
        self.inserted > 0
    }
}
