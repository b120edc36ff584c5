//! Files: uploaded by people and programs, or made by jobs.

use serde_json::{Map, Value};

use super::action::Action;
use super::ids::{AccountId, EnvironmentId, FileId, SheetId, SpaceId, WorkbookId};
use super::time::Timestamp;

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileMode {
    /// It came in.
    Import,
    /// It was made to be taken away.
    Export,
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// Stored, not read yet.
    Partial,
    /// Being read.
    Analyzing,
    /// Read.
    Analyzed,
    /// Its records are in a workbook.
    Complete,
    /// Put away.
    Archived,
    /// Its bytes are gone.
    Purged,
    /// It could not be read.
    Failed,
}

/// A file of a space.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its id; its bytes are stored under it.
    pub id: FileId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// Its space.
    pub space_id: SpaceId,
    /// Its name with its extension: data, never a path.
    pub name: String,
    /// What kind of bytes it says to hold.
    pub mimetype: String,
    /// The encoding of its text, as far as known.
    pub encoding: String,
    /// How far it is.
    pub status: FileStatus,
    /// Which way it goes.
    pub mode: FileMode,
    /// Bytes.
    pub size: i64,
    /// The workbook made of it.
    pub workbook_id: Option<WorkbookId>,
    /// The sheet it went into.
    pub sheet_id: Option<SheetId>,
    /// Items of its menu.
    pub actions: Vec<Action>,
    /// Members of the wire that Inlet keeps and hands back but does not read (`origin`, `description`, …).
    pub extra: Map<String, Value>,
    /// Who brought or made it.
    pub created_by: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl File {
    /// What follows the last dot of the name, without the dot.
    pub fn extension(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}
