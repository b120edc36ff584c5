//! Several ranges of cells, as Ctrl and a press make them: what they cover together. No browser in it.

use std::ops::Range;

use super::block::Block;
use super::geometry::{SeenColumns, Spot};
use crate::domain::fill::{Area, MOST_AREAS};

/// What people are told who choose more.
pub const TOO_MANY: &str = "At most 100 ranges are chosen at once";

/// Ranges in the order in which they were begun. Those of the grid end with the range of the active cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(Vec<Block>);

/// The rows and columns that cross in some cells, both in the order of the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The rows.
    pub rows: Vec<(u64, u64)>,
    /// The columns.
    pub columns: Vec<usize>,
}

impl Crossing {
    /// How many cells they cross in.
    pub fn cells(&self) -> u64 {
        heights(&self.rows).saturating_mul(self.columns.len() as u64)
    }
}

/// How many rows there are in all.
pub fn heights(rows: &[(u64, u64)]) -> u64 {
    rows.iter().map(|(start, end)| end - start).sum()
}

impl Ranges {
    /// One range.
    pub fn of(block: Block) -> Self {
        Self(vec![block])
    }

    /// Adds a range; false when there would be too many with the one that comes then, and nothing is added.
    pub fn add(&mut self, block: Block) -> bool {
        let has_room = self.0.len() + 1 < MOST_AREAS;
        if has_room {
            self.0.push(block);
        }
        has_room
    }

    /// Gives all of them up.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// These, and then the newest, however far it reaches now.
    pub fn with(&self, newest: Block) -> Self {
        let mut all = Vec::with_capacity(self.0.len() + 1);
        all.extend_from_slice(&self.0);
        all.push(newest);
        Self(all)
    }

    /// Leaves out those of which nothing is in some rows and columns.
    pub fn keep_seen(mut self, rows: &Range<u64>, columns: &SeenColumns) -> Vec<Block> {
        self.0.retain(|block| {
            let has_rows = block.rows.start < rows.end && rows.start < block.rows.end;
            has_rows && block.columns.clone().any(|column| columns.contains(column))
        });
        self.0
    }

    /// Each of them.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are several.
    pub fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    /// Whether a cell is in one of them.
    pub fn contains(&self, spot: Spot) -> bool {
        self.0.iter().any(|block| block.contains(spot))
    }

    /// How many cells they have; those of several ranges count once.
    pub fn cells(&self) -> u64 {
        (0..self.0.len()).map(|place| uncovered(&self.0[place], &self.0[place + 1..])).sum()
    }

    /// Their rows, each once: where they begin and before which row they end, from the first on.
    pub fn rows(&self) -> Vec<(u64, u64)> {
        // They are few: code that sorts them would be sent to every browser.
        let mut joined = Vec::new();
        let mut done = 0;
        loop {
            let mut start = u64::MAX;
            for Block { rows, .. } in &self.0 {
                if rows.end > done {
                    start = start.min(rows.start.max(done));
                }
            }
            if start == u64::MAX {
                return joined;
            }
            done = start;
            for _ in &self.0 {
                for Block { rows, .. } in &self.0 {
                    if rows.start <= done {
                        done = done.max(rows.end);
                    }
                }
            }
            joined.push((start, done));
        }
    }

    /// Their columns, each once, from the first on.
    pub fn columns(&self) -> Vec<usize> {
        let end = self.0.iter().map(|block| block.columns.end).max().unwrap_or(0);
        (0..end).filter(|column| self.0.iter().any(|block| block.columns.contains(column))).collect()
    }

    /// The table that they make, side by side or below one another; nothing unless all have the same rows or all the
    /// same columns.
    pub fn table(&self) -> Option<Crossing> {
        let all = |same: fn(&Block, &Block) -> bool| self.0.windows(2).all(|pair| same(&pair[0], &pair[1]));
        let is_table =
            all(|one, other| one.rows == other.rows) || all(|one, other| one.columns == other.columns);
        is_table.then(|| Crossing { rows: self.rows(), columns: self.columns() })
    }

    /// Each as places among all of their rows and among some of their columns, which stand in order.
    pub fn areas(&self, columns: &[usize]) -> Vec<Area> {
        let joined = self.rows();
        let row = |row: u64| {
            let before = |(start, end): &(u64, u64)| row.min(*end).saturating_sub(*start);
            joined.iter().map(before).sum::<u64>() as u32
        };
        let column = |column: usize| columns.iter().filter(|other| **other < column).count() as u32;
        let area = |block: &Block| Area {
            rows: row(block.rows.start)..row(block.rows.end),
            fields: column(block.columns.start)..column(block.columns.end),
        };
        self.0.iter().map(area).collect()
    }

    /// Rows have gone at the end: so many are left.
    pub fn keep_within(&mut self, rows: u64) {
        self.0.retain_mut(|block| {
            block.rows.end = block.rows.end.min(rows);
            block.height() > 0
        });
    }
}

