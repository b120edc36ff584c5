//! Rectangles of cells: what a range covers, where a paste lands, how far a fill goes. No browser in it.

use std::ops::Range;

use super::geometry::{Geometry, HEADER_HEIGHT, Spot, View};
use crate::domain::fill::{Fill, Source};

/// Side of the square at the end of the range by which it is filled.
pub const HANDLE: f64 = 7.0;
/// How far from it a press may be.
const REACH: f64 = 5.0;

/// A rectangle of cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Block {
    /// Its rows, in the order of the view.
    pub rows: Range<u64>,
    /// Its columns.
    pub columns: Range<usize>,
}

/// Where the cells of a clipboard go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The cells that they replace.
    pub block: Block,
    /// Rows that come after the last one.
    pub added: u64,
    /// Columns that find no place.
    pub cut: usize,
}

impl Block {
    /// The rectangle between two corners.
    pub fn between(one: Spot, other: Spot) -> Self {
        Self {
            rows: one.row.min(other.row)..one.row.max(other.row) + 1,
            columns: one.column.min(other.column)..one.column.max(other.column) + 1,
        }
    }

    /// The first cell and the last; nothing when it is empty.
    pub fn corners(&self) -> Option<(Spot, Spot)> {
        let last = Spot { row: self.rows.end.checked_sub(1)?, column: self.columns.end.checked_sub(1)? };
        Some((Spot { row: self.rows.start, column: self.columns.start }, last)).filter(|_| self.cells() > 0)
    }

    /// How many rows it has.
    pub fn height(&self) -> u64 {
        self.rows.end.saturating_sub(self.rows.start)
    }

    /// How many cells it has.
    pub fn cells(&self) -> u64 {
        self.height().saturating_mul(self.columns.len() as u64)
    }

    /// Whether a cell is in it.
    pub fn contains(&self, spot: Spot) -> bool {
        self.rows.contains(&spot.row) && self.columns.contains(&spot.column)
    }

    /// Where a table of so many rows and columns goes when this is the range, in a sheet of so many: the range gets it
    /// again and again where it is a multiple.
    pub fn landing(&self, table: (u64, usize), sheet: (u64, usize)) -> Landing {
        let times =
            |range: u64, table: u64| if range.max(1).is_multiple_of(table) { range.max(1) } else { table };
        let height = times(self.height(), table.0.max(1));
        let width = times(self.columns.len() as u64, table.1.max(1) as u64) as usize;
        let (row, column) = (self.rows.start, self.columns.start);
        let (end, last) = (row + height, column + width);
        Landing {
            block: Self { rows: row..end.min(sheet.0).max(row), columns: column..last.min(sheet.1) },
            added: end.saturating_sub(sheet.0.max(row)),
            cut: last.saturating_sub(sheet.1),
        }
    }

    /// Where the handle is in the view: its left and upper edge.
    pub fn handle(&self, geometry: &Geometry, view: &View) -> Option<(f64, f64)> {
        let cell = geometry.cell(view, self.corners()?.1);
        Some((cell.x + cell.width - HANDLE + 1.0, cell.y + cell.height - HANDLE + 1.0))
    }

    /// Whether a point of the view is on the handle.
    pub fn is_on_handle(&self, geometry: &Geometry, view: &View, x: f64, y: f64) -> bool {
        let near = |at: f64, edge: f64| (edge - REACH..=edge + HANDLE + REACH).contains(&at);
        let handle = self.handle(geometry, view).filter(|_| x > geometry.gutter && y > HEADER_HEIGHT);
        handle.is_some_and(|(left, top)| near(x, left) && near(y, top))
    }

