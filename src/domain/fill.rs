//! Writing into a block of cells at once: which texts they get.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::clipboard::Table;

/// Ranges of cells that are chosen at once, at most.
pub const MOST_AREAS: usize = 100;

/// What the cells of a block get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fill {
    /// The texts of a table, again from its first row and column on where the block is larger; an empty text empties
    /// the cell.
    Table(Table),
    /// The same text in some areas of the block, which may overlap; nothing empties the cells.
    Areas(Vec<Area>, Option<String>),
    /// What the first row has.
    Down,
    /// What the first column has.
    Right,
    /// What some rows at the beginning, or at the end, have and go on with.
    OnDown(Source),
    /// The same of columns.
    OnRight(Source),
}

/// A rectangle within a block: places among its rows and among its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its rows.
    pub rows: Range<u32>,
    /// Its fields.
    pub fields: Range<u32>,
}

/// The part of a block that the rest of it goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// How many rows or columns.
    pub count: u32,
    /// They are the last ones, and the block goes on upwards or to the left.
    pub at_end: bool,
}

impl Fill {
    /// Empties the cells.
    pub fn clear() -> Self {
        Self::Table(Table::of_rows(Vec::new()))
    }

    /// Gives every cell the same text.
    pub fn with(text: String) -> Self {
        Self::Table(Table::of_rows(vec![vec![text]]))
    }
}

impl Source {
    /// How many rows or columns of a block of `all` come before it.
    pub fn before(self, all: usize) -> usize {
        if self.at_end { all.saturating_sub(self.count as usize) } else { 0 }
    }
}
