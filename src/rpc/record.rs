//! One record with all that is said of it, and what became of it.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;
use crate::domain::blueprint::Level;
use crate::domain::said::Said;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    /// Its id.
    pub id: String,
    /// The version of the sheet that was read.
    pub version: i64,
    /// Its cells, in the order of the columns.
    pub cells: Vec<CellView>,
}

/// One cell of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellView {
    /// The key of its field.
    pub field: String,
    /// What is in it.
    pub text: Option<String>,
    /// What is said of it, errors first.
    pub remarks: Vec<(Level, Said)>,
    /// Why it cannot be changed in this record; nothing when the record does not forbid it.
    pub locked: Option<String>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// It came.
    Created,
    /// It changed.
    Updated,
    /// It went.
    Deleted,
}

/// One change of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Who made it.
    pub who: String,
    /// Milliseconds since 1970.
    pub when: i64,
    /// What became of the record.
    pub deed: Deed,
    /// The changed cells: field, text before, text since.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
}

/// The history of a record, the last change first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The last changes.
    pub entries: Vec<HistoryEntry>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// One record.
///
/// # Errors
/// When there is no such sheet or record for this person.
#[server(input = Packed, output = Packed)]
pub async fn record(sheet_id: String, record_id: String) -> Result<RecordView, RpcError> {
    super::bodies::record::record(sheet_id, record_id).await
}

/// What became of a record, as far back as old versions are kept.
///
/// # Errors
/// When there is no such sheet or record for this person.
#[server(input = Packed, output = Packed)]
pub async fn record_history(sheet_id: String, record_id: String) -> Result<History, RpcError> {
    super::bodies::record::record_history(sheet_id, record_id).await
}
