//! The history of jobs: a list that is filtered and searched, and all that is known of one.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::jobs::JobCard;
use super::wire::Packed;
use crate::domain::job::log::LogLevel;
use crate::domain::job::{JobStanding, JobStatus};

/// Which jobs are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryAsked {
    /// Of this space.
    pub space_id: String,
    /// Those that stand so; all when absent.
    pub standing: Option<JobStanding>,
    /// Those in whose name or words this text is.
    pub text: String,
    /// So many at most.
    pub most: u64,
}

/// A page of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobList {
    /// The newest first.
    pub jobs: Vec<JobCard>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// All that is known of a job beside its card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobStory {
    /// `type:operation`.
    pub name: String,
    /// What it was about, by name.
    pub about: String,
    /// Which records it acted on, in words.
    pub scope: Option<String>,
    /// How often it was run.
    pub runs: u32,
    /// What happened, the oldest first.
    pub log: Vec<LogLine>,
    /// Entries of the log that are not listed, in its middle.
    pub left_out: u64,
    /// Its progress over time as the points of a line, 100 wide and 24 high; empty when there is none.
    pub curve: String,
    /// Its parts, in order.
    pub parts: Vec<PartRow>,
    /// It can be run on the records that have errors now.
    pub has_errors: bool,
}

/// One entry of the log of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Milliseconds since 1970.
    pub at: i64,
    /// The run it belongs to, from 1.
    pub run: u32,
    /// How it is meant.
    pub level: LogLevel,
    /// A listener said it.
    pub said: bool,
    /// For people.
    pub text: String,
}

/// A part of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRow {
    /// Its place, from 1.
    pub number: u32,
    /// Where it stands.
    pub status: JobStatus,
    /// 0 to 100.
    pub progress: u8,
    /// What it does, or how it ended.
    pub info: Option<String>,
}

/// The history of a space, the newest first.
///
/// # Errors
/// When there is no such space for this person.
#[server(input = Packed, output = Packed)]
pub async fn job_history(asked: HistoryAsked) -> Result<JobList, RpcError> {
    super::bodies::job_history::job_history(asked).await
}

/// All that is known of a job.
///
/// # Errors
/// When there is no such job for this person.
#[server(input = Packed, output = Packed)]
pub async fn job_details(job_id: String) -> Result<JobStory, RpcError> {
    super::bodies::job_history::job_details(job_id).await
}

/// Makes a job like one that has ended, and starts it; with `errors_only` on its records that have errors now.
///
/// # Errors
/// When there is no such job for this person, it has not ended, or none of its records has an error.
#[server(input = Packed, output = Packed)]
pub async fn run_again(job_id: String, errors_only: bool) -> Result<JobCard, RpcError> {
    super::bodies::job_history::run_again(job_id, errors_only).await
}

/// Runs the parts of a job again that failed.
///
/// # Errors
/// When there is no such job for this person, or none of its parts failed.
#[server(input = Packed, output = Packed)]
pub async fn retry_failed_parts(job_id: String) -> Result<JobCard, RpcError> {
    super::bodies::job_history::retry_failed_parts(job_id).await
}
