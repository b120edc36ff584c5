//! A job as its row has it.

use crate::domain::access::Scope;
use crate::domain::job::Job;
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::convert::{damaged, from_json, from_optional_json, from_word, id, moment, optional_id};

pub(super) const COLUMNS: &str = "id, account_id, environment_id, space_id, workbook_id, sheet_id, file_id,
    parent_id, type, operation, source, destination, config, trigger_mode, status, progress, info, mode, input,
    subject, outcome, managed, label, metadata, attempt, created_by, created_at, updated_at, started_at, finished_at,
    outcome_acknowledged_at, estimated_completion_at, parent_attempt, part, part_data, part_execution,
    parts_ended_at, predecessor_ids, result";

#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
    id: String,
    account_id: String,
    environment_id: String,
    space_id: Option<String>,
    workbook_id: Option<String>,
    sheet_id: Option<String>,
    file_id: Option<String>,
    parent_id: Option<String>,
    #[sqlx(rename = "type")]
    job_type: String,
    operation: String,
    source: String,
    destination: Option<String>,
    config: Option<String>,
    trigger_mode: String,
    status: String,
    progress: i64,
    info: Option<String>,
    mode: String,
    input: Option<String>,
    subject: Option<String>,
    outcome: Option<String>,
    managed: bool,
    label: Option<String>,
    metadata: Option<String>,
    attempt: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    outcome_acknowledged_at: Option<i64>,
    estimated_completion_at: Option<i64>,
    parent_attempt: Option<i64>,
    part: Option<i64>,
    part_data: Option<String>,
    part_execution: Option<String>,
    parts_ended_at: Option<i64>,
    predecessor_ids: String,
    result: Option<String>,
}

impl JobRow {
    /// The id of the job.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What a worker on this job may see: its space, or its environment when it is in no space.
    pub(super) fn scope(&self) -> Result<Scope, StoreError> {
        Ok(Scope {
            account_id: id("jobs.account_id", &self.account_id)?,
            environment_id: Some(id("jobs.environment_id", &self.environment_id)?),
            space_id: optional_id("jobs.space_id", self.space_id.clone())?,
            granted_to: None,
            workbook_roles: Vec::new(),
        })
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: id("jobs.id", &row.id)?,
            job_type: from_word("jobs.type", row.job_type)?,
            operation: row.operation,
            source: row.source,
            destination: row.destination,
            environment_id: id("jobs.environment_id", &row.environment_id)?,
            space_id: optional_id("jobs.space_id", row.space_id)?,
            workbook_id: optional_id("jobs.workbook_id", row.workbook_id)?,
            sheet_id: optional_id("jobs.sheet_id", row.sheet_id)?,
            file_id: optional_id("jobs.file_id", row.file_id)?,
            config: from_optional_json("jobs.config", row.config)?,
            trigger: from_word("jobs.trigger_mode", row.trigger_mode)?,
            status: from_word("jobs.status", row.status)?,
            progress: u8::try_from(row.progress).map_err(|error| damaged("jobs.progress", error))?,
            info: row.info,
            mode: from_word("jobs.mode", row.mode)?,
            input: from_optional_json("jobs.input", row.input)?,
            subject: from_optional_json("jobs.subject", row.subject)?,
            outcome: from_optional_json("jobs.outcome", row.outcome)?,
            managed: row.managed,
            label: row.label,
            metadata: from_optional_json("jobs.metadata", row.metadata)?,
            parent_id: optional_id("jobs.parent_id", row.parent_id)?,
            attempt: number("jobs.attempt", Some(row.attempt))?.unwrap_or_default(),
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            started_at: moment(row.started_at),
            finished_at: moment(row.finished_at),
            outcome_acknowledged_at: moment(row.outcome_acknowledged_at),
            estimated_completion_at: moment(row.estimated_completion_at),
            parent_attempt: number("jobs.parent_attempt", row.parent_attempt)?,
            part: number("jobs.part", row.part)?,
            part_data: from_optional_json("jobs.part_data", row.part_data)?,
            part_execution: row
                .part_execution
                .map(|word| from_word("jobs.part_execution", word))
                .transpose()?,
            parts_ended_at: moment(row.parts_ended_at),
            predecessor_ids: from_json("jobs.predecessor_ids", &row.predecessor_ids)?,
            result: from_optional_json("jobs.result", row.result)?,
        })
    }
}

fn number(column: &'static str, value: Option<i64>) -> Result<Option<u32>, StoreError> {
    value.map(u32::try_from).transpose().map_err(|error| damaged(column, error))
}
