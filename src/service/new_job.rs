//! New jobs: what they are given, and where they belong.

use serde_json::{Map, Value};

use super::environments::named_or_own;
use super::files::find_file;
use super::workbooks::find_workbook;
use super::{Result, Service, ServiceError, allow, allow_in_or_own, announce, imports};
use crate::domain::access::{Actor, Operation, Scope};
use crate::domain::event::Topic;
use crate::domain::ids::{AgentId, EnvironmentId, FileId, Id, JobId, SheetId, SpaceId, WorkbookId};
use crate::domain::job::{Job, JobMode, JobStatus, JobSubject, JobTrigger, JobType, is_built_in};
use crate::domain::space::Space;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::{Sheet, Workbook};
use crate::store::jobs::{Claimed, Executor, Lease};
use crate::store::{IdleWorker, Tx, jobs, new_id, now, sheets, spaces};

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
    /// Its place among the parts, from 0.
    pub part: Option<u32>,
    /// What this part is given.
    pub part_data: Option<Map<String, Value>>,
    /// The jobs that come before it.
    pub predecessor_ids: Vec<JobId>,
    /// What it found or made, for programs.
    pub result: Option<Value>,
    /// The secrets among what the person filled in, by the keys of their inputs.
    pub secrets: Vec<(String, String)>,
    /// The environment, for jobs that are about an app or an agent.
    pub environment_id: Option<EnvironmentId>,
    /// The file it is about, when the source is another thing.
    pub file_id: Option<FileId>,
    /// While a job of this key has not ended, no second one is made.
    pub unique_key: Option<String>,
    /// Who does its work.
    pub executor: Executor,
    /// It was put on schedule, and its time has come.
    pub scheduled: bool,
}

impl NewJob {
    /// A job that waits to be started, in the background; the server does it when it knows the name.
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
            part: None,
            part_data: None,
            predecessor_ids: Vec::new(),
            result: None,
            secrets: Vec::new(),
            environment_id: None,
            file_id: None,
            unique_key: None,
            executor: if is_built_in(job_type, operation) { Executor::BuiltIn } else { Executor::Listener },
            scheduled: false,
        }
    }
}

/// Where a job belongs, found from what it is about.
struct Place {
    environment_id: EnvironmentId,
    space: Option<Space>,
    workbook_id: Option<WorkbookId>,
    /// The workbook, when it is what the job is about.
    workbook: Option<Workbook>,
    sheet: Option<Sheet>,
    file_id: Option<FileId>,
    /// Who made the file, when the job is about one.
    maker: Option<String>,
}

impl Place {
    /// What events of the job tell of what is around it, where there is no sheet that says it.
    fn whereabouts(&self) -> Whereabouts {
        let around = self.space.as_ref().map(Space::whereabouts).unwrap_or_default();
        self.workbook.as_ref().map_or(around.clone(), |workbook| announce::within(&around, workbook))
    }
}

impl Service {
    /// Makes a job; with the trigger `immediate` it is ready at once.
    pub async fn create_job(&self, actor: &Actor, new: NewJob) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        let mut tx = self.db.write().await?;
        let job = self.insert_job(&mut tx, actor, new).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Makes a job as somebody asks for it who names things by their ids: what they do not see cannot be named.
    pub async fn request_job(&self, actor: &Actor, new: NewJob) -> Result<Job> {
        let mut tx = self.db.read().await?;
        if let Some(destination) = &new.destination {
            find_workbook(&mut tx, actor, &WorkbookId::parse(destination)?).await?;
        }
        if let Some(id) = &new.file_id {
            find_file(&mut tx, actor, id).await?;
        }
        drop(tx);
        if new.executor == Executor::BuiltIn && new.operation == imports::OPERATION {
            self.check_import(actor, &new).await?;
        }
        self.create_job(actor, new).await
    }

