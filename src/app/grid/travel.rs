//! Going to cells: by keys, by a press, and where the chrome around the grid wants to.

use super::block::Block;
use super::browser::{Shared, repaint};
use super::geometry::Spot;
use super::keyboard::{self, Move};
use super::range::{self, Joining};
use super::ranges::TOO_MANY;
use super::rows::Rows;
use super::{Go, aria, source, tooltip};

/// Goes where the chrome wants to.
pub fn obey(shared: &Shared, to: &Go) {
    let spot = {
        let mut grid = shared.borrow_mut();
        let last = grid.geometry.rows.saturating_sub(1);
        let active = grid.active;
        let place = |key: &String| grid.columns.iter().position(|column| column.key == *key);
        let spot = match to {
            Go::Back => active,
            Go::Column(field) => {
                let column = place(field);
                drop(grid);
                return column.map_or((), |column| range::select_column(shared, column, Joining::Alone));
            }
            Go::Cell { row, field, .. } => {
                // Rows may be on their way that the grid does not count yet.
                Spot { row: *row, column: field.as_ref().and_then(place).unwrap_or(active.column) }
            }
            Go::Record { record, field } => {
                let column = place(field);
                match grid.pages.row_of(*record) {
                    Some(row) => Spot { row, column: column.unwrap_or(active.column) },
                    None => {
                        grid.control.trouble("Their record is not among the rows near here".to_string());
                        return;
                    }
                }
            }
            Go::Step { record, down } => {
                let stays = grid.pages.head(active.row).is_some_and(|head| head.record.id() == *record);
                let row = match (down, stays) {
                    (true, true) => active.row + 1,
                    // Another record has taken its row.
                    (true, false) => active.row,
                    (false, _) => active.row.saturating_sub(1),
                };
                Spot { row: row.min(last), column: active.column }
            }
        };
        let focus = matches!(to, Go::Back | Go::Cell { focus: true, .. });
        grid.focused = focus || grid.focused;
        grid.lit = !focus;
        spot
    };
    go(shared, spot, false);
    if matches!(to, Go::Cell { focus: true, .. }) {
        // A step may have brought a record there, and the one that stands there still moves on.
        shared.borrow_mut().place = None;
    }
}

/// Scrolls as little as shows a cell.
pub fn show_spot(shared: &Shared, spot: Spot) {
    shared.borrow_mut().show(spot);
    repaint(shared);
    source::fetch(shared);
}

/// Begins a further range at a cell; the others stay.
pub fn begin_another(shared: &Shared, spot: Spot) {
    {
        let mut grid = shared.borrow_mut();
        let range = grid.range();
        if !grid.earlier.add(range) {
            grid.control.trouble(TOO_MANY.to_string());
            return;
        }
        grid.anchor = spot;
    }
    go(shared, spot, true);
}

/// Goes to a cell; `extend` keeps the other corner of the range, and the ranges beside it.
pub fn go(shared: &Shared, spot: Spot, extend: bool) {
    {
        let mut grid = shared.borrow_mut();
        grid.active = spot;
        if !extend {
            grid.anchor = spot;
            grid.earlier.clear();
        }
        grid.note_place();
        grid.show(spot);
        grid.tell_place();
        grid.tell_range();
    }
    repaint(shared);
    aria::activate(shared);
    tooltip::update(shared);
    source::fetch(shared);
}

/// Makes a block the range; its first cell is the active one.
pub fn select(shared: &Shared, block: &Block) {
    if let Some((first, last)) = block.corners() {
        go(shared, first, false);
        let mut grid = shared.borrow_mut();
        grid.anchor = last;
        grid.tell_range();
    }
}

/// Goes to a row that may be new, to its first cell or in the same column.
pub fn reveal(shared: &Shared, row: u64, stays: bool) {
    let column = {
        let mut grid = shared.borrow_mut();
        let total = grid.pages.total().max(row + 1);
        grid.pages.set_total(total);
        grid.fit();
        grid.focused = true;
        // There is no cell to write into in a list: the record opens once it is here.
        grid.cards.opening = grid.geometry.is_list();
        if stays { grid.active.column } else { 0 }
    };
    go(shared, Spot { row, column }, false);
    // The record that stands there still is on its way to another row.
    shared.borrow_mut().place = None;
}

/// Goes the way a key says. False when that leads out of the grid.
pub fn step(shared: &Shared, way: Move, extend: bool) -> bool {
    let target = {
        let grid = shared.borrow();
        let page = grid.geometry.page(&grid.view);
        keyboard::target(grid.active, way, grid.geometry.rows, grid.geometry.columns(), page)
    };
    if let Some(spot) = target {
        go(shared, spot, extend);
    }
    target.is_some()
}
