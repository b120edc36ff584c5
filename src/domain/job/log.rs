//! What is written down while a job runs.

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;

/// Lines that a listener may write for one job; later ones are dropped, which the last line says.
pub const MOST_LINES: u64 = 10_000;
/// Characters of a line.
pub const LINE_LENGTH: usize = 2_000;

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogKind {
    /// The job went to another status.
    Status,
    /// It went on.
    Progress,
    /// Its listener said something.
    Line,
}

/// How an entry is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// A remark.
    #[default]
    Info,
    /// Something that should be looked at.
    #[serde(alias = "warning")]
    Warn,
    /// Something that went wrong.
    Error,
}

impl LogKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Progress => "progress",
            Self::Line => "line",
        }
    }
}

impl LogLevel {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Its place, from 1.
    pub number: u64,
    /// The run of the job that it belongs to.
    pub attempt: u32,
    /// What kind of entry it is.
    pub kind: LogKind,
    /// How it is meant.
    pub level: LogLevel,
    /// For people.
    pub text: String,
    /// 0 to 100, where it says how far the job was.
    pub progress: Option<u8>,
    /// When.
    pub created_at: Timestamp,
}

/// An entry before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// What kind of entry it is.
    pub kind: LogKind,
    /// How it is meant.
    pub level: LogLevel,
    /// For people; cut after 2,000 characters.
    pub text: String,
    /// 0 to 100.
    pub progress: Option<u8>,
}
