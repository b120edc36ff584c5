//! What has changed in a sheet since a version that is kept.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::record::Deed;
use super::records::Choosing;
use super::wire::Packed;

/// How much has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What a person calls the version.
    pub label: Option<String>,
    /// Who kept it.
    pub who: String,
    /// When, in milliseconds since 1970.
    pub when: i64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
    /// Records that came.
    pub created: u64,
    /// Records with other texts.
    pub updated: u64,
    /// Records that went.
    pub deleted: u64,
    /// Names of the columns that came.
    pub new_columns: Vec<String>,
    /// Names of the columns that went.
    pub gone_columns: Vec<String>,
}

/// A record that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRow {
    /// Its id.
    pub id: String,
    /// What people know it by: its first text.
    pub name: Option<String>,
    /// What became of it.
    pub deed: Deed,
    /// The changed cells: field, text then, text now.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
}

/// How much has changed since a version.
///
/// # Errors
/// When the version is not there for this person.
#[server(input = Packed, output = Packed)]
pub async fn compare_version(version_id: String) -> Result<Compared, RpcError> {
    super::bodies::compare::compare_version(version_id).await
}

/// A page of the records that have changed since a version, counted from 1; of one kind when it is named.
///
/// # Errors
/// When the version is not there for this person.
#[server(input = Packed, output = Packed)]
pub async fn changed_rows(
    version_id: String,
    deed: Option<Deed>,
    page: u64,
) -> Result<Vec<ChangedRow>, RpcError> {
    super::bodies::compare::changed_rows(version_id, deed, page).await
}

/// The row of a record in what is shown, counted from 0; nothing when it is not among that.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn row_of_record(
    sheet_id: String,
    record_id: String,
    choosing: Choosing,
) -> Result<Option<u64>, RpcError> {
    super::bodies::compare::row_of_record(sheet_id, record_id, choosing).await
}
