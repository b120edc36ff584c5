//! Blocks of cells: written, filled, copied, their records deleted and doubled, others added; and the way back.
//! However large a block is, it travels as a description.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::records::{Choosing, Standings};
use super::wire::Packed;
use crate::domain::clipboard::Table;
use crate::domain::fill::Fill;

/// Rows of what the page shows, as it shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// What it shows.
    pub choosing: Choosing,
    /// The version that it shows.
    pub version: i64,
    /// The first row and the one after the last, counted from 0.
    pub ranges: Vec<(u64, u64)>,
}

/// A block of cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its rows.
    pub rows: Rows,
    /// The keys of its fields, in order.
    pub fields: Vec<String>,
}

/// Records that are to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Adding {
    /// An empty one, at the end.
    AtEnd,
    /// As many empty ones as there are rows, above the first of them.
    Above(Rows),
    /// As many, below the last of them.
    Below(Rows),
    /// Copies of the rows, below the last of them; at the end where the rows are sorted.
    Copies(Rows),
}

/// Records that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// How the sheet stands.
    pub standings: Standings,
    /// How many came.
    pub records: u64,
    /// The row of the first of them.
    pub row: u64,
    /// Whether that row is one of those that the page shows, and not of the whole sheet.
    pub is_shown: bool,
}

/// What became of a change of many cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Filled {
    /// It is made.
    Done(Standings),
    /// It takes a while.
    Job(Box<JobCard>),
}

/// A step back or forth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stepped {
    /// How the sheet stands.
    pub standings: Standings,
    /// What was undone or redone: `edit of 3 records`.
    pub what: String,
    /// Where: the row in what the page shows, and the key of the field.
    pub place: Option<(u64, String)>,
    /// Cells and records that somebody changed since, and that stay.
    pub skipped: u64,
    /// How many steps are left back and forth.
    pub left: (u64, u64),
}

/// Writes into a block of cells, and into `added` new records after the last one, as one change.
///
/// # Errors
/// When the sheet or a field is not there, or may not be changed.
#[server(input = Packed, output = Packed)]
pub async fn fill_cells(sheet_id: String, block: Block, fill: Fill, added: u32) -> Result<Filled, RpcError> {
    super::bodies::cells::fill_cells(sheet_id, block, fill, added).await
}

/// The texts of a block of cells.
///
/// # Errors
/// When the sheet or a field is not there, or there are too many cells.
#[server(input = Packed, output = Packed)]
pub async fn copy_cells(sheet_id: String, block: Block) -> Result<Table, RpcError> {
    super::bodies::cells::copy_cells(sheet_id, block).await
}

/// Deletes the records of some rows, as one change; the answer names it.
///
/// # Errors
/// When the sheet is not there or its records may not be deleted.
#[server(input = Packed, output = Packed)]
pub async fn delete_rows(sheet_id: String, rows: Rows) -> Result<(Standings, String), RpcError> {
    super::bodies::cells::delete_rows(sheet_id, rows).await
}

/// Adds records, as one change.
///
/// # Errors
/// When the sheet is not there or takes no records by hand, or the view is sorted that they are to stand in.
#[server(input = Packed, output = Packed)]
pub async fn add_records(sheet_id: String, adding: Adding) -> Result<Added, RpcError> {
    super::bodies::cells::add_records(sheet_id, adding).await
}

/// Undoes the last change of the person, or with `again` redoes what was undone last; nothing when there is none.
///
/// # Errors
/// When the sheet is not there or may not be changed, or the change is too long ago.
#[server(input = Packed, output = Packed)]
pub async fn step(sheet_id: String, again: bool, choosing: Choosing) -> Result<Option<Stepped>, RpcError> {
    super::bodies::cells::step(sheet_id, again, choosing).await
}

/// How many of the person's changes can be undone and redone.
///
/// # Errors
/// When the sheet is not there.
#[server(input = Packed, output = Packed)]
pub async fn steps_left(sheet_id: String) -> Result<(u64, u64), RpcError> {
    super::bodies::cells::steps_left(sheet_id).await
}

/// The values that the reference of a record may have, as far as they contain a text; the first ones in their order.
///
/// # Errors
/// When the sheet, the record or the field is not there.
#[server(input = Packed, output = Packed)]
pub async fn referable(
    sheet_id: String,
    record: String,
    field: String,
    search: String,
) -> Result<Vec<String>, RpcError> {
    super::bodies::cells::referable(sheet_id, (record, field), search).await
}
