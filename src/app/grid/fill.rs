//! Blocks of cells that are emptied, filled and gone on with, and records that go or come twice. The server gets a
//! description, whatever the number of rows; what is here changes at once.

use super::block::Block;
use super::browser::{Grid, Shared, repaint};
use super::change::{AWAY, Change};
use super::geometry::Spot;
use super::range::Edit;
use super::rows::Rows as _;
use super::selection::Selection;
use super::travel;
use super::{aria, range, tooltip};
use crate::domain::clipboard::Table;
use crate::domain::fill::Fill;
use crate::rpc::cells::{Adding, Block as WireBlock, Rows};
use crate::rpc::records::Choosing;

/// Empties the cells of the range.
pub fn clear(shared: &Shared) {
    let block = shared.borrow().range();
    let one = {
        let grid = shared.borrow();
        let spot = grid.active;
        let seen = grid.blocks.text(spot.row, spot.column).map(str::to_string);
        let head =
            grid.blocks.head(spot.row).filter(|_| block.cells() == 1 && grid.locked(&block).is_empty());
        head.map(|head| Edit { record: head.record, spot, text: None, seen })
    };
    match one {
        // One cell is emptied as by typing.
        Some(Edit { seen: None, .. }) => {}
        Some(edit) => {
            range::write(shared, edit);
            aria::build(shared);
        }
        None => fill(shared, &block, Fill::clear(), 0),
    }
}

/// Gives every cell of the range a text.
pub fn with(shared: &Shared, text: String) {
    let block = shared.borrow().range();
    fill(shared, &block, Fill::with(text), 0);
}

/// Gives the range what its first row has; of one row, what the row above has.
pub fn down(shared: &Shared) {
    let mut block = shared.borrow().range();
    if block.height() == 1 {
        block.rows.start = block.rows.start.saturating_sub(1);
    }
    if block.height() > 1 {
        fill(shared, &block, Fill::Down, 0);
    }
}

/// Gives the range what its first column has; of one column, what the column at its left has.
pub fn right(shared: &Shared) {
    let mut block = shared.borrow().range();
    if block.columns.len() == 1 {
        block.columns.start = block.columns.start.saturating_sub(1);
    }
    if block.columns.len() > 1 {
        fill(shared, &block, Fill::Right, 0);
    }
}

/// Writes into a block, and into so many new records. Locked columns stay as they are; when nothing is left, people
/// are told why.
pub fn fill(shared: &Shared, block: &Block, fill: Fill, added: u32) {
    let control = shared.borrow().control;
    if control.away.get_untracked() {
        // Nothing may look changed that is refused.
        control.trouble(AWAY.to_string());
        return;
    }
    let (change, control) = {
        let mut grid = shared.borrow_mut();
        let control = grid.control;
        let locked = grid.locked(block);
        let free: Vec<usize> = block.columns.clone().filter(|column| !locked.contains(column)).collect();
        let by_column = matches!(fill, Fill::Right | Fill::OnRight(_));
        let reason = locked.first().and_then(|column| grid.columns.get(*column)?.locked.clone());
        let (Some(_), None) = (free.first(), reason.as_ref().filter(|_| by_column)) else {
            drop(grid);
            control.trouble(reason.unwrap_or_default());
            return;
        };
        let fill = match fill {
            Fill::Table(table) => Fill::Table(picked(table, block, &free)),
            other => other,
        };
        if let Fill::Table(table) = &fill {
            grid.overwrite(block, &free, table);
        }
        let fields = free.iter().filter_map(|column| Some(grid.columns.get(*column)?.key.clone())).collect();
        (Change::Fill { block: WireBlock { rows: grid.rows_of(block), fields }, fill, added }, control)
    };
    control.change(change);
    repaint(shared);
    aria::build(shared);
    tooltip::update(shared);
}

/// The columns of a table that go into the free columns of a block.
fn picked(table: Table, block: &Block, free: &[usize]) -> Table {
    let columns = table.columns().max(1);
    let wanted: Vec<usize> = free.iter().map(|column| (column - block.columns.start) % columns).collect();
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

    /// The locked columns of a block.
    pub(super) fn locked(&self, block: &Block) -> Vec<usize> {
        let is_locked = |column: &usize| self.columns.get(*column).is_none_or(|field| field.locked.is_some());
        block.columns.clone().filter(is_locked).collect()
    }

    /// The rows of a block as the server finds them.
    pub(super) fn rows_of(&self, block: &Block) -> Rows {
        Rows {
            choosing: self.question.choosing(),
            version: self.blocks.version_at(block.rows.start),
            ranges: vec![(block.rows.start, block.rows.end)],
        }
    }

    /// Whether the selected records are meant, and not those of the range.
    fn means_selected(&self) -> bool {
        self.blocks.head(self.active.row).is_some_and(|head| self.selection.contains(head.record))
    }

    /// How many records are meant by what is done to records.
    pub(super) fn meant_count(&self) -> u64 {
        if self.means_selected() { self.selection.count(self.geometry.rows) } else { self.range().height() }
    }

    /// Which ones.
    fn meant_records(&self) -> Rows {
        if !self.means_selected() {
            return self.rows_of(&self.range());
        }
        let choosing = Choosing {
            selected: self.selection.ids(),
            except: self.selection.except(),
            all_selected: matches!(self.selection, Selection::All),
            ..self.question.choosing()
        };
        Rows { choosing, version: self.blocks.version_at(self.active.row), ranges: vec![(0, u64::MAX)] }
    }

    /// Puts what is written into the rows that are seen.
    fn overwrite(&mut self, block: &Block, free: &[usize], table: &Table) {
        for row in self.geometry.visible_rows(&self.view).filter(|row| block.rows.contains(row)) {
            let from = (row - block.rows.start) as usize % table.rows().max(1);
            for (place, column) in free.iter().enumerate() {
                let text =
                    Some(table.text(from, place % table.columns().max(1))).filter(|text| !text.is_empty());
                self.blocks.overwrite(row, *column, text);
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
    fill(shared, &block, rule, 0);
    travel::select(shared, &block);
}
