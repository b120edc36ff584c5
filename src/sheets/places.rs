//! The order of the records of a sheet, by their numbers.
//!
//! Records stand as they came, but those that were inserted above or below another one stand there. Where that is was
//! said when they came and never changes, so it is true of every version, whatever becomes of the other record. The
//! order is held as runs of numbers that follow one another: without inserted records there is one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::commit::Spot;
use crate::domain::place::InsertAt;
use crate::domain::record::RecordNumber;
use crate::store::places::PlaceRow;

/// The order of the records of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    /// All numbers, those to come included.
    runs: Vec<Range<u64>>,
    /// How many places were given.
    given: usize,
    /// No place was given to a record from this number on.
    end: u64,
}

impl Default for Places {
    fn default() -> Self {
        Self { runs: std::iter::once(0..u64::MAX).collect(), given: 0, end: 0 }
    }
}

/// What stands directly by a record, in the order in which it came.
#[derive(Default)]
struct Neighbours {
    before: Vec<Range<u64>>,
    after: Vec<Range<u64>>,
}

impl Places {
    /// Whether the records stand as they came.
    pub(super) fn is_plain(&self) -> bool {
        self.runs.len() == 1
    }

    /// The numbers in the order of the sheet.
    pub(super) fn runs(&self) -> &[Range<u64>] {
        &self.runs
    }

    /// How many places were given.
    pub(super) fn given(&self) -> usize {
        self.given
    }

    /// The number from which on no place was given.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// The order once these places are given, too; they are of records that came later, in order.
    pub(super) fn with(&self, rows: &[PlaceRow]) -> Self {
        let mut next = Self { runs: Vec::with_capacity(self.runs.len() + 2 * rows.len()), ..*self };
        let mut neighbours: BTreeMap<u64, Neighbours> = BTreeMap::new();
        let mut left = self.runs.clone();
        for row in rows {
            // A record beside one that came later would be beside nothing.
            let comes_later = row.record >= next.end && row.beside < row.record && row.records > 0;
            let Some(last) = left.pop_if(|last| comes_later && last.start <= row.record) else { continue };
            let end = row.record.saturating_add(row.records);
            left.extend([last.start..row.record, end..last.end]);
            let of_record = neighbours.entry(row.beside).or_default();
            let side = if row.is_after { &mut of_record.after } else { &mut of_record.before };
            side.push(row.record..end);
            (next.given, next.end) = (next.given + 1, end);
        }
        // What is to come is on top. Each record's neighbours are taken once, so that this comes to an end.
        left.reverse();
        while let Some(run) = left.pop() {
            let Some(record) = neighbours.range(run.clone()).next().map(|(record, _)| *record) else {
                next.push(run);
                continue;
            };
            let Neighbours { before, after } = neighbours.remove(&record).unwrap_or_default();
            left.push(record + 1..run.end);
            left.extend(after);
            left.push(record..record + 1);
            left.extend(before.into_iter().rev());
            left.push(run.start..record);
        }
        next
    }

    /// Where records belong that come again in place of these, which are gone: those together that stood together.
    pub(super) fn of_gone(&self, numbers: &[RecordNumber]) -> Vec<Spot> {
        let ends: BTreeSet<u64> = self.runs.iter().map(|run| run.end).collect();
        let together =
            |one: &RecordNumber, next: &RecordNumber| one.0 + 1 == next.0 && !ends.contains(&next.0);
        let groups = numbers.chunk_by(together);
        groups.filter_map(|group| Some((group.len() as u64, InsertAt::After(*group.last()?)))).collect()
    }

    fn push(&mut self, run: Range<u64>) {
        match self.runs.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ if run.is_empty() => {}
            _ => self.runs.push(run),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The numbers below `count` in order.
    fn order(places: &Places, count: u64) -> Vec<u64> {
        places.runs().iter().flat_map(|run| run.start..run.end.min(count)).collect()
    }

    fn below(record: u64, records: u64, beside: u64) -> PlaceRow {
        PlaceRow { record, records, beside, is_after: true }
    }

    fn above(record: u64, records: u64, beside: u64) -> PlaceRow {
        PlaceRow { record, records, beside, is_after: false }
    }

    #[test]
    fn what_comes_later_stands_nearer() {
        let places =
            Places::default().with(&[below(5, 2, 1), above(7, 1, 3), below(8, 1, 1), above(9, 1, 3)]);
        assert_eq!(order(&places, 11), [0, 1, 8, 5, 6, 2, 7, 9, 3, 4, 10]);
        assert_eq!((places.given(), places.end()), (4, 10));
        let plain = Places::default().with(&[below(5, 3, 4)]);
        assert!(plain.is_plain(), "who stands below the last one stands at the end: {plain:?}");
    }

    #[test]
    fn what_cannot_be_moves_nothing() {
        let places =
            Places::default().with(&[below(5, 1, 7), below(6, 0, 1), above(8, 1, 8), below(9, 2, 1)]);
        assert_eq!(order(&places, 12), [0, 1, 9, 10, 2, 3, 4, 5, 6, 7, 8, 11]);
        assert_eq!(places.with(&[below(10, 4, 2)]), places, "they have a place already");
    }

    #[test]
    fn long_chains_need_no_stack() {
        const LONG: u64 = 100_000;
        for is_after in [true, false] {
            let row = |record| PlaceRow { record, records: 1, beside: record - 2, is_after };
            let rows: Vec<PlaceRow> = (2..LONG).map(row).collect();
            let places = Places::default().with(&rows);
            let mut chains = [0, 1].map(|begin| (begin..LONG).step_by(2).collect::<Vec<u64>>());
            if !is_after {
                chains.iter_mut().for_each(|chain| chain.reverse());
            }
            assert_eq!(order(&places, LONG), chains.concat());
        }
    }

    proptest! {
        /// Each insert: how many records, beside which of those that are there, on which side, and whether the
        /// places are read anew before.
        #[test]
        fn the_order_is_that_of_a_list_into_which_is_inserted(
            first in 1u64..6,
            inserts in prop::collection::vec((1u64..4, any::<prop::sample::Index>(), 0u8..3, any::<bool>()), 0..60),
        ) {
            let mut list: Vec<u64> = (0..first).collect();
            let (mut places, mut rows, mut all) = (Places::default(), Vec::new(), Vec::new());
            for (records, beside, side, is_read) in inserts {
                let count = list.len() as u64;
                let place = beside.index(list.len());
                let beside = list[place];
                let fresh = count..count + records;
                if side == 2 {
                    list.extend(fresh);
                    continue;
                }
                let row = PlaceRow { record: count, records, beside, is_after: side == 1 };
                let place = place + usize::from(row.is_after);
                list.splice(place..place, fresh);
                rows.push(row);
                all.push(row);
                if is_read {
                    places = places.with(&std::mem::take(&mut rows));
                }
            }
            let places = places.with(&rows);
            prop_assert_eq!(order(&places, list.len() as u64), list);
            prop_assert_eq!(&places, &Places::default().with(&all));
        }
    }
}
