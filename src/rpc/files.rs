//! The files of a space.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::actions::ActionView;
use super::wire::Packed;
use crate::domain::file::FileStatus;

/// One row of the files page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub status: FileStatus,
    /// Bytes.
    pub size: i64,
    /// It was made by a job, to be taken away.
    pub generated: bool,
    /// The items of its menu.
    pub actions: Vec<ActionView>,
    /// Who brought or made it.
    pub created_by: String,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

/// The files of a space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileList {
    /// The newest first.
    pub files: Vec<FileRow>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
    /// The space goes without their download.
    pub omits_download: bool,
    /// The space goes without their deletion.
    pub omits_delete: bool,
}

/// The files of a space, the newest first.
///
/// # Errors
/// When there is no such space for this person.
#[server(input = Packed, output = Packed)]
pub async fn files(space_id: String) -> Result<FileList, RpcError> {
    super::bodies::files::files(space_id).await
}

/// Deletes a file; records that were imported from it stay.
///
/// # Errors
/// When there is no such file for this person.
#[server(input = Packed, output = Packed)]
pub async fn delete_file(file_id: String) -> Result<(), RpcError> {
    super::bodies::files::delete_file(file_id).await
}
