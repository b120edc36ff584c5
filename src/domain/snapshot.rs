//! Snapshots: versions of a sheet that are kept until somebody deletes them.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::blueprint::SheetConfig;
use super::ids::{SheetId, SnapshotId};
use super::time::Timestamp;

/// A version of a sheet that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Its id.
    pub id: SnapshotId,
    /// The sheet.
    pub sheet_id: SheetId,
    /// The version of the sheet.
    pub version: i64,
    /// The blueprint that the sheet had; nothing of old snapshots that did not keep it.
    pub config: Option<Arc<SheetConfig>>,
    /// What a person calls it.
    pub label: Option<String>,
    /// The conversation that it belongs to.
    pub thread_id: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What became of a field between two blueprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldDifference {
    /// Only the later one has its key.
    Added,
    /// Only the earlier one has its key.
    Removed,
    /// Both have its key.
    Unchanged,
}

/// What became of each field: those of the later blueprint in their order, then those that are gone.
pub fn compare_fields(then: &SheetConfig, now: &SheetConfig) -> Vec<(String, FieldDifference)> {
    let keys = |config: &'_ SheetConfig| -> Vec<String> {
        config.fields.iter().map(|field| field.key.to_string()).collect()
    };
    let (then, now) = (keys(then), keys(now));
    let known: HashSet<&String> = then.iter().collect();
    let there: HashSet<&String> = now.iter().collect();
    let since = now.iter().map(|key| match known.contains(key) {
        true => (key.clone(), FieldDifference::Unchanged),
        false => (key.clone(), FieldDifference::Added),
    });
    let gone = then.iter().filter(|key| !there.contains(key));
    since.chain(gone.map(|key| (key.clone(), FieldDifference::Removed))).collect()
}
