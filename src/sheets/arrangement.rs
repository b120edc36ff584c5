//! The order of a sheet with inserted records, by the positions of one version.
//!
//! Positions go by the numbers of the records; an arrangement says in which order people see them. It knows runs of
//! positions that follow one another, so that a million records with three inserted ones are seven runs.

use std::ops::Range;
use std::sync::Arc;

use super::bits::Bits;
use super::error::SheetError;
use super::fetch::{self, Wanted};
use super::marked::Marked;
use super::view::View;
use crate::store::Tx;

/// The order of all positions of a version.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    runs: Vec<Range<u32>>,
    /// How many positions come before each run.
    before: Vec<u32>,
    /// The runs by their positions.
    by_position: Vec<u32>,
}

impl Arrangement {
    /// Runs in the order of the sheet, which are all positions; the last one may go on without end.
    pub(super) fn new(given: impl Iterator<Item = Range<u32>>) -> Self {
        let mut runs: Vec<Range<u32>> = Vec::new();
        for run in given.filter(|run| !run.is_empty()) {
            match runs.last_mut() {
                Some(last) if last.end == run.start => last.end = run.end,
                _ => runs.push(run),
            }
        }
        let before = sums(runs.iter().map(|run| run.end - run.start));
        let mut by_position: Vec<u32> = (0..runs.len() as u32).collect();
        by_position.sort_unstable_by_key(|run| runs[*run as usize].start);
        Self { runs, before, by_position }
    }

    /// How many positions come before one.
    pub(super) fn rank(&self, position: u32) -> u32 {
        let run = self.run_of(position);
        match self.runs.get(run) {
            Some(found) => self.before[run] + (position - found.start),
            None => position,
        }
    }

    /// The place of the run that a position is in.
    fn run_of(&self, position: u32) -> usize {
        let begins_before = |run: &u32| self.runs[*run as usize].start <= position;
        let place = self.by_position.partition_point(begins_before).saturating_sub(1);
        self.by_position.get(place).map_or(0, |run| *run as usize)
    }

    /// The chosen positions in this order.
    pub(super) fn each(&self, chosen: &Bits) -> impl Iterator<Item = usize> {
        let of_run = |run: &Range<u32>| {
            let (start, end) = (run.start as usize, run.end as usize);
            let from_word = chosen.each_from(start).skip_while(move |position| *position < start);
            from_word.take_while(move |position| *position < end)
        };
        self.runs.iter().flat_map(of_run)
    }
}

/// Before each of the lengths the sum of those before it, and at the end the sum of all.
fn sums(lengths: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut sum = 0;
    let next = |length| {
        sum += length;
        sum
    };
    std::iter::once(0).chain(lengths.map(next)).collect()
}

/// Chosen positions in the order of a sheet with inserted records.
#[derive(Debug)]
pub(super) struct Arranged {
    marked: Marked,
    arrangement: Arc<Arrangement>,
    /// How many are chosen before each run; one entry more, for all of them.
    before: Vec<u32>,
}

impl Arranged {
    pub(super) fn new(marked: Marked, arrangement: Arc<Arrangement>) -> Self {
        let chosen = |run: &Range<u32>| (marked.before(run.end) - marked.before(run.start)) as u32;
        let before = sums(arrangement.runs.iter().map(chosen));
        Self { marked, arrangement, before }
    }

    /// Without the order.
    pub(super) fn marked(&self) -> &Marked {
        &self.marked
    }

    /// How many chosen positions come before one.
    pub(super) fn before(&self, position: u32) -> usize {
        let run = self.arrangement.run_of(position);
        let Some(found) = self.arrangement.runs.get(run) else { return 0 };
        self.before[run] as usize + self.marked.before(position) - self.marked.before(found.start)
    }

    /// The chosen positions from the `offset`th on.
    pub(super) fn page(&self, offset: usize, limit: usize) -> Vec<u32> {
        let end = offset.saturating_add(limit).min(self.marked.len());
        let mut page = Vec::with_capacity(end.saturating_sub(offset));
        let mut run = self.before.partition_point(|before| *before as usize <= offset).saturating_sub(1);
        while offset + page.len() < end
            && let Some(positions) = self.arrangement.runs.get(run)
        {
            let next = offset + page.len();
            let within = next - self.before[run] as usize;
            let count = end.min(self.before[run + 1] as usize) - next;
            page.extend(self.marked.page(self.marked.before(positions.start) + within, count));
            run += 1;
        }
        page
    }

    pub(super) fn memory(&self) -> usize {
        self.marked.memory() + self.before.len() * 4
    }
}

impl View {
    /// The order of the positions; nothing when they stand in it already.
    pub(super) async fn arrangement(&self, tx: &mut Tx) -> Result<Option<Arc<Arrangement>>, SheetError> {
        let state = &self.state;
        if state.places.is_plain() {
            return Ok(None);
        }
        if let Some(known) = state.arrangement.get() {
            return Ok(Some(known.clone()));
        }
        let starts = state.places.runs().iter().map(|run| run.start);
        let mut segments: Vec<usize> = starts.filter_map(|number| state.manifest.reaching(number)).collect();
        segments.sort_unstable();
        segments.dedup();
        let rows = fetch::rows(&self.cache, tx, state, segments, &Wanted::Parts(Vec::new())).await?;
        let runs = state.places.runs().iter();
        let made = Arrangement::new(runs.map(|run| rows.before(run.start)..rows.before(run.end)));
        Ok(Some(state.arrangement.get_or_init(|| Arc::new(made)).clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Runs that were cut at random and shuffled, and which positions are chosen.
        #[test]
        fn pages_and_ranks_are_those_of_a_list(
            lengths in Just((1u32..9).collect::<Vec<_>>()).prop_shuffle(),
            seeds in prop::collection::vec(any::<u64>(), 8),
            chosen in prop::collection::vec(any::<bool>(), 0..40),
            offset in 0usize..40,
            limit in 0usize..40,
        ) {
            let mut start = 0;
            let mut runs: Vec<(u64, Range<u32>)> = Vec::new();
            for (length, seed) in lengths.into_iter().zip(seeds) {
                runs.push((seed, start..start + length));
                start += length;
            }
            runs.sort_unstable_by_key(|(seed, _)| *seed);
            let order: Vec<u32> = runs.iter().flat_map(|(_, run)| run.clone()).collect();
            let mut bits = Bits::zeros(chosen.len());
            chosen.iter().enumerate().for_each(|(place, on)| bits.put_at(place, *on));
            let list: Vec<u32> = order.iter().copied().filter(|position| chosen.get(*position as usize) == Some(&true)).collect();

            let arrangement = Arc::new(Arrangement::new(runs.into_iter().map(|(_, run)| run)));
            for (rank, position) in order.iter().enumerate() {
                prop_assert_eq!(arrangement.rank(*position), rank as u32);
            }
            let each: Vec<u32> = arrangement.each(&bits).map(|position| position as u32).collect();
            prop_assert_eq!(&each, &list);
            let arranged = Arranged::new(Marked::new(bits), arrangement);
            let page: Vec<u32> = list.iter().skip(offset).take(limit).copied().collect();
            prop_assert_eq!(arranged.page(offset, limit), page);
            prop_assert_eq!(arranged.page(0, usize::MAX), list.clone());
            for (rank, position) in list.iter().enumerate() {
                prop_assert_eq!(arranged.before(*position), rank);
            }
        }
    }
}
