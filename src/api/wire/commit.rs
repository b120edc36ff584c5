//! Commits.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::ids::SheetId;
use crate::store::records::CommitRow;

/// The records that one write changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Commit)]
pub struct CommitBody {
    /// Its id; the version it made has the same.
    id: String,
    /// The sheet it changed.
    sheet_id: String,
    /// What a person undoes together with it.
    change_id: Option<String>,
    /// Who made it.
    created_by: String,
    /// When it was made.
    created_at: String,
    /// Who said that it is complete: nobody when no listener had to, or none did in time.
    completed_by: Option<String>,
    /// When it was complete: from the beginning, unless the workbook tracks changes. Then it is open until a listener
    /// has answered it.
    completed_at: Option<String>,
}

impl CommitBody {
    /// A commit of that sheet.
    pub fn new(sheet_id: SheetId, commit: CommitRow) -> Self {
        Self {
            id: commit.id.into(),
            sheet_id: sheet_id.into(),
            change_id: commit.change_id.map(String::from),
            created_by: commit.created_by,
            completed_by: commit.completed_by,
            completed_at: match commit.open_since {
                Some(_) => None,
                None => Some(commit.completed_at.unwrap_or(commit.created_at).to_string()),
            },
            created_at: commit.created_at.to_string(),
        }
    }
}
