//! Snapshots: versions of a sheet that are kept until somebody deletes them.

use super::ids::{SheetId, SnapshotId};
use super::time::Timestamp;

/// A version of a sheet that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its id.
    pub id: SnapshotId,
    /// The sheet.
    pub sheet_id: SheetId,
    /// The version of the sheet.
    pub version: i64,
    /// What a person calls it.
    pub label: Option<String>,
    /// The conversation that it belongs to.
    pub thread_id: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}
