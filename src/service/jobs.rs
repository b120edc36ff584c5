//! Jobs: made, started, worked on, ended. The state machine is in the domain; here it meets the store.
//!
//! The same methods serve our own workers, listeners and people. A call that carries an attempt number
//! is refused when the job has been handed to somebody else since (the fence).

use serde_json::{Map, Value};

use super::{Page, Paged, Result, Service, ServiceError, allow, announce};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::{FileId, Id, JobId, SheetId, SpaceId, WorkbookId};
use crate::domain::job::{
    Command, Job, JobMode, JobStatus, JobSubject, JobTrigger, JobType, Transition, is_built_in, transition,
};
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::store::jobs::{Executor, JobFilter};
use crate::store::{Tx, files, jobs, new_id, now, sheets, spaces, workbooks};

/// What a new job is given.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// The first half of its name.
    pub job_type: JobType,
    /// The second half of its name.
    pub operation: String,
    /// The id of what it is about.
    pub source: String,
    /// A workbook that it fills.
    pub destination: Option<String>,
    /// Parameters of the server's own kinds.
    pub config: Option<Value>,
    /// Whether it starts by itself.
    pub trigger: JobTrigger,
    /// What the page does meanwhile.
    pub mode: JobMode,
    /// What the person filled in.
    pub input: Option<Map<String, Value>>,
    /// What it acts on.
    pub subject: Option<JobSubject>,
    /// What it is doing, for people.
    pub info: Option<String>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// The label of the action that made it.
    pub label: Option<String>,
    /// The job it is a part of.
    pub parent_id: Option<JobId>,
    /// The file it is about, when the source is another thing.
    pub file_id: Option<FileId>,
    /// While a job of this key has not ended, no second one is made.
    pub unique_key: Option<String>,
}

impl NewJob {
    /// A job that waits to be started, in the background.
    pub fn new(job_type: JobType, operation: &str, source: &str) -> Self {
        Self {
            job_type,
            operation: operation.to_string(),
            source: source.to_string(),
            destination: None,
            config: None,
            trigger: JobTrigger::Manual,
            mode: JobMode::Background,
            input: None,
            subject: None,
            info: None,
            metadata: None,
            label: None,
            parent_id: None,
            file_id: None,
            unique_key: None,
        }
    }
}

/// How far a job is, as its worker says.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// What it is doing.
    pub info: Option<String>,
    /// 0 to 100.
    pub progress: Option<u8>,
    /// When it should end.
    pub estimated_completion_at: Option<Timestamp>,
}

/// How a job ended, as its worker says.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    /// What it was doing last.
    pub info: Option<String>,
    /// What the person is told.
    pub outcome: Option<Outcome>,
}

/// What a client changes in a job; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct JobChange {
    /// What it is doing.
    pub info: Option<String>,
    /// 0 to 100.
    pub progress: Option<u8>,
    /// Where it stands; only along the state machine.
    pub status: Option<JobStatus>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// Parameters.
    pub config: Option<Value>,
    /// When the person closed its outcome.
    pub outcome_acknowledged_at: Option<Timestamp>,
}

/// Where a job belongs, found from what it is about.
struct Place {
    space: crate::domain::space::Space,
    workbook_id: Option<WorkbookId>,
    sheet: Option<crate::domain::workbook::Sheet>,
    file_id: Option<FileId>,
}

impl Service {
    /// The jobs that the actor sees.
    pub async fn jobs(&self, actor: &Actor, filter: &JobFilter, page: Page) -> Result<Paged<Job>> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        let (items, total) = jobs::list(&mut tx, &actor.scope, filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One job.
    pub async fn job(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::ReadSpace)?;
        let mut tx = self.db.read().await?;
        jobs::find(&mut tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("job", id))
    }

