//! Jobs: one run of an action or of the server's own work, from `created` to a terminal status.
//!
//! The state machine is here and pure; time-outs, leases and the queue are above it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ids::{FileId, JobId, SpaceId};
use super::outcome::Outcome;
use super::query::RecordQuery;
use super::time::Timestamp;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $wanted:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// Every value, in the order in which messages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!("`{text}` is not {}; use one of {}", $wanted, words.join(", "))
                })
            }
        }
    };
}

words! {
    /// What kind of thing a job is about.
    JobType, "a job type" {
        /// A file.
        File = "file",
        /// A workbook.
        Workbook = "workbook",
        /// A sheet.
        Sheet = "sheet",
        /// A space.
        Space = "space",
        /// A document.
        Document = "document",
        /// An app.
        App = "app",
        /// An agent.
        Agent = "agent",
        /// Of the vendor's own; taken, never run.
        Autobuild = "autobuild",
        /// Of the vendor's own; taken, never run.
        Onboarding = "onboarding",
    }
}

words! {
    /// Where a job stands.
    JobStatus, "a job status" {
        /// Made; it waits to be started.
        Created = "created",
        /// Its plan is being worked out.
        Planning = "planning",
        /// It starts at its time, or after other jobs.
        Scheduled = "scheduled",
        /// It may be taken.
        Ready = "ready",
        /// Somebody works on it.
        Executing = "executing",
        /// Ended well.
        Complete = "complete",
        /// Ended badly.
        Failed = "failed",
        /// Ended by a person.
        Canceled = "canceled",
        /// It waits for its parts.
        Waiting = "waiting",
    }
}

words! {
    /// What the page does while a job runs.
    JobMode, "a job mode" {
        /// Covers what it is about.
        Foreground = "foreground",
        /// A pill and a card.
        Background = "background",
        /// The toolbar is disabled.
        ToolbarBlocking = "toolbarBlocking",
        /// Nothing is shown.
        Hidden = "hidden",
    }
}

words! {
    /// Whether a job starts by itself.
    JobTrigger, "a job trigger" {
        /// It waits for `execute`.
        Manual = "manual",
        /// At once.
        Immediate = "immediate",
    }
}

impl JobStatus {
    /// Complete, failed and canceled absorb: nothing leads out of them but a retry.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Canceled)
    }
}

/// What may be asked of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Let it start.
    Execute,
    /// Somebody works on it; may be repeated with progress.
    Acknowledge,
    /// Ended well.
    Complete,
    /// Ended badly.
    Fail,
    /// A person stops it.
    Cancel,
    /// Run it once more.
    Retry,
}

/// What a command does to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// It goes to that status.
    To(JobStatus),
    /// Nothing changes and nobody is told; the answer is the job as it stands.
    Unchanged,
}

/// A command that the job's status does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {status} cannot be {verb}: {remedy}")]
pub struct Refusal {
    status: JobStatus,
    verb: &'static str,
    remedy: &'static str,
}

/// The state machine of section 2.8.1 of the wire contract.
///
/// A terminal job takes any ending again without a change, because clients repeat requests.
pub fn transition(status: JobStatus, command: Command) -> Result<Transition, Refusal> {
    use JobStatus as Status;
    let refusal = |verb, remedy| Err(Refusal { status, verb, remedy });
    match (status, command) {
        (Status::Failed | Status::Canceled | Status::Complete, Command::Retry) => {
            Ok(Transition::To(Status::Ready))
        }
        (_, Command::Retry) => refusal("retried", "wait until it has ended"),
        (_, Command::Execute) if status.is_terminal() => refusal("started", "retry it instead"),
        (Status::Created | Status::Planning | Status::Scheduled, Command::Execute) => {
            Ok(Transition::To(Status::Ready))
        }
        (_, Command::Execute) => Ok(Transition::Unchanged),
        _ if status.is_terminal() => Ok(Transition::Unchanged),
        (_, Command::Acknowledge) => Ok(Transition::To(Status::Executing)),
        (_, Command::Complete) => Ok(Transition::To(Status::Complete)),
        (_, Command::Fail) => Ok(Transition::To(Status::Failed)),
        (_, Command::Cancel) => Ok(Transition::To(Status::Canceled)),
    }
}

/// The jobs that the server itself does, by type and operation; all others wait for a listener.
pub const BUILT_IN: &[(JobType, &str)] = &[
    (JobType::Sheet, "import"),
    (JobType::Sheet, "export"),
    (JobType::Sheet, "find-replace"),
    (JobType::Sheet, "bulk-update"),
    (JobType::Sheet, "fill"),
    (JobType::Sheet, "fill-cells"),
    (JobType::Workbook, "delete-records"),
    (JobType::Sheet, "validate"),
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
    /// The server itself does the work.
    pub managed: bool,
    /// The label of the action that made it, for people.
    pub label: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// The job it is a part of.
    pub parent_id: Option<JobId>,
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_states_absorb_every_command_but_retry() {
        for status in JobStatus::ALL.iter().copied().filter(|status| status.is_terminal()) {
            for command in [Command::Acknowledge, Command::Complete, Command::Fail, Command::Cancel] {
                assert_eq!(transition(status, command), Ok(Transition::Unchanged), "{status} {command:?}");
            }
            assert_eq!(transition(status, Command::Retry), Ok(Transition::To(JobStatus::Ready)));
            assert!(transition(status, Command::Execute).is_err());
        }
    }

    #[test]
    fn a_job_is_ready_once_however_often_it_is_started() {
        assert_eq!(transition(JobStatus::Created, Command::Execute), Ok(Transition::To(JobStatus::Ready)));
        assert_eq!(transition(JobStatus::Ready, Command::Execute), Ok(Transition::Unchanged));
        assert_eq!(transition(JobStatus::Executing, Command::Execute), Ok(Transition::Unchanged));
    }

    #[test]
    fn a_running_job_is_not_retried() {
        let refusal = transition(JobStatus::Executing, Command::Retry).unwrap_err();
        assert_eq!(refusal.to_string(), "a job that is executing cannot be retried: wait until it has ended");
    }

    #[test]
    fn words_are_read_back_and_others_refused() {
        for mode in JobMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(*mode));
        }
        assert!("later".parse::<JobTrigger>().unwrap_err().contains("use one of manual, immediate"));
    }
}
