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
    /// When it was deleted because its time was up.
    pub expired_at: Option<Timestamp>,
}

impl File {
    /// What follows the last dot of the name, without the dot.
    pub fn extension(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// The `Content-Disposition` by which a browser saves a file under its name, in both forms of RFC 6266.
pub fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let header = disposition("Ünï \"x\"\r\n.csv");
        assert_eq!(
            header,
            "attachment; filename=\"_n_ _x___.csv\"; filename*=UTF-8''%C3%9Cn%C3%AF%20%22x%22%0D%0A.csv"
        );
    }
}