/// How many cells of a block are in none of some others.
fn uncovered(block: &Block, others: &[Block]) -> u64 {
    let Some((other, rest)) = others.split_first() else { return block.cells() };
    let (rows, columns) = (&block.rows, &block.columns);
    let (first, end) = (rows.start.max(other.rows.start), rows.end.min(other.rows.end));
    let (left, right) = (columns.start.max(other.columns.start), columns.end.min(other.columns.end));
    if first >= end || left >= right {
        return uncovered(block, rest);
    }
    // What lies above, below, to the left and to the right of what both have.
    let parts = [
        (rows.start..first, columns.clone()),
        (end..rows.end, columns.clone()),
        (first..end, columns.start..left),
        (first..end, right..columns.end),
    ];
    let count = |(rows, columns)| Block { rows, columns };
    parts.map(count).iter().filter(|part| part.cells() > 0).map(|part| uncovered(part, rest)).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn block(rows: Range<u64>, columns: Range<usize>) -> Block {
        Block { rows, columns }
    }

    fn ranges(blocks: &[Block]) -> Ranges {
        Ranges(blocks.to_vec())
    }

    fn each_row(ranges: &Ranges) -> Vec<u64> {
        ranges.rows().into_iter().flat_map(|(start, end)| start..end).collect()
    }

    fn cells(blocks: &[Block]) -> BTreeSet<(u64, usize)> {
        let mut cells = BTreeSet::new();
        for Block { rows, columns } in blocks {
            rows.clone().for_each(|row| cells.extend(columns.clone().map(|column| (row, column))));
        }
        cells
    }

    #[test]
    fn ranges_of_the_same_rows_or_columns_make_a_table() {
        let beside = ranges(&[block(0..3, 4..5), block(0..3, 1..3), block(0..3, 2..3)]);
        let table = Crossing { rows: vec![(0, 3)], columns: vec![1, 2, 4] };
        assert_eq!(beside.table(), Some(table));
        let below = ranges(&[block(7..9, 1..2), block(0..3, 1..2), block(2..4, 1..2)]);
        assert_eq!(below.table(), Some(Crossing { rows: vec![(0, 4), (7, 9)], columns: vec![1] }));
        assert_eq!(below.table().unwrap().cells(), 6);
        assert_eq!(ranges(&[block(0..3, 0..1), block(0..2, 1..2)]).table(), None);
        assert!(ranges(&[block(2..3, 0..4)]).table().is_some(), "one is a table");
    }

    #[test]
    fn no_more_are_added_than_the_server_takes() {
        let mut kept = Ranges::default();
        for row in 1..MOST_AREAS as u64 {
            assert!(kept.add(block(row..row + 1, 0..1)));
        }
        assert!(!kept.add(block(0..1, 5..6)));
        assert!(TOO_MANY.contains(&MOST_AREAS.to_string()));
        assert_eq!((kept.blocks().len(), kept.cells()), (MOST_AREAS - 1, MOST_AREAS as u64 - 1));
    }

    #[test]
    fn only_those_are_painted_of_which_a_part_is_seen() {
        let ranges = ranges(&[block(0..3, 0..1), block(2..9, 5..6), block(4..5, 1..9), block(8..9, 0..9)]);
        let columns = SeenColumns { held: 1, scrolled: 3..5 };
        assert_eq!(ranges.keep_seen(&(2..8), &columns), [block(0..3, 0..1), block(4..5, 1..9)]);
    }

    #[test]
    fn the_newest_reaches_as_far_as_it_does_now() {
        let mut kept = Ranges::default();
        kept.add(block(0..2, 0..2));
        assert!(!kept.are_several());
        assert_eq!(kept.with(block(1..2, 1..2)).cells(), 4);
        assert_eq!(kept.with(block(1..3, 1..3)).cells(), 7);
        kept.add(block(5..9, 0..1));
        kept.keep_within(6);
        assert_eq!(kept, ranges(&[block(0..2, 0..2), block(5..6, 0..1)]));
        kept.keep_within(5);
        assert_eq!(kept.blocks().len(), 1);
        kept.clear();
        assert!(kept.is_empty());
    }

    fn some_blocks() -> impl Strategy<Value = Vec<Block>> {
        let one = (0u64..9, 0usize..7, 1u64..5, 1usize..4)
            .prop_map(|(row, column, height, width)| block(row..row + height, column..column + width));
        prop::collection::vec(one, 1..9)
    }

    proptest! {
        #[test]
        fn they_are_the_set_of_their_cells(blocks in some_blocks()) {
            let (ranges, cells) = (ranges(&blocks), cells(&blocks));
            prop_assert_eq!(ranges.cells(), cells.len() as u64);
            for (row, column) in (0..15).flat_map(|row| (0..12).map(move |column| (row, column))) {
                prop_assert_eq!(ranges.contains(Spot { row, column }), cells.contains(&(row, column)));
            }
            let rows: BTreeSet<u64> = cells.iter().map(|cell| cell.0).collect();
            let columns: BTreeSet<usize> = cells.iter().map(|cell| cell.1).collect();
            prop_assert_eq!(each_row(&ranges), Vec::from_iter(rows));
            prop_assert_eq!(ranges.columns(), Vec::from_iter(columns));
        }

        #[test]
        fn areas_are_the_same_cells_by_their_places(blocks in some_blocks(), left_out in 0usize..10) {
            let ranges = ranges(&blocks);
            let rows = each_row(&ranges);
            let columns: Vec<usize> = ranges.columns().into_iter().filter(|column| *column != left_out).collect();
            let mut found = BTreeSet::new();
            for Area { rows: places, fields } in ranges.areas(&columns) {
                for (row, field) in places.flat_map(|row| fields.clone().map(move |field| (row, field))) {
                    found.insert((rows[row as usize], columns[field as usize]));
                }
            }
            let wanted = cells(&blocks).into_iter().filter(|cell| cell.1 != left_out);
            prop_assert_eq!(found, wanted.collect::<BTreeSet<_>>());
        }

        #[test]
        fn a_table_has_exactly_their_cells(blocks in some_blocks()) {
            if let Some(table) = ranges(&blocks).table() {
                prop_assert_eq!(table.cells(), cells(&blocks).len() as u64);
            }
        }
    }
}
