//! Finding cells, one after the other.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;

/// What is sought, and in which cells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// The text; empty for empty cells.
    pub text: String,
    /// Capital and small letters are different.
    pub match_case: bool,
    /// The cell holds the text and nothing else.
    pub whole_cell: bool,
    /// The keys of the fields to look into, in the order of the columns.
    pub fields: Vec<String>,
}

/// Which of the cells is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// The first one at the cell or after it.
    From,
    /// The next one.
    After,
    /// The one before.
    Before,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The version that was looked at.
    pub version: i64,
    /// How many cells.
    pub cells: u64,
    /// How many of them would be replaced.
    pub writable: u64,
    /// How many would not be replaced although they may be changed: only a part of an option's name is sought.
    pub partial: u64,
    /// In how many columns.
    pub writable_fields: u64,
    /// The wanted one.
    pub next: Option<FoundCell>,
}

/// One cell that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundCell {
    /// Which one it is of all, counted from 1.
    pub place: u64,
    /// Its row in the view, counted from 0.
    pub row: u64,
    /// The key of its field.
    pub field: String,
    /// The id of its record.
    pub record: String,
}

/// Finds cells. `at` is a row of the view and the place of a field among the sought ones.
///
/// # Errors
/// When there is no such sheet for this person, or a field or the filter cannot be read.
#[server(input = Packed, output = Packed)]
pub async fn find_cells(
    sheet_id: String,
    choosing: Choosing,
    sought: Sought,
    way: Way,
    at: (u64, u32),
) -> Result<Found, RpcError> {
    super::bodies::find::find_cells(sheet_id, choosing, sought, way, at).await
}
