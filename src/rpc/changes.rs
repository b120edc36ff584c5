//! Changes of any number of cells by one rule, and the way back.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::records::Choosing;
use super::wire::Packed;

/// What becomes of the cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CellsChange {
    /// Every one gets the text; nothing empties it.
    Set(Option<String>),
    /// Where `find` stands, `with` stands since.
    Replace {
        /// What is sought; empty for empty cells.
        find: String,
        /// What stands there since.
        with: String,
        /// Capital and small letters are different.
        match_case: bool,
        /// The cell holds the text and nothing else.
        whole_cell: bool,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Changing {
    /// It is done.
    Done {
        /// By what it is undone.
        change: String,
        /// How many records changed.
        records: u64,
        /// The version since.
        version: i64,
    },
    /// There are many: a job does it, and offers to undo it at its end.
    Job(Box<JobCard>),
}

/// Changes a field of the chosen records, or every field that may be changed.
///
/// # Errors
/// When the sheet or the field is not there, or may not be changed.
#[server(input = Packed, output = Packed)]
pub async fn change_cells(
    sheet_id: String,
    choosing: Choosing,
    field: Option<String>,
    change: CellsChange,
) -> Result<Changing, RpcError> {
    super::bodies::changes::change_cells(sheet_id, choosing, field, change).await
}

/// Takes a change back; how many cells stayed because they were changed again since.
///
/// # Errors
/// When there is no such change, or it was taken back already.
#[server(input = Packed, output = Packed)]
pub async fn undo_change(sheet_id: String, change_id: String) -> Result<u64, RpcError> {
    super::bodies::changes::undo_change(sheet_id, change_id).await
}