    /// Makes a job; with the trigger `immediate` it is ready at once.
    pub async fn create_job(&self, actor: &Actor, new: NewJob) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let job = self.insert_job(&mut tx, actor, new).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Makes a job inside a transaction. A running job of the same unique key is answered instead.
    pub(super) async fn insert_job(&self, tx: &mut Tx, actor: &Actor, new: NewJob) -> Result<Job> {
        let place = find_place(tx, actor, &new).await?;
        let moment = now();
        let built_in = is_built_in(new.job_type, &new.operation);
        let mut job = Job {
            id: new_id(),
            environment_id: place.space.environment_id.clone(),
            space_id: Some(place.space.id.clone()),
            workbook_id: place.workbook_id,
            sheet_id: place.sheet.as_ref().map(|sheet| sheet.id.clone()),
            file_id: place.file_id,
            job_type: new.job_type,
            operation: new.operation,
            source: new.source,
            destination: new.destination,
            config: new.config,
            trigger: new.trigger,
            status: JobStatus::Created,
            progress: 0,
            info: new.info,
            mode: new.mode,
            input: new.input,
            subject: new.subject,
            outcome: None,
            managed: built_in,
            label: new.label,
            metadata: new.metadata,
            parent_id: new.parent_id,
            attempt: 0,
            created_by: actor.id.clone(),
            created_at: moment,
            updated_at: moment,
            started_at: None,
            finished_at: None,
            outcome_acknowledged_at: None,
            estimated_completion_at: None,
        };
        let executor = if built_in { Executor::BuiltIn } else { Executor::Listener };
        if let Some(running) = jobs::insert(tx, &job, executor, new.unique_key.as_deref()).await? {
            return find_for_update(tx, actor, &running).await;
        }
        let namespaces = place.space.namespaces();
        tx.emit(announce::of_job(Topic::JobCreated, &actor.id, &job, place.sheet.as_ref(), &namespaces));
        if job.trigger == JobTrigger::Immediate {
            job.status = JobStatus::Ready;
            jobs::update(tx, &job).await?;
            tx.emit(announce::of_job(Topic::JobReady, &actor.id, &job, place.sheet.as_ref(), &namespaces));
            tx.wake_jobs();
        }
        spaces::touch(tx, &place.space.id, moment).await?;
        Ok(job)
    }

    /// Lets a job start.
    pub async fn execute_job(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        self.command(actor, id, Command::Execute, None, |_| Ok(())).await
    }

    /// Somebody works on a job, and says how far it is.
    pub async fn acknowledge_job(
        &self,
        actor: &Actor,
        id: &JobId,
        progress: Progress,
        attempt: Option<u32>,
    ) -> Result<Job> {
        allow(actor, Operation::WorkJobs)?;
        self.command(actor, id, Command::Acknowledge, attempt, |job| apply_progress(job, progress)).await
    }

    /// Ends a job well.
    pub async fn complete_job(
        &self,
        actor: &Actor,
        id: &JobId,
        ending: Ending,
        attempt: Option<u32>,
    ) -> Result<Job> {
        allow(actor, Operation::WorkJobs)?;
        self.command(actor, id, Command::Complete, attempt, |job| apply_ending(job, ending)).await
    }

    /// Ends a job badly.
    pub async fn fail_job(
        &self,
        actor: &Actor,
        id: &JobId,
        ending: Ending,
        attempt: Option<u32>,
    ) -> Result<Job> {
        allow(actor, Operation::WorkJobs)?;
        self.command(actor, id, Command::Fail, attempt, |job| apply_ending(job, ending)).await
    }

