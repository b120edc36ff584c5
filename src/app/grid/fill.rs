//! Blocks of cells that are emptied, filled and gone on with, and records that go or come twice. The server gets a
//! description, whatever the number of rows; what is here changes at once.

use super::block::Block;
use super::browser::{Grid, Shared, repaint};
use super::change::{AWAY, Change};
use super::geometry::Spot;
use super::range::Edit;
use super::ranges::{Ranges, heights};
use super::rows::Rows as _;
use super::selection::Selection;
use super::travel;
use super::{aria, range, tooltip};
use crate::domain::clipboard::Table;
use crate::domain::fill::Fill;
use crate::rpc::cells::{Adding, Block as WireBlock, Rows};
use crate::rpc::records::Choosing;

/// Empties the cells of the ranges.
pub fn clear(shared: &Shared) {
    let one = {
        let grid = shared.borrow();
        let spot = grid.active;
        let seen = grid.pages.text(spot.row, spot.column).map(str::to_string);
        let is_one = !grid.chooses() && grid.split(&grid.ranges()).1.is_empty();
        let head = grid.pages.head(spot.row).filter(|_| is_one);
        head.map(|head| Edit { record: head.record, spot, text: None, seen })
    };
    match one {
        // One cell is emptied as by typing.
        Some(Edit { seen: None, .. }) => {}
        Some(edit) => {
            range::write(shared, edit);
            aria::build(shared);
        }
        None => everywhere(shared, Fill::clear()),
    }
}

/// Gives every cell of the ranges a text, or empties them, as one change.
pub fn everywhere(shared: &Shared, text: Fill) {
    let ranges = shared.borrow().ranges();
    fill(shared, ranges, text, 0);
}

/// Gives the range what its first row has; of one row, what the row above has.
pub fn down(shared: &Shared) {
    let mut block = shared.borrow().range();
    if block.height() == 1 {
        block.rows.start = block.rows.start.saturating_sub(1);
    }
    if block.height() > 1 {
        fill(shared, Ranges::of(block), Fill::Down, 0);
    }
}

/// Gives the range what its first column has; of one column, what the column at its left has.
pub fn right(shared: &Shared) {
    let mut block = shared.borrow().range();
    if block.columns.len() == 1 {
        block.columns.start = block.columns.start.saturating_sub(1);
    }
    if block.columns.len() > 1 {
        fill(shared, Ranges::of(block), Fill::Right, 0);
    }
}

/// Writes into ranges, several of which get one text, and into so many new records. Locked columns stay as they are;
/// when nothing is left, people are told why.
pub fn fill(shared: &Shared, ranges: Ranges, fill: Fill, added: u32) {
    let control = shared.borrow().control;
    if control.away.get_untracked() {
        // Nothing may look changed that is refused.
        control.trouble(AWAY.to_string());
        return;
    }
    let change = {
        let mut grid = shared.borrow_mut();
        let (free, locked) = grid.split(&ranges);
        let by_column = matches!(fill, Fill::Right | Fill::OnRight(_));
        let reason = locked.first().and_then(|column| grid.columns.get(*column)?.locked.clone());
        let (Some(_), None) = (free.first(), reason.as_ref().filter(|_| by_column)) else {
            drop(grid);
            control.trouble(reason.unwrap_or_default());
            return;
        };
        let fill = match fill {
            Fill::Table(table) => Fill::Table(picked(table, &ranges, &free)),
            other => other,
        };
        if let Fill::Table(table) = &fill {
            for block in ranges.blocks() {
                grid.overwrite(block, &free, table);
            }
        }
        let block = WireBlock { rows: grid.rows_of(&ranges), fields: grid.keys(&free) };
        let several = ranges.are_several().then_some((ranges, free));
        Change::Fill { block, fill, added, several }
    };
    control.change(change);
    repaint(shared);
    aria::build(shared);
    tooltip::update(shared);
}

