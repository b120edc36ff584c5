//! A job that has ended is run again: the same once more, on the records with errors alone, or its failed parts.

use serde_json::{Map, Value, json};

use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::{Id, JobId, SheetId};
use crate::domain::job::{
    Command, Job, JobStatus, JobSubject, JobTrigger, PartExecution, Transition, transition,
};
use crate::domain::query::{Filter, RecordQuery};
use crate::service::new_job::NewJob;
use crate::service::read_records::RecordRead;
use crate::service::{Result, Service, ServiceError, allow};
use crate::store::jobs::{self, order};

impl Service {
    /// Makes a job like one that has ended and starts it: by the same button, with the same input and records.
    /// With `errors_only`, on those of its records that have errors now.
    ///
    /// # Errors
    /// The job has not ended, or it names no sheet whose records could be told apart.
    pub async fn run_again(&self, actor: &Actor, id: &JobId, errors_only: bool) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let job = self.job(actor, id).await?;
        if !job.status.is_terminal() {
            return Err(ServiceError::conflict("this job runs; wait until it has ended"));
        }
        let subject =
            if errors_only { Some(self.records_with_errors(actor, &job).await?) } else { job.subject };
        let new = NewJob {
            destination: job.destination,
            config: job.config,
            trigger: JobTrigger::Immediate,
            mode: job.mode,
            input: job.input,
            subject,
            metadata: None,
            label: job.label,
            file_id: job.file_id,
            secrets: self.open_secrets(id).await?,
            unique_key: Some(format!("again:{id}:{errors_only}")),
            ..NewJob::new(job.job_type, &job.operation, &job.source)
        };
        self.create_job(actor, new).await
    }

    /// What a job acted on, but only its records that have errors now.
    async fn records_with_errors(&self, actor: &Actor, job: &Job) -> Result<JobSubject> {
        let (sheet, mut query) = records_of(job)?;
        let is_chosen = query.chooses();
        if !is_chosen {
            query.filter = Some(Filter::Error);
        } else {
            // With a filter the ids would be those to leave out: these few are looked at one by one.
            let read = RecordRead { query: query.clone(), ..RecordRead::default() };
            let page = self.records(actor, &sheet, read).await?;
            let wrong = page.records.iter().filter(|record| !record.is_valid());
            query.ids = wrong.map(|record| page.sheet.record_key.id(record.number)).collect();
        }
        if is_chosen && query.ids.is_empty() || self.record_counts(actor, &sheet, &query).await?.total == 0 {
            return Err(ServiceError::conflict("none of its records has errors now"));
        }
        let params = Map::from_iter([("sheetId".to_string(), json!(sheet))]);
        Ok(JobSubject::Collection {
            resource: "records".to_string(),
            params: Some(params),
            query: Some(query),
        })
    }

    /// Runs the parts of a job again that failed or were canceled; the others stay as they are. The job waits for
    /// them as it did, and its listener hears once more when the last has ended.
    ///
    /// # Errors
    /// The job has not ended, or none of its parts failed.
    pub async fn retry_failed_parts(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let mut parent = super::command::find_for_change(&mut tx, actor, id).await?;
        let failed = order::failed_parts(&mut tx, id, parent.attempt).await?;
        if failed.is_empty() {
            return Err(ServiceError::conflict("none of the parts of this job failed"));
        }
        if transition(parent.status, Command::Retry)? == Transition::Unchanged {
            return Ok(parent);
        }
        parent.status = JobStatus::Waiting;
        parent.outcome = None;
        parent.finished_at = None;
        parent.parts_ended_at = None;
        parent.outcome_acknowledged_at = None;
        self.save(&mut tx, actor, &mut parent, &[Topic::JobUpdated]).await?;
        for (place, part) in failed.iter().enumerate() {
            let Some(mut part) = jobs::find_for_update(&mut tx, &actor.scope, part).await? else { continue };
            self.apply(&mut tx, actor, &mut part, Command::Retry, |part| {
                part.attempt += 1;
                super::begin_anew(part);
                if place > 0 && part.part_execution == Some(PartExecution::Sequential) {
                    part.status = JobStatus::Waiting;
                }
                Ok(())
            })
            .await?;
        }
        tx.commit().await?;
        Ok(parent)
    }
}

/// The sheet whose records a job acted on, and which they were.
fn records_of(job: &Job) -> Result<(SheetId, RecordQuery)> {
    let (sheet, query) = match &job.subject {
        Some(JobSubject::Collection { params, query, .. }) => {
            let sheet = params.as_ref().and_then(|params| params.get("sheetId")).and_then(Value::as_str);
            (sheet.and_then(|id| SheetId::parse(id).ok()), query.clone())
        }
        _ => (None, None),
    };
    let sheet = sheet.or(job.sheet_id.clone());
    let sheet =
        sheet.ok_or_else(|| ServiceError::conflict("this job names no sheet; run it again as it was"))?;
    Ok((sheet, query.unwrap_or_default()))
}
