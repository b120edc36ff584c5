//! From an uploaded file to an import: which column goes into which field.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::wire::Packed;

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceColumn {
    /// What its header says.
    pub header: String,
    /// Some of its values.
    pub samples: Vec<String>,
    /// Key of the field it matches by name.
    pub field: Option<String>,
}

/// How a file would be imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportPlan {
    /// The file's id.
    pub file_id: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// How many rows it has, as far as its beginning tells.
    pub rows: u64,
    /// How its bytes are read, for people: `UTF-8, separated by commas`.
    pub reading: String,
    /// The same for the server, which is handed it back.
    pub dialect: String,
    /// Its columns, in order.
    pub columns: Vec<SourceColumn>,
}

/// What becomes of a file that was dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Planned {
    /// It can be imported like this.
    Plan(ImportPlan),
    /// It cannot be read as a table: why, and what to do.
    Refused(String),
}

/// Reads the beginning of a file and matches its columns with the fields of a sheet.
///
/// # Errors
/// When there is no such file or sheet for this person. A file that cannot be read is an answer.
#[server(input = Packed, output = Packed)]
pub async fn plan_import(file_id: String, sheet_id: String) -> Result<Planned, RpcError> {
    super::bodies::imports::plan_import(file_id, sheet_id).await
}

/// Starts the import: for each column of the file the key of its field, or nothing; `dialect` from the plan.
///
/// # Errors
/// When the file or sheet is not there, or an import runs into the sheet already.
#[server(input = Packed, output = Packed)]
pub async fn start_import(
    file_id: String,
    sheet_id: String,
    mapping: Vec<Option<String>>,
    dialect: String,
) -> Result<JobCard, RpcError> {
    super::bodies::imports::start_import(file_id, sheet_id, mapping, dialect).await
}
