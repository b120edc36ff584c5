//! One command to one job: the fence, the state machine, what changes with it, and what is told of it.

use std::collections::HashMap;

use super::log;
use crate::domain::access::Actor;
use crate::domain::event::Topic;
use crate::domain::ids::{JobId, SheetId, SpaceId};
use crate::domain::job::{Command, Job, JobStatus, Transition, transition};
use crate::domain::time::Timestamp;
use crate::domain::workbook::Sheet;
use crate::service::{Result, Service, ServiceError, announce, workbooks};
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
        let mut job = find_for_change(&mut tx, actor, id).await?;
        check_fence(&job, attempt)?;
        if self.apply(&mut tx, actor, &mut job, command, set).await? {
            self.follow_end(&mut tx, actor, &job).await?;
            tx.commit().await?;
        }
        Ok(job)
    }

    /// Does a command to a job that is locked. Says whether anything changed; then [`Self::follow_end`] is to be
    /// called, in the same transaction.
    pub(super) async fn apply(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &mut Job,
        command: Command,
        set: impl FnOnce(&mut Job) -> Result<()>,
    ) -> Result<bool> {
        let Some(before) = step(job, command, set)? else { return Ok(false) };
        if job.status == JobStatus::Ready && command != Command::Release {
            self.wait_for_predecessors(tx, actor, job).await?;
        }
        let moment = now();
        mark(job, command, moment);
        log::of_change(tx, &before, job, moment);
        if job.status == JobStatus::Ready {
            tx.wake_jobs();
        }
        let topic = topic(command, job.status);
        self.save(tx, actor, job, &[topic]).await?;
        Ok(true)
    }

    /// Writes a job and tells of it.
    pub(super) async fn save(
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

    /// Puts events of a job into the log, with the context of its sheet and the namespaces of its space.
    pub async fn tell_of_job(&self, tx: &mut Tx, actor: &Actor, job: &Job, topics: &[Topic]) -> Result<()> {
        let mut around = Surroundings::default();
        for topic in topics {
            around.tell(tx, actor, job, *topic).await?;
        }
        Ok(())
    }
}

/// What events of jobs say of the places of the jobs, looked up once for several.
#[derive(Default)]
pub(super) struct Surroundings {
    sheets: HashMap<SheetId, Option<Sheet>>,
    namespaces: HashMap<SpaceId, Vec<String>>,
}

impl Surroundings {
    /// Puts an event of a job into the log, with the context of its sheet and the namespaces of its space.
    pub(super) async fn tell(&mut self, tx: &mut Tx, actor: &Actor, job: &Job, topic: Topic) -> Result<()> {
        if let Some(id) = job.sheet_id.as_ref().filter(|id| !self.sheets.contains_key(id)) {
            self.sheets.insert(id.clone(), sheets::find(tx, &actor.scope, id).await?);
        }
        if let Some(space) = job.space_id.as_ref().filter(|space| !self.namespaces.contains_key(space)) {
            self.namespaces.insert(space.clone(), workbooks::namespaces(tx, actor, space).await?);
        }
        let sheet = job.sheet_id.as_ref().and_then(|id| self.sheets.get(id)?.as_ref());
        let namespaces = job.space_id.as_ref().and_then(|space| self.namespaces.get(space));
        let namespaces = namespaces.map(Vec::as_slice).unwrap_or_default();
        tx.emit(announce::of_job(topic, &actor.id, job, sheet, namespaces));
        Ok(())
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

/// Notes in a job what follows from a command.
pub(super) fn mark(job: &mut Job, command: Command, moment: Timestamp) {
    match command {
        Command::Acknowledge | Command::Split => job.started_at = job.started_at.or(Some(moment)),
        Command::Complete | Command::Fail | Command::Cancel => job.finished_at = Some(moment),
        Command::PutBack => job.started_at = None,
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
    let not_found = || ServiceError::not_found("job", id);
    let known = jobs::find(tx, &actor.scope, id).await?.ok_or_else(not_found)?;
    if let Some(parent) = &known.parent_id {
        jobs::find_for_update(tx, &actor.scope, parent).await?;
    }
    jobs::find_for_update(tx, &actor.scope, id).await?.ok_or_else(not_found)
}

/// Refuses a call of an attempt that no longer has the job.
pub(super) fn check_fence(job: &Job, attempt: Option<u32>) -> Result<()> {
    if attempt.is_none_or(|attempt| attempt == job.attempt) {
        return Ok(());
    }
    let message = format!("this job is in its attempt {} by now; another worker has it", job.attempt);
    Err(ServiceError::conflict(message))
}
