//! What is done with selected records and with the range of cells: chosen, emptied, written, copied.

use leptos::prelude::Set;

use super::browser::{Grid, Shared, repaint};
use super::geometry::Spot;
use super::painter::is_within;
use super::rows::{RecordName, Rows};
use super::selection::Selection;
use super::{aria, tooltip};
use crate::app::format::count;
use crate::rpc::records::CellEdit;

/// Most cells that one key may empty.
const MOST_CLEARED: usize = 2_000;

/// Selects a row or takes it out; with `extend` all rows from the last one on.
pub fn toggle_row(shared: &Shared, row: u64, extend: bool) {
    {
        let mut grid = shared.borrow_mut();
        let mut selection = grid.selection.clone();
        if let (Some(last), true) = (grid.last_toggled, extend) {
            let (from, to) = (last.min(row), last.max(row));
            selection.add((from..=to).filter_map(|row| grid.blocks.head(row)).map(|head| head.record));
        } else if let Some(head) = grid.blocks.head(row) {
            selection.toggle(head.record);
        }
        grid.last_toggled = Some(row);
        grid.select(selection);
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Selects all records, or none when all are.
pub fn toggle_all(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        let all = grid.selection == Selection::All || grid.geometry.rows == 0;
        grid.select(if all { Selection::None } else { Selection::All });
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Gives up range and selection.
pub fn clear_selection(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        grid.anchor = grid.active;
        grid.tell_range();
        if grid.selection != Selection::None {
            grid.select(Selection::None);
        }
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Every cell is in the range.
pub fn select_everything(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        let (rows, columns) = (grid.geometry.rows, grid.geometry.columns());
        grid.anchor = Spot { row: rows.saturating_sub(1), column: columns.saturating_sub(1) };
        grid.active = Spot::default();
        grid.tell_range();
    }
    repaint(shared);
    aria::activate(shared);
}

/// Empties the cells of the range that are here.
pub fn clear_cells(shared: &Shared) {
    let (edits, more) = {
        let grid = shared.borrow();
        let free = |spot: &Spot| grid.columns.get(spot.column).is_some_and(|field| field.locked.is_none());
        let filled = |spot: &Spot| grid.blocks.text(spot.row, spot.column).is_some();
        let mut spots = grid.range_spots().filter(|spot| free(spot) && filled(spot));
        let edits: Vec<Edit> = spots
            .by_ref()
            .take(MOST_CLEARED)
            .filter_map(|spot| Some((grid.blocks.head(spot.row)?.record, spot, None)))
            .collect();
        (edits, spots.next().is_some() || !grid.range_is_here())
    };
    if more {
        let words = format!("{} emptied; the others of the range are not loaded", count(edits.len() as u64));
        shared.borrow().control.trouble(words);
    }
    write(shared, edits);
}

/// A text for the cell of a record, and where the record was when it was written.
pub type Edit = (RecordName, Spot, Option<String>);

/// Writes texts into cells: here at once, then on the server.
pub fn write(shared: &Shared, texts: Vec<Edit>) {
    let (edits, control) = {
        let mut grid = shared.borrow_mut();
        let mut edits = Vec::with_capacity(texts.len());
        for (record, spot, text) in texts {
            let Some(field) = grid.columns.get(spot.column).filter(|field| field.locked.is_none()) else {
                continue;
            };
            let key = field.key.clone();
            // Rows may have moved since: the text belongs to its record.
            if grid.blocks.head(spot.row).is_some_and(|head| head.record == record) {
                grid.blocks.overwrite(spot.row, spot.column, text.as_deref());
            }
            edits.push(CellEdit { record: record.id(), field: key, text });
        }
        (edits, grid.control)
    };
    if !edits.is_empty() {
        control.write(edits);
    }
    repaint(shared);
    tooltip::update(shared);
}

/// The range as tab-separated text, as far as its rows are here.
pub fn copied(shared: &Shared) -> String {
    let grid = shared.borrow();
    let (one, two) = (grid.active, grid.anchor);
    let columns = one.column.min(two.column)..=one.column.max(two.column);
    let mut text = String::new();
    for row in one.row.min(two.row)..=one.row.max(two.row) {
        if grid.blocks.head(row).is_none() {
            break;
        }
        for column in columns.clone() {
            if column > *columns.start() {
                text.push('\t');
            }
            quote(grid.blocks.text(row, column).unwrap_or(""), &mut text);
        }
        text.push('\n');
    }
    text.pop();
    text
}

fn quote(cell: &str, text: &mut String) {
    if cell.contains(['\t', '\n', '\r', '"']) {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

impl Grid {
    /// Whether all rows of the range are here.
    pub(super) fn range_is_here(&self) -> bool {
        let last = self.active.row.max(self.anchor.row);
        self.range_spots().last().is_some_and(|spot| spot.row == last)
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.selection = selection;
        self.control.selection.set(self.selection.clone());
    }

    pub(super) fn range_spots(&self) -> impl Iterator<Item = Spot> + '_ {
        let (one, two) = (self.active, self.anchor);
        let rows = one.row.min(two.row)..=one.row.max(two.row);
        let here = rows.take_while(|row| self.blocks.head(*row).is_some());
        here.flat_map(move |row| (0..self.columns.len()).map(move |column| Spot { row, column }))
            .filter(move |spot| is_within((one, two), spot.row, spot.column))
    }
}
