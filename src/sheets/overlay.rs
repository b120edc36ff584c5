//! The patches that are not folded into chunks yet, laid over one another: one patch for each record.

use std::sync::Arc;

use super::patch::RecordPatch;
use crate::domain::record::RecordNumber;

/// A leaf that grows beyond this becomes two.
const LEAF: usize = 64;

/// A record and what lies over it.
type Entry = (RecordNumber, Arc<RecordPatch>);

/// What the patch log says of each record that it touches. The records stand in order in leaves; a version that
/// differs in one record shares all leaves but one with the version before.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    /// None of them is empty.
    leaves: Vec<Arc<Vec<Entry>>>,
    records: usize,
    inserted: usize,
}

impl Overlay {
    /// Lays one more patch over what is there.
    pub(super) fn lay(&mut self, number: RecordNumber, patch: RecordPatch) {
        let before = self.get(number);
        let was_inserted = before.is_some_and(|before| before.inserted);
        let patch = before.map(|before| before.then(&patch)).unwrap_or(patch);
        self.inserted += usize::from(patch.inserted && !was_inserted);
        self.put(number, Arc::new(patch));
    }

    fn put(&mut self, number: RecordNumber, patch: Arc<RecordPatch>) {
        if self.leaves.is_empty() {
            self.leaves.push(Arc::default());
        }
        let place = self.leaf_of(number);
        let leaf = Arc::make_mut(&mut self.leaves[place]);
        match leaf.binary_search_by_key(&number, |(other, _)| *other) {
            Ok(known) => leaf[known].1 = patch,
            Err(gap) => {
                leaf.insert(gap, (number, patch));
                self.records += 1;
            }
        }
        if leaf.len() > LEAF {
            let upper = leaf.split_off(LEAF / 2);
            self.leaves.insert(place + 1, Arc::new(upper));
        }
    }

    /// The leaf that a record is in, or would be.
    fn leaf_of(&self, number: RecordNumber) -> usize {
        let begins_before = |leaf: &Arc<Vec<Entry>>| leaf.first().is_some_and(|(first, _)| *first <= number);
        self.leaves.partition_point(begins_before).saturating_sub(1)
    }

    /// What is known of a record beyond its segment.
    pub(super) fn get(&self, number: RecordNumber) -> Option<&RecordPatch> {
        let leaf = self.leaves.get(self.leaf_of(number))?;
        let place = leaf.binary_search_by_key(&number, |(other, _)| *other).ok()?;
        leaf.get(place).map(|(_, patch)| &**patch)
    }

    /// The patches of the records from `first` to `last`.
    pub(super) fn range(
        &self,
        first: RecordNumber,
        last: RecordNumber,
    ) -> impl Iterator<Item = (RecordNumber, &Arc<RecordPatch>)> {
        let leaves = self.leaves.iter().skip(self.leaf_of(first));
        leaves
            .flat_map(|leaf| leaf.iter())
            .skip_while(move |(number, _)| *number < first)
            .take_while(move |(number, _)| *number <= last)
            .map(|(number, patch)| (*number, patch))
    }

    /// All of them, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RecordNumber, &RecordPatch)> {
        self.leaves.iter().flat_map(|leaf| leaf.iter()).map(|(number, patch)| (*number, &**patch))
    }

    /// The records that are in no segment yet and not deleted, in order.
    pub(super) fn tail(&self) -> Vec<Entry> {
        if self.inserted == 0 {
            return Vec::new();
        }
        let in_tail = |(_, patch): &&Entry| patch.inserted && !patch.deleted;
        self.leaves.iter().flat_map(|leaf| leaf.iter()).filter(in_tail).cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.records
    }

    pub(super) fn has_inserted(&self) -> bool {
        self.inserted > 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn leaves_hold_what_a_map_holds(numbers in proptest::collection::vec(0u64..400, 0..600), ends in (0u64..400, 0u64..400)) {
            let mut overlay = Overlay::default();
            let mut plain = BTreeMap::new();
            for number in numbers.into_iter().map(RecordNumber) {
                let before = overlay.clone();
                let patch = RecordPatch { inserted: number.0 % 3 == 0, ..RecordPatch::default() };
                overlay.lay(number, patch.clone());
                prop_assert_eq!(before.get(number).is_some(), plain.contains_key(&number));
                plain.insert(number, patch);
            }
            prop_assert_eq!(overlay.len(), plain.len());
            prop_assert!(overlay.iter().eq(plain.iter().map(|(number, patch)| (*number, patch))));
            let (first, last) = (RecordNumber(ends.0.min(ends.1)), RecordNumber(ends.0.max(ends.1)));
            let numbers: Vec<_> = overlay.range(first, last).map(|(number, _)| number).collect();
            let expected: Vec<_> = plain.range(first..=last).map(|(number, _)| *number).collect();
            prop_assert_eq!(numbers, expected);
            let inserted = plain.values().filter(|patch| patch.inserted).count();
            prop_assert_eq!(overlay.tail().len(), inserted);
        }
    }
}
