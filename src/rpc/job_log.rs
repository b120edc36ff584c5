//! The jobs of an environment over all its spaces, and what each was given and told.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::job_history::JobStory;
use super::wire::Packed;
use crate::domain::job::{JobStanding, JobStatus};

/// Which jobs are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobsAsked {
    /// Of this environment.
    pub environment_id: String,
    /// Those that stand so; all when absent.
    pub standing: Option<JobStanding>,
    /// Those in whose name or words this text is.
    pub text: String,
    /// So many at most.
    pub most: u64,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedJob {
    /// Its id.
    pub id: String,
    /// What people read.
    pub label: String,
    /// `type:operation`.
    pub name: String,
    /// The id of its space; empty for a job around spaces.
    pub space_id: String,
    /// What that is called.
    pub space: String,
    /// Where it stands.
    pub status: JobStatus,
    /// 0 to 100.
    pub progress: u8,
    /// Who made it.
    pub by: String,
    /// When it was made: milliseconds since 1970.
    pub created_at: i64,
    /// How long it took, in milliseconds; nothing before its end.
    pub took: Option<i64>,
}

/// The newest jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLog {
    /// The newest first.
    pub jobs: Vec<LoggedJob>,
    /// How many there are in all.
    pub total: u64,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// All that is known of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeJob {
    /// What it was about, its log and its parts.
    pub story: JobStory,
    /// What was filled in, as JSON text; empty when nothing was.
    pub input: String,
    /// What it told at its end, as JSON text; empty before that.
    pub outcome: String,
}

/// The newest jobs of an environment.
///
/// # Errors
/// When there is no such environment for this person.
#[server(input = Packed, output = Packed)]
pub async fn newest_jobs(asked: JobsAsked) -> Result<JobLog, RpcError> {
    super::bodies::job_log::newest_jobs(asked).await
}

/// All that is known of a job.
///
/// # Errors
/// When there is no such job for this person.
#[server(input = Packed, output = Packed)]
pub async fn job_facts(job_id: String) -> Result<WholeJob, RpcError> {
    super::bodies::job_log::job_facts(job_id).await
}
