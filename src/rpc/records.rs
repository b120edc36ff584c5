//! A sheet's shape, its counts, and changes of its records. The records themselves come as frames.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::actions::ActionView;
use super::views::SavedView;
use super::wire::Packed;
use crate::domain::layout::SheetLayout;
use crate::domain::record::Counts;

/// How a column shows and edits its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// A decimal number, to the right.
    Number,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// One of the options.
    Enum,
    /// A value of another sheet.
    Reference,
    /// Several values.
    List,
}

/// One choice of an enum column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// One column of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// The field's key.
    pub key: String,
    /// What people read.
    pub label: String,
    /// How it shows and edits.
    pub kind: ColumnKind,
    /// Whether an empty cell is an error.
    pub required: bool,
    /// Why it cannot be changed here; nothing when it can.
    pub locked: Option<String>,
    /// The choices of an enum, or of a list of them.
    pub choices: Vec<Choice>,
    /// What the field is for.
    pub description: Option<String>,
    /// How wide the blueprint wants it, in CSS pixels.
    pub width: Option<u16>,
    /// Its values are those of another sheet.
    pub refers: bool,
}

#[cfg(test)]
impl ColumnView {
    /// A column as tests want it, with nothing special about it.
    pub fn plain(key: &str, kind: ColumnKind) -> Self {
        Self {
            key: key.to_string(),
            label: key.to_string(),
            kind,
            refers: false,
            required: false,
            locked: None,
            choices: Vec::new(),
            description: None,
            width: None,
        }
    }
}

/// What a person may do with the records of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permits {
    /// Insert records.
    pub add: bool,
    /// Change cells.
    pub edit: bool,
    /// Delete records.
    pub delete: bool,
    /// Import files.
    pub import: bool,
}

/// What the page of a sheet goes without, as the space wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omits {
    /// Files are not imported.
    pub import: bool,
    /// Records are not downloaded.
    pub download: bool,
    /// Nothing is replaced.
    pub replace: bool,
    /// Records are not deleted.
    pub delete: bool,
}

/// A sheet's shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetView {
    /// Its id.
    pub id: String,
    /// Its space's id.
    pub space_id: String,
    /// Its workbook's id.
    pub workbook_id: String,
    /// Its workbook's name.
    pub workbook_name: String,
    /// What people read.
    pub name: String,
    /// Moves by one with each commit.
    pub version: i64,
    /// How many records it has.
    pub counts: Counts,
    /// Its columns, in order.
    pub columns: Vec<ColumnView>,
    /// What the person may do.
    pub permits: Permits,
    /// What the space goes without.
    pub omits: Omits,
    /// The items that the menu of every sheet has.
    pub actions: Vec<ActionView>,
    /// The items that the menu of every column has.
    pub column_actions: Vec<ActionView>,
    /// How its columns stand: every field is in it.
    pub layout: SheetLayout,
    /// The person's own layout, when a view has another.
    pub own_layout: Option<SheetLayout>,
    /// The view that is open.
    pub view: Option<SavedView>,
    /// Which records are shown at first.
    pub choosing: Choosing,
    /// Their counts, whatever the tab.
    pub found: Counts,
}

/// The order of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// Its key.
    pub field: String,
    /// The largest first.
    pub descending: bool,
}

impl Sort {
    /// What a further press on a field makes of it: up, down, the order of the sheet.
    pub fn pressed(before: Option<&Self>, field: &str) -> Option<Self> {
        match before {
            Some(sort) if sort.field == field && sort.descending => None,
            Some(sort) if sort.field == field => Some(Self { descending: true, ..sort.clone() }),
            _ => Some(Self { field: field.to_string(), descending: false }),
        }
    }
}

/// Which records the page shows or acts on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosing {
    /// Only valid ones, only invalid ones, or both.
    pub standing: Standing,
    /// Text that a cell must contain; empty for any.
    pub search: String,
    /// A condition in the query language; empty for none.
    pub filter: String,
    /// Nothing for the order of the sheet.
    pub sort: Option<Sort>,
    /// When not empty, these records and no others, whatever the filter says.
    pub selected: Vec<String>,
    /// These records are left out in any case.
    pub except: Vec<String>,
    /// All of them were selected by hand.
    pub all_selected: bool,
}

/// The three tabs over the grid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    /// All records.
    #[default]
    All,
    /// Those without an error.
    Valid,
    /// Those with one.
    Invalid,
}

impl Standing {
    /// The word in addresses: `/frames/…?filter=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Valid => "valid",
            Self::Invalid => "error",
        }
    }
}

/// A cell that somebody typed into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellEdit {
    /// The record's id.
    pub record: String,
    /// The field's key.
    pub field: String,
    /// The new text; nothing empties the cell.
    pub text: Option<String>,
    /// What the cell held when the person began.
    pub seen: Option<String>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edited {
    /// It is written.
    Saved(Standings),
    /// Somebody else has changed the cell since the person saw it; nothing was written.
    Changed {
        /// What it holds.
        now: Option<String>,
        /// Who changed it: `Ada`, `a program`.
        who: String,
    },
    /// The record is not there any more.
    Gone,
    /// It was refused.
    Refused(RpcError),
}

/// How the sheet stands after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standings {
    /// The sheet's version.
    pub version: i64,
    /// Its counts.
    pub counts: Counts,
    /// How many of the selected records are invalid, when some are.
    pub selected_invalid: u64,
}

impl Standing {
    /// How many of the counted records it shows.
    pub fn of(self, counts: &Counts) -> u64 {
        match self {
            Self::All => counts.total,
            Self::Valid => counts.valid,
            Self::Invalid => counts.error,
        }
    }
}

/// A sheet's shape, and what it shows: what was asked for, else what the view says, else every record.
///
/// # Errors
/// When there is no such sheet for this person. A view that is not there is left out.
#[server(input = Packed, output = Packed)]
pub async fn sheet(
    sheet_id: String,
    asked: Option<Choosing>,
    view_id: Option<String>,
) -> Result<SheetView, RpcError> {
    super::bodies::records::sheet(sheet_id, asked, view_id).await
}

/// How many records are found by search and filter, whatever the tab, how many of those are valid, and how many of
/// the selected ones are not.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn count_records(sheet_id: String, choosing: Choosing) -> Result<Standings, RpcError> {
    super::bodies::records::count_records(sheet_id, choosing).await
}

/// Makes edits in their order, each on its own. When the server cannot go on there are fewer answers than edits; the
/// others are to be sent again, and so may those that were answered.
///
/// # Errors
/// When the server cannot make even the first of them now.
#[server(input = Packed, output = Packed)]
pub async fn edit_cells(sheet_id: String, edits: Vec<CellEdit>) -> Result<Vec<Edited>, RpcError> {
    super::bodies::records::edit_cells(sheet_id, edits).await
}

#[cfg(feature = "ssr")]
pub use super::bodies::records::first_window;