    /// Stops a job.
    pub async fn cancel_job(&self, actor: &Actor, id: &JobId, info: Option<String>) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let ending = Ending { info: info.or_else(|| Some("Canceled".to_string())), outcome: None };
        self.command(actor, id, Command::Cancel, None, |job| apply_ending(job, ending)).await
    }

    /// Runs an ended job once more.
    pub async fn retry_job(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        self.command(actor, id, Command::Retry, None, |job| {
            // A worker of ours counts when it takes the job; a listener takes nothing, so its run counts here.
            if !job.managed {
                job.attempt += 1;
            }
            job.progress = 0;
            job.info = None;
            job.outcome = None;
            job.started_at = None;
            job.finished_at = None;
            job.outcome_acknowledged_at = None;
            job.estimated_completion_at = None;
            Ok(())
        })
        .await
    }

    /// The person has seen how a job ended.
    pub async fn acknowledge_outcome(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let mut job = find_for_update(&mut tx, actor, id).await?;
        if job.outcome_acknowledged_at.is_none() {
            job.outcome_acknowledged_at = Some(now());
            self.save(&mut tx, actor, &mut job, &[Topic::JobOutcomeAcknowledged]).await?;
            tx.commit().await?;
        }
        Ok(job)
    }

    /// Changes a job as its client wishes; a status only along the state machine.
    pub async fn update_job(&self, actor: &Actor, id: &JobId, change: JobChange) -> Result<Job> {
        allow(actor, Operation::WorkJobs)?;
        let command = match change.status {
            None => None,
            Some(JobStatus::Ready) => Some(Command::Execute),
            Some(JobStatus::Executing) => Some(Command::Acknowledge),
            Some(JobStatus::Complete) => Some(Command::Complete),
            Some(JobStatus::Failed) => Some(Command::Fail),
            Some(JobStatus::Canceled) => Some(Command::Cancel),
            Some(status) => {
                return Err(ServiceError::bad_request(format!(
                    "status: a client cannot make a job {status}"
                )));
            }
        };
        let set = move |job: &mut Job| {
            job.metadata = change.metadata.or(job.metadata.take());
            job.config = change.config.or(job.config.take());
            job.outcome_acknowledged_at = change.outcome_acknowledged_at.or(job.outcome_acknowledged_at);
            apply_progress(
                job,
                Progress { info: change.info, progress: change.progress, ..Progress::default() },
            )
        };
        if let Some(command) = command {
            return self.command(actor, id, command, None, set).await;
        }
        let mut tx = self.db.write().await?;
        let mut job = find_for_update(&mut tx, actor, id).await?;
        set(&mut job)?;
        self.save(&mut tx, actor, &mut job, &[Topic::JobUpdated]).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Deletes a job from the history; a running one is canceled first.
    pub async fn delete_job(&self, actor: &Actor, id: &JobId) -> Result<()> {
        allow(actor, Operation::RunJobs)?;
        self.cancel_job(actor, id, None).await?;
        let mut tx = self.db.write().await?;
        let mut job = find_for_update(&mut tx, actor, id).await?;
        self.save(&mut tx, actor, &mut job, &[Topic::JobDeleted]).await?;
        jobs::delete(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }

    async fn command(
        &self,
        actor: &Actor,
        id: &JobId,
        command: Command,
        attempt: Option<u32>,
        set: impl FnOnce(&mut Job) -> Result<()>,
    ) -> Result<Job> {
        let mut tx = self.db.write().await?;
        let mut job = find_for_update(&mut tx, actor, id).await?;
        if attempt.is_some_and(|attempt| attempt != job.attempt) {
            let message = format!("this job is in its attempt {} by now; another worker has it", job.attempt);
            return Err(ServiceError::conflict(message));
        }
        let Transition::To(status) = transition(job.status, command)? else { return Ok(job) };
        let first = job.status != status;
        job.status = status;
        set(&mut job)?;
        let moment = now();
        match command {
            Command::Acknowledge => job.started_at = job.started_at.or(Some(moment)),
            Command::Complete | Command::Fail | Command::Cancel => job.finished_at = Some(moment),
            Command::Execute | Command::Retry => {}
        }
        if command == Command::Complete {
            job.progress = 100;
        }
        let topic = match command {
            Command::Execute | Command::Retry => Topic::JobReady,
            Command::Complete => Topic::JobCompleted,
            Command::Fail => Topic::JobFailed,
            Command::Acknowledge | Command::Cancel => Topic::JobUpdated,
        };
        if first && topic == Topic::JobReady {
            tx.wake_jobs();
        }
        self.save(&mut tx, actor, &mut job, &[topic]).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Writes a job and tells of it.
    async fn save(&self, tx: &mut Tx, actor: &Actor, job: &mut Job, topics: &[Topic]) -> Result<()> {
        job.updated_at = now();
        jobs::update(tx, job).await?;
        self.tell_of_job(tx, actor, job, topics).await
    }

    /// Puts events of a job into the log, with the context of its sheet and the namespaces of its space.
    pub async fn tell_of_job(&self, tx: &mut Tx, actor: &Actor, job: &Job, topics: &[Topic]) -> Result<()> {
        let sheet = match &job.sheet_id {
            Some(id) => sheets::find(tx, &actor.scope, id).await?,
            None => None,
        };
        let namespaces = match &job.space_id {
            Some(space) => super::workbooks::namespaces(tx, actor, space).await?,
            None => Vec::new(),
        };
        for topic in topics {
            tx.emit(announce::of_job(*topic, &actor.id, job, sheet.as_ref(), &namespaces));
        }
        Ok(())
    }
}

async fn find_for_update(tx: &mut Tx, actor: &Actor, id: &JobId) -> Result<Job> {
    jobs::find_for_update(tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("job", id))
}

fn apply_progress(job: &mut Job, progress: Progress) -> Result<()> {
    job.info = progress.info.or(job.info.take());
    job.progress = progress.progress.unwrap_or(job.progress).min(100);
    job.estimated_completion_at = progress.estimated_completion_at.or(job.estimated_completion_at);
    Ok(())
}

fn apply_ending(job: &mut Job, ending: Ending) -> Result<()> {
    if let Some(outcome) = &ending.outcome {
        outcome.check()?;
    }
    job.info = ending.info.or(job.info.take());
    job.outcome = ending.outcome.or(job.outcome.take());
    Ok(())
}

/// Finds what a job is about, and so where it belongs.
async fn find_place(tx: &mut Tx, actor: &Actor, new: &NewJob) -> Result<Place> {
    if new.operation.trim().is_empty() {
        return Err(ServiceError::bad_request("operation: a job needs an operation, such as `submit`"));
    }
    let scope = &actor.scope;
    let mut place_of = (None, None, new.file_id.clone());
    let space_id = match new.job_type {
        JobType::Space => SpaceId::parse(&new.source)?,
        JobType::Workbook => {
            let id = WorkbookId::parse(&new.source)?;
            let workbook = workbooks::find(tx, scope, &id)
                .await?
                .ok_or_else(|| ServiceError::not_found("workbook", &id))?;
            place_of.0 = Some(id);
            workbook.space_id
        }
        JobType::Sheet => {
            let id = SheetId::parse(&new.source)?;
            let sheet =
                sheets::find(tx, scope, &id).await?.ok_or_else(|| ServiceError::not_found("sheet", &id))?;
            let space_id = sheet.space_id.clone();
            place_of = (Some(sheet.workbook_id.clone()), Some(sheet), place_of.2);
            space_id
        }
        JobType::File => {
            let id = FileId::parse(&new.source)?;
            let file =
                files::find(tx, scope, &id).await?.ok_or_else(|| ServiceError::not_found("file", &id))?;
            place_of = (file.workbook_id, None, Some(id));
            file.space_id
        }
        other => {
            return Err(ServiceError::bad_request(format!("type: jobs of type {other} are not there yet")));
        }
    };
    if place_of.1.is_none()
        && let Some(JobSubject::Collection { params: Some(params), .. }) = &new.subject
        && let Some(id) = params.get("sheetId").and_then(Value::as_str)
    {
        place_of.1 = sheets::find(tx, scope, &SheetId::parse(id)?).await?;
    }
    let space = spaces::find(tx, scope, &space_id)
        .await?
        .ok_or_else(|| ServiceError::not_found("space", &space_id))?;
    let (workbook_id, sheet, file_id) = place_of;
    Ok(Place { space, workbook_id, sheet, file_id })
}
