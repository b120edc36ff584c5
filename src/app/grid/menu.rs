//! The menu of a cell: where it opens and what it is told.

use super::MenuPlace;
use super::browser::Shared;
use super::rows::Rows as _;
use crate::app::dom;
use crate::domain::query::facet;

/// Opens the menu at a point of the window.
pub fn open(shared: &Shared, (x, y): (f64, f64)) {
    let (place, menu) = {
        let grid = shared.borrow();
        let ranges = grid.ranges();
        let Some(field) = grid.columns.get(grid.active.column) else { return };
        let is_locked = grid.split(&ranges).0.is_empty();
        let text = grid.pages.text(grid.active.row, grid.active.column).map(str::to_string);
        let place = MenuPlace {
            x,
            y,
            records: grid.meant_count(),
            several: grid.chooses(),
            locked: if is_locked { field.locked.clone() } else { None },
            value: (field.label.clone(), text),
        };
        (place, grid.control.cell_menu)
    };
    menu.set(Some(place));
}

/// Opens the menu beside the active cell, as a key does.
pub fn open_at_cell(shared: &Shared) {
    let point = {
        let grid = shared.borrow();
        let cell = grid.geometry.cell(&grid.view, grid.active);
        let (left, top, ..) = dom::place(&grid.parts.scroller);
        (left + cell.x.max(grid.geometry.gutter) + 12.0, top + cell.y + cell.height)
    };
    open(shared, point);
}

/// Shows the records that have the text of the active cell in its field.
pub fn filter_by_value(shared: &Shared) {
    let (question, condition) = {
        let grid = shared.borrow();
        let Some(field) = grid.columns.get(grid.active.column) else { return };
        let text = grid.pages.text(grid.active.row, grid.active.column).unwrap_or_default();
        (grid.control.question, facet::with_values(None, &field.key, &[text.to_string()]))
    };
    question.update(|question| question.filter = condition.map(|one| one.to_string()).unwrap_or_default());
}
