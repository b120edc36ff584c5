//! What is selected: records and a range of cells; and texts that are written into single cells.

use std::ops::Range;

use leptos::task::spawn_local;

use super::browser::{Grid, Shared, repaint};
use super::geometry::Spot;
use super::ranges::TOO_MANY;
use super::rows::{RecordName, Rows};
use super::selection::Selection;
use super::{aria, source, tooltip};
use crate::app::format::counted;
use crate::rpc::records::CellEdit;

/// Most rows that are selected at once by the first and the last: each of them is named to the server.
const MOST_ROWS: u64 = 20_000;

/// Selects a row or takes it out; with `extend` all rows from the last one on.
pub fn toggle_row(shared: &Shared, row: u64, extend: bool) {
    let last = shared.borrow().last_toggled.filter(|_| extend);
    if let Some(last) = last {
        return select_rows(shared, last.min(row)..last.max(row) + 1, row);
    }
    {
        let mut grid = shared.borrow_mut();
        let mut selection = grid.selection.clone();
        if let Some(head) = grid.pages.head(row) {
            selection.toggle(head.record);
        }
        grid.last_toggled = Some(row);
        grid.select(selection);
        grid.say_selected();
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Selects rows up to the one that was pressed. Those that are not here are asked for.
fn select_rows(shared: &Shared, rows: Range<u64>, pressed: u64) {
    let here: Option<Vec<RecordName>> = {
        let grid = shared.borrow();
        rows.clone().map(|row| grid.pages.head(row).map(|head| head.record)).collect()
    };
    if let Some(records) = here {
        return take_in(shared, records, pressed);
    }
    let control = shared.borrow().control;
    if rows.end - rows.start > MOST_ROWS {
        let most = counted(MOST_ROWS, "record");
        control
            .trouble(["At most ", &most, " are selected at once like this. Filter, or select all"].concat());
        return;
    }
    let shared = shared.clone();
    spawn_local(async move {
        match source::records(&shared, rows).await {
            Some(records) => take_in(&shared, records, pressed),
            None => control.trouble("The rows moved meanwhile: none was selected. Try again".to_string()),
        }
    });
}

fn take_in(shared: &Shared, records: Vec<RecordName>, pressed: u64) {
    {
        let mut grid = shared.borrow_mut();
        let mut selection = grid.selection.clone();
        selection.add(records);
        grid.last_toggled = Some(pressed);
        grid.select(selection);
        grid.say_selected();
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Selects all records, or none when all are.
pub fn toggle_all(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        let all = matches!(grid.selection, Selection::All) || grid.geometry.rows == 0;
        grid.select(if all { Selection::None } else { Selection::All });
        grid.say_selected();
    }
    aria::mark_selected(shared);
    repaint(shared);
}

/// Takes the selection that the chrome has made; without one the range goes, too.
pub fn take_selection(shared: &Shared, selection: &Selection) {
    if *selection == Selection::None {
        return clear_selection(shared);
    }
    if shared.borrow().selection == *selection {
        return;
    }
    shared.borrow_mut().selection = selection.clone();
    aria::mark_selected(shared);
    repaint(shared);
}

/// Gives up range and selection.
pub fn clear_selection(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        grid.anchor = grid.active;
        grid.earlier.clear();
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
        grid.earlier.clear();
        grid.tell_range();
    }
    show_range(shared);
}

/// The cells of the columns of the range, from the first row to the last.
pub fn select_columns(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        grid.earlier.clear();
        grid.reach_all_rows();
    }
    show_range(shared);
}

/// How the cells of a column come to what is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// They alone are chosen.
    Alone,
    /// They are a further range.
    Beside,
    /// The newest range goes as far as they do.
    UpTo,
}

/// Chooses the cells of a column, from the first row to the last. The view stays where it is.
pub fn select_column(shared: &Shared, column: usize, joining: Joining) {
    {
        let mut grid = shared.borrow_mut();
        let range = grid.range();
        match joining {
            Joining::Alone => grid.earlier.clear(),
            Joining::Beside if !grid.earlier.add(range) => {
                grid.control.trouble(TOO_MANY.to_string());
                return;
            }
            _ => {}
        }
        if joining != Joining::UpTo {
            grid.anchor.column = column;
        }
        grid.active.column = column;
        (grid.focused, grid.lit) = (true, false);
        grid.reach_all_rows();
        grid.note_place();
        grid.tell_place();
    }
    show_range(shared);
}

impl Grid {
    fn reach_all_rows(&mut self) {
        self.active.row = 0;
        self.anchor.row = self.geometry.rows.saturating_sub(1);
        self.tell_range();
    }
}

fn show_range(shared: &Shared) {
    repaint(shared);
    aria::activate(shared);
    tooltip::update(shared);
}

/// A text for the cell of a record.
pub struct Edit {
    /// The record.
    pub record: RecordName,
    /// Where its cell was when it was written.
    pub spot: Spot,
    /// The text; nothing empties the cell.
    pub text: Option<String>,
    /// What the cell held when the person began.
    pub seen: Option<String>,
}

/// Writes a text into a cell: here at once, then on the server.
pub fn write(shared: &Shared, Edit { record, spot, text, seen }: Edit) {
    let found = {
        let mut grid = shared.borrow_mut();
        let free = grid.columns.get(spot.column).filter(|field| field.locked.is_none());
        free.map(|field| field.key.clone()).map(|key| {
            // Rows may have moved since: the text belongs to its record.
            if grid.pages.head(spot.row).is_some_and(|head| head.record == record) {
                grid.pages.overwrite(spot.row, spot.column, text.as_deref());
            }
            (key, grid.control)
        })
    };
    if let Some((field, control)) = found {
        control.write(vec![CellEdit { record: record.id(), field, text, seen }]);
    }
    repaint(shared);
    tooltip::update(shared);
}

impl Grid {
    pub(super) fn select(&mut self, selection: Selection) {
        self.selection = selection;
        self.control.selection.set(self.selection.clone());
    }

    /// Says how many records are selected.
    fn say_selected(&self) {
        let words = match self.selection.count(self.geometry.rows) {
            0 => "No record selected".to_string(),
            many => counted(many, "record") + " selected",
        };
        self.control.say(words);
    }
}