    /// Makes a job inside a transaction. A running job of the same unique key is answered instead.
    pub(super) async fn insert_job(&self, tx: &mut Tx, actor: &Actor, mut new: NewJob) -> Result<Job> {
        let place = find_place(tx, actor, &new).await?;
        let of_sheet = place.sheet.as_ref().map(|sheet| &sheet.workbook_id);
        let workbook = of_sheet.or(place.workbook_id.as_ref());
        if workbook.is_some() || !actor.scope.workbook_roles.is_empty() {
            let maker = place.maker.as_deref().unwrap_or_default();
            allow_in_or_own(actor, Operation::RunJobs, workbook, maker)?;
        }
        if new.executor == Executor::BuiltIn {
            super::built_in_rights::check(tx, actor, &new, place.sheet.as_ref()).await?;
        }
        super::jobs::check_size("input", new.input.as_ref())?;
        super::jobs::check_size("partData", new.part_data.as_ref())?;
        let values = [("config", &new.config), ("metadata", &new.metadata), ("result", &new.result)];
        for (name, value) in values {
            super::jobs::check_size(name, value.as_ref())?;
        }
        self.check_predecessors(tx, actor, &new.predecessor_ids).await?;
        let parent = match &new.parent_id {
            Some(id) => Some(super::jobs::find_for_change(tx, actor, id).await?),
            None => None,
        };
        let secrets = std::mem::take(&mut new.secrets);
        let (executor, key, scheduled) = (new.executor, new.unique_key.take(), new.scheduled);
        let mut job = drafted(actor, new, &place, parent.as_ref());
        let moment = job.created_at;
        let starts = job.trigger == JobTrigger::Immediate;
        let is_mapping = super::mapping_plan::is_mapping(&job);
        // What waits for nothing is written once, as it stands in the end.
        let is_ready = starts && job.predecessor_ids.is_empty() && !scheduled && !is_mapping;
        job.status = if is_ready { JobStatus::Ready } else { JobStatus::Created };
        let worker = if is_ready && executor == Executor::BuiltIn { tx.idle_worker() } else { None };
        let begun = worker.map(|worker| (super::jobs::begun(&job), worker));
        if let Some(running) = self.keep_job(tx, &job, executor, key.as_deref(), begun.as_ref()).await? {
            return super::jobs::find_for_change(tx, actor, &running).await;
        }
        self.keep_secrets(tx, &job.id, &secrets).await?;
        let (sheet, around) = (place.sheet.as_ref(), place.whereabouts());
        let told = |topic: Topic, job: &Job| announce::of_job(topic, &actor.id, job, sheet, &around);
        job.status = JobStatus::Created;
        tx.emit(told(Topic::JobCreated, &job));
        if is_mapping {
            self.plan_mapping(tx, actor, &mut job).await?;
        }
        if scheduled {
            job.status = JobStatus::Scheduled;
            tx.emit(told(Topic::JobScheduled, &job));
        }
        if starts {
            job.status = JobStatus::Ready;
            if !is_ready {
                self.wait_for_predecessors(tx, actor, &mut job).await?;
                jobs::update(tx, &job).await?;
            }
            let ready = job.status == JobStatus::Ready;
            tx.emit(told(if ready { Topic::JobReady } else { Topic::JobUpdated }, &job));
            if ready && begun.is_none() {
                tx.wake_jobs();
            }
        }
        if let Some((begun, worker)) = begun {
            tx.emit(told(Topic::JobUpdated, &begun));
            let scope = Scope {
                environment_id: Some(begun.environment_id.clone()),
                space_id: begun.space_id.clone(),
                // A job does its work as the server.
                granted_to: None,
                workbook_roles: Vec::new(),
                ..actor.scope.clone()
            };
            tx.give(worker, Claimed { job: begun, scope });
        }
        if let Some(space) = &place.space {
            spaces::touch(tx, &space.id, moment);
        }
        Ok(job)
    }

    /// Keeps a new job, as it begins when a worker that waits is given it. The running job of the same key, when there
    /// is one.
    async fn keep_job(
        &self,
        tx: &mut Tx,
        job: &Job,
        executor: Executor,
        key: Option<&str>,
        begun: Option<&(Job, IdleWorker)>,
    ) -> Result<Option<JobId>> {
        let until = job.created_at.plus(self.settings.timeouts.lease);
        let lease = begun.map(|(_, worker)| Lease { worker: worker.name(), until });
        let kept = begun.map_or(job, |(begun, _)| begun);
        match key {
            Some(key) => Ok(jobs::insert(tx, kept, executor, Some(key), lease).await?),
            None => Ok(jobs::insert_later(tx, kept, executor, lease).map(|()| None)?),
        }
    }
}

