//! The history of a sheet: its changes, and the versions that are kept.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::record::Deed;
use super::wire::Packed;

/// One change of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetChange {
    /// By what it is undone; nothing when it cannot be.
    pub undo: Option<String>,
    /// What it was, in words: `Import`.
    pub title: String,
    /// To how many records, in words.
    pub scope: String,
    /// Who made it.
    pub who: String,
    /// Milliseconds since 1970.
    pub when: i64,
}

/// A version that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVersion {
    /// Its id.
    pub id: String,
    /// What a person calls it.
    pub label: Option<String>,
    /// Who kept it.
    pub who: String,
    /// Milliseconds since 1970.
    pub when: i64,
    /// The sheet is as it was then.
    pub current: bool,
}

/// The history of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetHistory {
    /// The last change first.
    pub changes: Vec<SheetChange>,
    /// The one that was kept last first.
    pub kept: Vec<KeptVersion>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// The history of a sheet.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn versions(sheet_id: String) -> Result<SheetHistory, RpcError> {
    super::bodies::versions::versions(sheet_id).await
}

/// Keeps the sheet as it is now.
///
/// # Errors
/// When the sheet is not there or is being filled by an import.
#[server(input = Packed, output = Packed)]
pub async fn keep_version(sheet_id: String, label: Option<String>) -> Result<(), RpcError> {
    super::bodies::versions::keep_version(sheet_id, label).await
}

/// Makes the sheet what it was, or with a kind of change takes those back alone. How it was before is kept first, so
/// that nothing is lost.
///
/// # Errors
/// When the version is not there or the records may not be changed.
#[server(input = Packed, output = Packed)]
pub async fn restore_version(version_id: String, only: Option<Deed>) -> Result<(), RpcError> {
    super::bodies::versions::restore_version(version_id, only).await
}

/// Lets a kept version go.
///
/// # Errors
/// When the version is not there.
#[server(input = Packed, output = Packed)]
pub async fn forget_version(version_id: String) -> Result<(), RpcError> {
    super::bodies::versions::forget_version(version_id).await
}
