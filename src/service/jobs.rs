//! Jobs: started, worked on, ended. The state machine is in the domain; here it meets the store.
//!
//! The same methods serve our own workers, listeners and people. A call that carries an attempt number
//! is refused when the job has been handed to somebody else since (the fence).

use serde_json::Value;

use super::{Page, Paged, Result, Service, ServiceError, allow, announce};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::JobId;
use crate::domain::job::{Command, Job, JobStatus, Transition, transition};
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::store::jobs::JobFilter;
use crate::store::{Tx, jobs, now, sheets};

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

pub(super) async fn find_for_update(tx: &mut Tx, actor: &Actor, id: &JobId) -> Result<Job> {
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