/// A job as it is before anything happens to it.
fn drafted(actor: &Actor, new: NewJob, place: &Place, parent: Option<&Job>) -> Job {
    let moment = now();
    Job {
        id: new_id(),
        environment_id: place.environment_id.clone(),
        space_id: place.space.as_ref().map(|space| space.id.clone()),
        workbook_id: place.workbook_id.clone(),
        sheet_id: place.sheet.as_ref().map(|sheet| sheet.id.clone()),
        file_id: place.file_id.clone(),
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
        managed: new.executor == Executor::BuiltIn,
        label: new.label,
        metadata: new.metadata,
        parent_attempt: parent.map(|parent| parent.attempt),
        parent_id: new.parent_id,
        part: new.part,
        part_data: new.part_data,
        part_execution: None,
        parts_ended_at: None,
        predecessor_ids: new.predecessor_ids,
        result: new.result,
        attempt: 0,
        created_by: actor.id.clone(),
        created_at: moment,
        updated_at: moment,
        started_at: None,
        finished_at: None,
        outcome_acknowledged_at: None,
        estimated_completion_at: None,
    }
}

/// Finds what a job is about, and so where it belongs.
async fn find_place(tx: &mut Tx, actor: &Actor, new: &NewJob) -> Result<Place> {
    if new.operation.trim().is_empty() {
        return Err(ServiceError::bad_request("operation: a job needs an operation, such as `submit`"));
    }
    let scope = &actor.scope;
    let mut place_of = (None, None, new.file_id.clone());
    let (mut whole_workbook, mut maker) = (None, None);
    let space_id = match new.job_type {
        JobType::Space => SpaceId::parse(&new.source)?,
        JobType::Workbook => {
            let id = WorkbookId::parse(&new.source)?;
            let workbook = find_workbook(tx, actor, &id).await?;
            place_of.0 = Some(id);
            let space_id = workbook.space_id.clone();
            whole_workbook = Some(workbook);
            space_id
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
            let file = find_file(tx, actor, &id).await?;
            place_of = (file.workbook_id, None, Some(id));
            maker = Some(file.created_by);
            file.space_id
        }
        JobType::Document => super::documents::find(tx, actor, &new.source).await?.space_id,
        JobType::Agent if new.executor == Executor::BuiltIn => return of_agent(tx, actor, new).await,
        JobType::App | JobType::Agent | JobType::Autobuild | JobType::Onboarding => {
            return of_environment(tx, actor, new).await;
        }
    };
    if let Some(JobSubject::Collection { params: Some(params), .. }) = &new.subject
        && let Some(id) = params.get("sheetId").and_then(Value::as_str)
    {
        let sheet = super::sheets::find(tx, actor, &SheetId::parse(id)?).await?;
        place_of.1.get_or_insert(sheet);
    }
    let space = spaces::find(tx, scope, &space_id)
        .await?
        .ok_or_else(|| ServiceError::not_found("space", &space_id))?;
    let (workbook_id, sheet, file_id) = place_of;
    Ok(Place {
        environment_id: space.environment_id.clone(),
        space: Some(space),
        workbook_id,
        workbook: whole_workbook,
        sheet,
        file_id,
        maker,
    })
}

/// A job about something that belongs to the environment and to no space.
async fn of_environment(tx: &mut Tx, actor: &Actor, new: &NewJob) -> Result<Place> {
    let environment = named_or_own(tx, actor, new.environment_id.clone()).await?;
    if actor.scope.space_id.is_some() {
        return Err(ServiceError::not_found("environment", &environment.id));
    }
    Ok(around_spaces(environment.id, new))
}

/// A job that the server does about an agent, for those who manage it.
async fn of_agent(tx: &mut Tx, actor: &Actor, new: &NewJob) -> Result<Place> {
    let agent = super::agents::find(tx, actor, &AgentId::parse(&new.source)?).await?;
    match &new.environment_id {
        Some(other) if *other != agent.environment_id => Err(ServiceError::not_found("environment", other)),
        _ => Ok(around_spaces(agent.environment_id, new)),
    }
}

fn around_spaces(environment_id: EnvironmentId, new: &NewJob) -> Place {
    Place {
        environment_id,
        space: None,
        workbook_id: None,
        workbook: None,
        sheet: None,
        file_id: new.file_id.clone(),
        maker: None,
    }
}
