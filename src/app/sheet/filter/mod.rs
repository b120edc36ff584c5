//! The filter of a sheet: built from rows, written as text, ticked in a list of values, shown as chips.

mod chips;
mod draft;
mod panel;
mod phrases;
mod row;
mod values;
mod words;

pub use chips::filter_chips;
pub use panel::filter_panel;
pub use values::value_list;

use super::SheetControl;
use crate::domain::query::{self, Condition};

impl SheetControl {
    /// The condition that the records are filtered by; nothing for none.
    ///
    /// # Errors
    /// Why the text of the filter cannot be read, with the place.
    pub(super) fn condition(self) -> Result<Option<Condition>, String> {
        self.grid.question.with(|question| read(&question.filter))
    }

    /// Filters by another text; empty for none.
    pub(super) fn filter(self, text: String) {
        if self.grid.question.with_untracked(|question| question.filter != text) {
            self.grid.question.update(|question| question.filter = text);
        }
    }

    /// Filters by a condition, or by none.
    pub(super) fn filter_by(self, condition: Option<Condition>) {
        self.filter(condition.map_or_else(String::new, |condition| condition.to_string()));
    }
}

/// The condition that a text says; nothing for an empty one. The error says where it cannot be read, in words.
fn read(text: &str) -> Result<Option<Condition>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    query::parse(text).map(Some).map_err(|error| {
        let place = error.path.strip_prefix("q, character ").unwrap_or("1");
        ["At character ", place, ": ", &error.message].concat()
    })
}
