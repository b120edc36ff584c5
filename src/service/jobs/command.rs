//! One command to one job: the fence, the state machine, what changes with it, and what is told of it.

use super::log;
use crate::domain::access::{Actor, Operation};
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::JobId;
use crate::domain::job::{Command, Job, JobStatus, Transition, transition};
use crate::domain::time::Timestamp;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::Sheet;
use crate::service::{Result, Service, ServiceError, allow_in_or_own, announce, built_in_rights, workbooks};
use crate::store::jobs::order;
use crate::store::{Tx, jobs, now, sheets};

impl Service {
    pub(super) async fn command(
        &self,
        actor: &Actor,
        id: &JobId,
        command: Command,
        attempt: Option<u32>,
        set: impl FnOnce(&mut Job) -> Result<()>,
    ) -> Result<Job> {
        let mut tx = self.db.write().await?;
        let starts = matches!(command, Command::Execute | Command::Retry);
        let mut job = find_and_lock(&mut tx, actor, id, starts).await?;
        check_fence(&job, attempt)?;
        if self.apply(&mut tx, actor, &mut job, command, set).await? {
            self.follow_end(&mut tx, actor, &job).await?;
            tx.commit().await?;
        }
        Ok(job)
    }

    /// Does a command to a job that is locked. Says whether anything changed; then [`Self::follow_end`] is to be
    /// called, in the same transaction.
    pub(in crate::service) async fn apply(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &mut Job,
        command: Command,
        set: impl FnOnce(&mut Job) -> Result<()>,
    ) -> Result<bool> {
        let Some(before) = step(job, command, set)? else { return Ok(false) };
        if matches!(command, Command::Execute | Command::Retry) {
            built_in_rights::check_again(tx, actor, job).await?;
        }
        if job.status == JobStatus::Ready && command != Command::Release {
            self.wait_for_predecessors(tx, actor, job).await?;
        }
        let moment = now();
        mark(job, command, moment);
        log::of_change(tx, &before, job, moment);
        if job.status == JobStatus::Ready {
            tx.wake_jobs();
        }
        jobs::update(tx, job).await?;
        self.tell_of_job(tx, actor, job, &[topic(command, job.status)]).await?;
        Ok(true)
    }

    /// Writes a job and tells of it.
    pub(in crate::service) async fn save(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &mut Job,
        topics: &[Topic],
    ) -> Result<()> {
        job.updated_at = now();
        jobs::update(tx, job).await?;
        self.tell_of_job(tx, actor, job, topics).await
    }

    /// Puts events of a job into the log, with what is around it.
    pub async fn tell_of_job(&self, tx: &mut Tx, actor: &Actor, job: &Job, topics: &[Topic]) -> Result<()> {
        let surroundings = Surroundings::of(tx, actor, job).await?;
        for topic in topics {
            tx.emit(surroundings.event(*topic, actor, job));
        }
        Ok(())
    }
}

/// What events of a job tell of what is around it; the same for its parts.
pub(super) struct Surroundings {
    sheet: Option<Sheet>,
    /// Where there is no sheet that says it.
    around: Whereabouts,
}

impl Surroundings {
    /// What is around a job.
    pub(super) async fn of(tx: &mut Tx, actor: &Actor, job: &Job) -> Result<Self> {
        let sheet = match &job.sheet_id {
            Some(id) => sheets::find(tx, &actor.scope, id).await?,
            None => None,
        };
        let around = match &job.space_id {
            Some(space) if sheet.is_none() => {
                workbooks::whereabouts(tx, actor, space, job.workbook_id.as_ref()).await?
            }
            _ => Whereabouts::default(),
        };
        Ok(Self { sheet, around })
    }

    /// An event of that job.
    pub(super) fn event(&self, topic: Topic, actor: &Actor, job: &Job) -> NewEvent {
        announce::of_job(topic, &actor.id, job, self.sheet.as_ref(), &self.around)
    }
}

/// Takes a job to the status that a command leads to, with what the command carries; how the job stood before.
/// Nothing when the command changes nothing.
pub(super) fn step(
    job: &mut Job,
    command: Command,
    set: impl FnOnce(&mut Job) -> Result<()>,
) -> Result<Option<Job>> {
    let Transition::To(status) = transition(job.status, command)? else { return Ok(None) };
    let before = job.clone();
    job.status = status;
    set(job)?;
    Ok(Some(before))
}

/// A new job as the first worker has it from its beginning.
pub(in crate::service) fn begun(job: &Job) -> Job {
    let (status, started_at) = (JobStatus::Executing, Some(job.updated_at));
    Job { status, started_at, attempt: job.attempt + 1, ..job.clone() }
}

/// Notes in a job what follows from a command.
pub(super) fn mark(job: &mut Job, command: Command, moment: Timestamp) {
    job.updated_at = moment;
    match command {
        Command::Resume => job.parts_ended_at = Some(moment),
        Command::Acknowledge | Command::Split => job.started_at = job.started_at.or(Some(moment)),
        Command::Complete | Command::Fail | Command::Cancel => job.finished_at = Some(moment),
        Command::PutBack => {
            job.started_at = None;
            // Whoever had it is refused at once.
            job.attempt += 1;
        }
        _ => {}
    }
    if command == Command::Complete {
        job.progress = 100;
    }
}

/// What is told of a command.
pub(super) fn topic(command: Command, status: JobStatus) -> Topic {
    match (command, status) {
        (Command::Complete, _) => Topic::JobCompleted,
        (Command::Fail, _) => Topic::JobFailed,
        (Command::Schedule, _) => Topic::JobScheduled,
        (Command::PutBack, _) => Topic::JobUpdated,
        (_, JobStatus::Ready) => Topic::JobReady,
        _ => Topic::JobUpdated,
    }
}

/// The job, which nobody else changes until this transaction has ended; nor its parent, which comes first, so that
/// two who change both never wait for one another.
pub(in crate::service) async fn find_for_change(tx: &mut Tx, actor: &Actor, id: &JobId) -> Result<Job> {
    find_and_lock(tx, actor, id, false).await
}

/// The same. Of a job that may become ready the jobs that come before it are locked before it, too, as by whoever ends
/// one of them.
async fn find_and_lock(tx: &mut Tx, actor: &Actor, id: &JobId, starts: bool) -> Result<Job> {
    let not_found = || ServiceError::not_found("job", id);
    let (parent, before) = {
        let known = jobs::find(tx, &actor.scope, id).await?.ok_or_else(not_found)?;
        (known.parent_id, known.predecessor_ids)
    };
    if let Some(parent) = &parent {
        jobs::find_for_update(tx, &actor.scope, parent).await?;
    }
    if starts {
        Box::pin(order::find_all_for_update(tx, &actor.scope, &before)).await?;
    }
    let job = jobs::find_for_update(tx, &actor.scope, id).await?.ok_or_else(not_found)?;
    if !actor.scope.workbook_roles.is_empty() {
        allow_in_or_own(actor, Operation::RunJobs, job.workbook_id.as_ref(), &job.created_by)?;
    }
    Ok(job)
}

/// Refuses a call of an attempt that no longer has the job.
pub(super) fn check_fence(job: &Job, attempt: Option<u32>) -> Result<()> {
    if attempt.is_none_or(|attempt| attempt == job.attempt) {
        return Ok(());
    }
    let message = format!("this job is in its attempt {} by now; another worker has it", job.attempt);
    Err(ServiceError::conflict(message))
}
