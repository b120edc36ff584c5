//! Jobs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

use crate::api::shape;
use crate::domain::blueprint::null_is_default;
use crate::domain::job::parts::Split;
use crate::domain::job::{Job, JobMode, JobStatus, JobSubject, JobTrigger, JobType, PartExecution};
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;

/// One run of an action or of the server's own work.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Job)]
pub struct JobBody {
    /// Its id.
    id: String,
    /// The first half of its name.
    #[serde(rename = "type")]
    #[schema(schema_with = shape::words::<JobType>)]
    job_type: JobType,
    /// The second half of its name.
    operation: String,
    /// The id of the thing it is about.
    source: String,
    /// A workbook that it fills.
    destination: Option<String>,
    /// Where it belongs.
    environment_id: String,
    /// Where it belongs.
    space_id: Option<String>,
    /// The workbook it is about.
    workbook_id: Option<String>,
    /// The sheet it is about.
    sheet_id: Option<String>,
    /// The file it is about.
    file_id: Option<String>,
    /// Parameters of the server's own kinds.
    config: Option<Value>,
    /// `immediate` or `manual`.
    #[schema(schema_with = shape::words::<JobTrigger>)]
    trigger: JobTrigger,
    /// Where it stands.
    #[schema(schema_with = shape::words::<JobStatus>)]
    status: JobStatus,
    /// 0 to 100.
    progress: u8,
    /// What it is doing, for people.
    info: Option<String>,
    /// What the page does meanwhile.
    #[schema(schema_with = shape::words::<JobMode>)]
    mode: JobMode,
    /// What the person filled in.
    #[schema(value_type = Option<Object>)]
    input: Option<Map<String, Value>>,
    /// What it acts on.
    #[schema(value_type = Option<Object>)]
    subject: Option<JobSubject>,
    /// What it told when it ended.
    #[schema(value_type = Option<Object>)]
    outcome: Option<Outcome>,
    /// What it found or made, for programs.
    result: Option<Value>,
    /// The server itself does the work.
    managed: bool,
    /// The customer's own data.
    metadata: Option<Value>,
    /// The job it is a part of.
    parent_id: Option<String>,
    /// Its place among the parts, from 0.
    part: Option<u32>,
    /// What this part is given.
    #[schema(value_type = Option<Object>)]
    part_data: Option<Map<String, Value>>,
    /// `sequential` or `parallel`.
    #[schema(schema_with = shape::words_or_null::<PartExecution>)]
    part_execution: Option<PartExecution>,
    /// The jobs that come before it.
    predecessor_ids: Vec<String>,
    /// Counts the runs; for the header `X-Inlet-Attempt`.
    attempt: u32,
    /// Who made it.
    created_by: String,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When somebody began.
    started_at: Option<String>,
    /// When it ended.
    finished_at: Option<String>,
    /// When the person closed its outcome.
    outcome_acknowledged_at: Option<String>,
    /// When it should end, as its worker thinks.
    estimated_completion_at: Option<String>,
}

impl From<Job> for JobBody {
    fn from(job: Job) -> Self {
        let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            id: job.id.into(),
            job_type: job.job_type,
            operation: job.operation,
            source: job.source,
            destination: job.destination,
            environment_id: job.environment_id.into(),
            space_id: job.space_id.map(String::from),
            workbook_id: job.workbook_id.map(String::from),
            sheet_id: job.sheet_id.map(String::from),
            file_id: job.file_id.map(String::from),
            config: job.config,
            trigger: job.trigger,
            status: job.status,
            progress: job.progress,
            info: job.info,
            mode: job.mode,
            input: job.input,
            subject: job.subject,
            outcome: job.outcome,
            managed: job.managed,
            metadata: job.metadata,
            result: job.result,
            parent_id: job.parent_id.map(String::from),
            part: job.part,
            part_data: job.part_data,
            part_execution: job.part_execution,
            predecessor_ids: job.predecessor_ids.into_iter().map(String::from).collect(),
            attempt: job.attempt,
            created_by: job.created_by,
            created_at: job.created_at.to_string(),
            updated_at: job.updated_at.to_string(),
            started_at: text(job.started_at),
            finished_at: text(job.finished_at),
            outcome_acknowledged_at: text(job.outcome_acknowledged_at),
            estimated_completion_at: text(job.estimated_completion_at),
        }
    }
}

