//! Jobs: one run of an action or of the server's own work, from `created` to a terminal status.
//!
//! The state machine ([`lifecycle`]) is pure; time-outs, leases and the queue are above it.

pub mod lifecycle;
pub mod log;
pub mod parts;
pub mod plan;
#[cfg(feature = "ssr")]
pub mod run;
#[cfg(feature = "ssr")]
pub mod undo;
mod words;

pub use lifecycle::{Command, Refusal, Transition, transition};
pub use words::{JobMode, JobStanding, JobStatus, JobTrigger, JobType, PartExecution};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::{FileId, JobId, SpaceId};
use super::outcome::Outcome;
use super::query::RecordQuery;
use super::time::Timestamp;

/// The jobs that the server itself does, by type and operation, when they are made by a built-in action or a program;
/// all others wait for a listener, and so does a job of an action that a developer calls like one of these.
pub const BUILT_IN: &[(JobType, &str)] = &[
    (JobType::Sheet, "import"),
    (JobType::Sheet, "export"),
    (JobType::Sheet, "find-replace"),
    (JobType::Sheet, "bulk-update"),
    (JobType::Sheet, "fill"),
    (JobType::Sheet, "fill-cells"),
    (JobType::Workbook, "delete-records"),
    (JobType::Sheet, "validate"),
    (JobType::Sheet, "clear-column"),
    (JobType::Sheet, "fill-column"),
    (JobType::Sheet, "remove-duplicates"),
    (JobType::Sheet, "copy-records"),
    (JobType::Sheet, "move-records"),
    (JobType::Sheet, "add-field"),
    (JobType::Sheet, "rename-field"),
    (JobType::Sheet, "remove-field"),
    (JobType::Workbook, "map"),
    (JobType::File, "extract"),
    (JobType::Agent, "agent-export"),
];

/// Whether the server itself does such jobs.
pub fn is_built_in(job_type: JobType, operation: &str) -> bool {
    BUILT_IN.contains(&(job_type, operation))
}

/// What a job acts on, when it is less than the whole of its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "a job has one, and the larger variant is the common one")
)]
pub enum JobSubject {
    /// One thing.
    Resource {
        /// Its id.
        id: String,
    },
    /// Some of many, such as the records that a query finds.
    Collection {
        /// What they are: `records`.
        resource: String,
        /// Where they are: `{sheetId}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        params: Option<Map<String, Value>>,
        /// Which they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<RecordQuery>,
    },
}

/// A job as every layer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The first half of its name.
    #[serde(rename = "type")]
    pub job_type: JobType,
    /// The second half of its name.
    pub operation: String,
    /// The thing it is about: a file, workbook, sheet, space or document of that type.
    pub source: String,
    /// A workbook that it fills.
    pub destination: Option<String>,
    /// Where it belongs.
    pub environment_id: super::ids::EnvironmentId,
    /// Where it belongs; nothing for jobs of an environment.
    pub space_id: Option<SpaceId>,
    /// The workbook it is about, when there is one.
    pub workbook_id: Option<super::ids::WorkbookId>,
    /// The sheet it is about, when there is one.
    pub sheet_id: Option<super::ids::SheetId>,
    /// The file it is about, when there is one.
    pub file_id: Option<FileId>,
    /// Parameters of the server's own kinds.
    pub config: Option<Value>,
    /// Whether it starts by itself.
    pub trigger: JobTrigger,
    /// Where it stands.
    pub status: JobStatus,
    /// 0 to 100.
    pub progress: u8,
    /// What it is doing, for people.
    pub info: Option<String>,
    /// What the page does meanwhile.
    pub mode: JobMode,
    /// What the person filled in.
    pub input: Option<Map<String, Value>>,
    /// What it acts on.
    pub subject: Option<JobSubject>,
    /// What it told when it ended.
    pub outcome: Option<Outcome>,
    /// What it found or made, for programs.
    pub result: Option<Value>,
    /// The server itself does the work.
    pub managed: bool,
    /// The label of the action that made it, for people.
    pub label: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// The job it is a part of.
    pub parent_id: Option<JobId>,
    /// The run of the parent that made this part; parts of earlier runs do not count.
    pub parent_attempt: Option<u32>,
    /// Its place among the parts, from 0.
    pub part: Option<u32>,
    /// What this part is given.
    pub part_data: Option<Map<String, Value>>,
    /// How the parts follow one another.
    pub part_execution: Option<PartExecution>,
    /// When the last of its own parts had ended.
    pub parts_ended_at: Option<Timestamp>,
    /// The jobs that come before it.
    pub predecessor_ids: Vec<JobId>,
    /// Counts the runs; a worker with an older number is refused.
    pub attempt: u32,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When somebody began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When the person closed its outcome.
    pub outcome_acknowledged_at: Option<Timestamp>,
    /// When it should end, as its worker thinks.
    pub estimated_completion_at: Option<Timestamp>,
}

impl Job {
    /// `type:operation`, the name that listeners filter by.
    pub fn name(&self) -> String {
        format!("{}:{}", self.job_type, self.operation)
    }

    /// What people call it: the label of its action, else its name.
    pub fn title(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.name())
    }

    /// The key of the column in whose menu its action was pressed.
    pub fn column_key(&self) -> Option<&str> {
        match &self.subject {
            Some(JobSubject::Collection { params: Some(params), .. }) => params.get("columnKey")?.as_str(),
            _ => None,
        }
    }

    /// Whether a worker of the server does it, and no listener.
    pub fn is_built_in(&self) -> bool {
        self.managed
    }
}