/// The columns of a table that go into the free columns of a block; of one text, that text for each.
fn picked(table: Table, ranges: &Ranges, free: &[usize]) -> Table {
    let columns = table.columns().max(1);
    let first = ranges.blocks().first().map_or(0, |block| block.columns.start);
    let wanted: Vec<usize> = free.iter().map(|column| column.saturating_sub(first) % columns).collect();
    table.pick(&wanted)
}

/// Deletes the records of the range, or the selected ones when the active cell is among them.
pub fn delete(shared: &Shared) {
    let (rows, records, control) = {
        let grid = shared.borrow();
        (grid.meant_records(), grid.meant_count(), grid.control)
    };
    control.change(Change::Delete(rows, records));
    range::clear_selection(shared);
}

/// Adds records by the same rows.
pub fn add(shared: &Shared, adding: fn(Rows) -> Adding) {
    let (rows, control) = {
        let grid = shared.borrow();
        (grid.meant_records(), grid.control)
    };
    control.change(Change::Add(adding(rows)));
}

impl Grid {
    /// The rectangle between the active cell and the other corner.
    pub(super) fn range(&self) -> Block {
        Block::between(self.active, self.anchor)
    }

    /// Every range; the last one is that of the active cell.
    pub(super) fn ranges(&self) -> Ranges {
        self.earlier.with(self.range())
    }

    /// The columns of some ranges: those that people may change, and the locked ones.
    pub(super) fn split(&self, ranges: &Ranges) -> (Vec<usize>, Vec<usize>) {
        let is_free = |column: &usize| self.columns.get(*column).is_some_and(|field| field.locked.is_none());
        ranges.columns().into_iter().partition(is_free)
    }

    /// The rows of some ranges as the server finds them.
    pub(super) fn rows_of(&self, ranges: &Ranges) -> Rows {
        let ranges = ranges.rows();
        let first = ranges.first().map_or(0, |rows| rows.0);
        Rows { choosing: self.question.choosing(), version: self.pages.version_at(first), ranges }
    }

    /// Whether the selected records are meant, and not those of the range.
    fn means_selected(&self) -> bool {
        self.pages.head(self.active.row).is_some_and(|head| self.selection.contains(head.record))
    }

    /// How many records are meant by what is done to records.
    pub(super) fn meant_count(&self) -> u64 {
        match self.means_selected() {
            true => self.selection.count(self.geometry.rows),
            false => heights(&self.ranges().rows()),
        }
    }

    /// Which ones.
    fn meant_records(&self) -> Rows {
        if !self.means_selected() {
            return self.rows_of(&self.ranges());
        }
        let choosing = Choosing {
            selected: self.selection.ids(),
            except: self.selection.except(),
            all_selected: matches!(self.selection, Selection::All),
            ..self.question.choosing()
        };
        Rows { choosing, version: self.pages.version_at(self.active.row), ranges: vec![(0, u64::MAX)] }
    }

    /// Puts what is written into the rows that are seen.
    fn overwrite(&mut self, block: &Block, free: &[usize], table: &Table) {
        for row in self.geometry.visible_rows(&self.view).filter(|row| block.rows.contains(row)) {
            let from = (row - block.rows.start) as usize % table.rows().max(1);
            for (place, column) in
                free.iter().enumerate().filter(|(_, column)| block.columns.contains(column))
            {
                let text =
                    Some(table.text(from, place % table.columns().max(1))).filter(|text| !text.is_empty());
                self.pages.overwrite(row, *column, text);
            }
        }
    }
}

/// The handle was pulled to a cell.
pub fn pull(shared: &Shared, to: Spot) {
    let whole = {
        let mut grid = shared.borrow_mut();
        let source = grid.range();
        grid.pulled = None;
        source.filled_to(to)
    };
    let Some((block, rule)) = whole else {
        repaint(shared);
        return;
    };
    fill(shared, Ranges::of(block.clone()), rule, 0);
    travel::select(shared, &block);
}