/// A new job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRequest {
    /// The first half of its name.
    #[serde(rename = "type")]
    #[schema(schema_with = shape::words::<JobType>)]
    pub job_type: JobType,
    /// The second half of its name.
    pub operation: String,
    /// The id of the thing it is about.
    pub source: String,
    /// A workbook that it fills.
    pub destination: Option<String>,
    /// Parameters of the server's own kinds.
    pub config: Option<Value>,
    /// `manual` unless said otherwise: it waits for `execute`, whatever status is given.
    #[schema(schema_with = shape::words_or_null::<JobTrigger>)]
    pub trigger: Option<JobTrigger>,
    /// What the page does meanwhile.
    #[schema(schema_with = shape::words_or_null::<JobMode>)]
    pub mode: Option<JobMode>,
    /// Parameters for the listener.
    #[schema(value_type = Option<Object>)]
    pub input: Option<Map<String, Value>>,
    /// What it acts on.
    #[schema(value_type = Option<Object>)]
    pub subject: Option<JobSubject>,
    /// What it is doing, for people.
    pub info: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// The file it is about, when the source is another thing.
    pub file_id: Option<String>,
    /// The job it is a part of.
    pub parent_id: Option<String>,
    /// Its place among the parts, from 0.
    pub part: Option<u32>,
    /// What this part is given.
    #[schema(value_type = Option<Object>)]
    pub part_data: Option<Map<String, Value>>,
    /// The jobs that come before it: it waits until they are complete, and fails when one of them does.
    #[serde(default, deserialize_with = "null_is_default")]
    pub predecessor_ids: Vec<String>,
    /// What it found or made, for programs.
    pub result: Option<Value>,
    /// For jobs about an app or an agent, when the key sees several environments.
    pub environment_id: Option<String>,
}

/// Changes to a job: absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobChanges {
    /// Parameters of the server's own kinds.
    pub config: Option<Value>,
    /// Where it stands.
    #[schema(schema_with = shape::words_or_null::<JobStatus>)]
    pub status: Option<JobStatus>,
    /// 0 to 100.
    pub progress: Option<Percent>,
    /// When the person closed its outcome.
    #[schema(value_type = Option<String>)]
    pub outcome_acknowledged_at: Option<Timestamp>,
    /// What it is doing, for people.
    pub info: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// What it found or made, for programs.
    pub result: Option<Value>,
}

/// A sign of life from whoever works on a job.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobAcknowledgement {
    /// What it is doing, for people.
    pub info: Option<String>,
    /// 0 to 100.
    pub progress: Option<Percent>,
    /// When it should end.
    #[schema(value_type = Option<String>)]
    pub estimated_completion_at: Option<Timestamp>,
}

/// How a job ended.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobEnding {
    /// One line for the list of jobs.
    pub info: Option<String>,
    /// What the person is told and offered.
    #[schema(value_type = Option<Object>)]
    pub outcome: Option<Outcome>,
    /// What it found or made, for programs.
    pub result: Option<Value>,
}

/// Into what a job is split.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobSplit {
    /// So many parts, or one for each object of a list, which it gets as `partData`.
    #[schema(schema_with = split)]
    pub parts: Split,
    /// All at once; else each begins when the one before it has ended.
    #[serde(default, deserialize_with = "null_is_default")]
    pub run_in_parallel: bool,
}

fn split() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let given = ObjectBuilder::new().schema_type(Type::Object);
    OneOfBuilder::new().item(number).item(ArrayBuilder::new().items(given)).build().into()
}

/// Why a job was stopped.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobCancellation {
    /// For people.
    pub info: Option<String>,
}

/// A number from 0 to 100; fractions are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "f64")]
#[schema(value_type = f64, minimum = 0, maximum = 100)]
pub struct Percent(pub u8);

impl TryFrom<f64> for Percent {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if !(0.0..=100.0).contains(&number) {
            return Err(format!("{number} is not a progress; use 0 to 100"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and 100"
        )]
        Ok(Self(number as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_slice;

    #[test]
    fn progress_is_between_0_and_100() {
        for (text, expected) in
            [("0", Some(0)), ("33.9", Some(33)), ("100", Some(100)), ("101", None), ("-1", None)]
        {
            let read = from_slice::<JobAcknowledgement>(format!("{{\"progress\":{text}}}").as_bytes());
            assert_eq!(read.ok().and_then(|ack| ack.progress).map(|percent| percent.0), expected, "{text}");
        }
    }
}