    /// What a drag of the handle to a cell means: the larger rectangle and what it gets. Nothing within this one.
    pub fn filled_to(&self, spot: Spot) -> Option<(Self, Fill)> {
        let rows = self.rows.start.min(spot.row)..self.rows.end.max(spot.row + 1);
        let columns = self.columns.start.min(spot.column)..self.columns.end.max(spot.column + 1);
        let down = (rows.end - rows.start) - self.height();
        let right = (columns.len() - self.columns.len()) as u64;
        if down == 0 && right == 0 {
            return None;
        }
        // Rows are lower than columns are wide.
        Some(if down > 2 * right || right == 0 {
            let source = Source { count: self.height() as u32, at_end: rows.start < self.rows.start };
            (Self { rows, columns: self.columns.clone() }, Fill::OnDown(source))
        } else {
            let source =
                Source { count: self.columns.len() as u32, at_end: columns.start < self.columns.start };
            (Self { rows: self.rows.clone(), columns }, Fill::OnRight(source))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(rows: Range<u64>, columns: Range<usize>) -> Block {
        Block { rows, columns }
    }

    #[test]
    fn a_paste_repeats_in_a_multiple_and_goes_beyond_the_last_row() {
        let one = block(3..4, 1..2);
        let landing = |range: &Block, table| range.landing(table, (10, 4));
        assert_eq!(landing(&one, (2, 2)), Landing { block: block(3..5, 1..3), added: 0, cut: 0 });
        assert_eq!(
            landing(&block(0..6, 0..2), (3, 1)),
            Landing { block: block(0..6, 0..2), added: 0, cut: 0 }
        );
        assert_eq!(
            landing(&block(0..5, 0..3), (3, 2)),
            Landing { block: block(0..3, 0..2), added: 0, cut: 0 }
        );
        assert_eq!(
            landing(&block(8..9, 2..3), (5, 4)),
            Landing { block: block(8..10, 2..4), added: 3, cut: 2 }
        );
        let empty = Block::default().landing((2, 9), (0, 4));
        assert_eq!(empty, Landing { block: block(0..0, 0..4), added: 2, cut: 5 });
    }

    #[test]
    fn the_handle_goes_the_way_it_is_pulled() {
        let pair = block(2..4, 1..2);
        let source = |count, at_end| Source { count, at_end };
        assert_eq!(pair.filled_to(Spot { row: 3, column: 1 }), None);
        let (down, fill) = pair.filled_to(Spot { row: 9, column: 2 }).unwrap();
        assert_eq!((down, fill), (block(2..10, 1..2), Fill::OnDown(source(2, false))));
        let (up, fill) = pair.filled_to(Spot { row: 0, column: 1 }).unwrap();
        assert_eq!((up, fill), (block(0..4, 1..2), Fill::OnDown(source(2, true))));
        let (left, fill) = pair.filled_to(Spot { row: 4, column: 0 }).unwrap();
        assert_eq!((left, fill), (block(2..4, 0..2), Fill::OnRight(source(1, true))));
    }

    proptest! {
        #[test]
        fn every_cell_of_a_clipboard_lands_or_is_told_of(
            (row, column) in (0u64..20, 0usize..6), (height, width) in (1u64..5, 1usize..4), table in (1u64..30, 1usize..9),
        ) {
            let sheet = (20, 6);
            let range = block(row..(row + height).min(20), column..(column + width).min(6));
            let Landing { block, added, cut } = range.landing(table, sheet);
            prop_assert!(block.rows.end <= sheet.0 && block.columns.end <= sheet.1);
            prop_assert!((block.height() + added).is_multiple_of(table.0));
            prop_assert!((block.columns.len() + cut).is_multiple_of(table.1));
            prop_assert!(added == 0 || block.rows.end == sheet.0);
        }

        #[test]
        fn a_fill_keeps_its_source(row in 0u64..9, column in 0usize..9) {
            let source = block(3..5, 2..4);
            if let Some((whole, _)) = source.filled_to(Spot { row, column }) {
                prop_assert!(whole.rows.start <= 3 && whole.rows.end >= 5);
                prop_assert!(whole.columns.start <= 2 && whole.columns.end >= 4);
                prop_assert!(whole.height() == 2 || whole.columns.len() == 2);
            }
        }
    }
}
