//! Jobs: started, worked on, ended. The state machine is in the domain; here it meets the store.
//!
//! The same methods serve our own workers, listeners and people. A call that carries an attempt number
//! is refused when the job has been handed to somebody else since (the fence).

mod bounds;
mod command;
mod end;
mod log;
mod lots;
mod overdue;
mod plan;
mod predecessors;
mod rerun;
mod split;

use serde_json::Value;

use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::JobId;
use crate::domain::job::{Command, Job, JobStatus};
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::store::jobs::JobFilter;
use crate::store::{jobs, now};
pub(super) use bounds::check as check_size;
pub(super) use command::{begun, find_for_change};
pub use log::{LogExtract, NewLine};
pub use lots::JobEnd;

/// Between two messages about the progress of a job, in milliseconds: ten a second at most.
const TOLD_EVERY: i64 = 100;

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
    /// What it found or made, for programs.
    pub result: Option<Value>,
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
    /// What it found or made, for programs.
    pub result: Option<Value>,
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
        let mut tx = self.db.write().await?;
        let mut job = command::find_for_change(&mut tx, actor, id).await?;
        command::check_fence(&job, attempt)?;
        let told_lately = now().since(job.updated_at) < TOLD_EVERY;
        if job.status == JobStatus::Executing && told_lately {
            let (info, percent) = (progress.info.clone().map(bounds::shortened), progress.progress);
            let estimate = progress.estimated_completion_at;
            jobs::note_progress(&mut tx, id, percent, info.as_deref(), estimate, now()).await?;
            tx.commit().await?;
            apply_progress(&mut job, progress)?;
            return Ok(job);
        }
        let set = |job: &mut Job| apply_progress(job, progress);
        if self.apply(&mut tx, actor, &mut job, Command::Acknowledge, set).await? {
            tx.commit().await?;
        }
        Ok(job)
    }

    /// A listener has asked for the records of its job: a sign of life, which nobody is told of.
    pub(super) async fn hear_of_job(&self, id: &JobId) -> Result<()> {
        let mut tx = self.db.write().await?;
        jobs::seen(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
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
        let ending = Ending { info: info.or_else(|| Some("Canceled".to_string())), ..Ending::default() };
        self.command(actor, id, Command::Cancel, None, |job| apply_ending(job, ending)).await
    }

    /// Runs an ended job once more.
    pub async fn retry_job(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::RunJobs)?;
        self.command(actor, id, Command::Retry, None, |job| {
            // Counted here and not when a worker takes it: whoever works on the run before is refused at once.
            job.attempt += 1;
            if job.is_built_in() {
                job.begin_run();
            }
            begin_anew(job);
            Ok(())
        })
        .await
    }

    /// The person has seen how a job ended.
    pub async fn acknowledge_outcome(&self, actor: &Actor, id: &JobId) -> Result<Job> {
        allow(actor, Operation::CloseOutcomes)?;
        let mut tx = self.db.write().await?;
        let mut job = command::find_for_change(&mut tx, actor, id).await?;
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
        for (name, value) in
            [("metadata", &change.metadata), ("config", &change.config), ("result", &change.result)]
        {
            bounds::check(name, value.as_ref())?;
        }
        let set = move |job: &mut Job| {
            if job.is_built_in() && change.config.is_some() && change.config != job.config {
                let message = "config: the server does this job as it was made; make another one";
                return Err(ServiceError::conflict(message));
            }
            job.metadata = change.metadata.or(job.metadata.take());
            job.config = change.config.or(job.config.take());
            job.result = change.result.or(job.result.take());
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
        let mut job = command::find_for_change(&mut tx, actor, id).await?;
        let before = job.clone();
        set(&mut job)?;
        log::of_progress(&mut tx, &before, &job, now());
        self.save(&mut tx, actor, &mut job, &[Topic::JobUpdated]).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Deletes a job from the history; a running one is canceled first.
    pub async fn delete_job(&self, actor: &Actor, id: &JobId) -> Result<()> {
        allow(actor, Operation::RunJobs)?;
        self.cancel_job(actor, id, None).await?;
        let mut tx = self.db.write().await?;
        let mut job = command::find_for_change(&mut tx, actor, id).await?;
        self.save(&mut tx, actor, &mut job, &[Topic::JobDeleted]).await?;
        jobs::delete(&mut tx, id, now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Nothing of an earlier run is left.
fn begin_anew(job: &mut Job) {
    job.progress = 0;
    job.info = None;
    job.outcome = None;
    job.result = None;
    job.parts_ended_at = None;
    job.started_at = None;
    job.finished_at = None;
    job.outcome_acknowledged_at = None;
    job.estimated_completion_at = None;
}

fn apply_progress(job: &mut Job, progress: Progress) -> Result<()> {
    job.info = progress.info.map(bounds::shortened).or(job.info.take());
    job.progress = progress.progress.unwrap_or(job.progress).min(100);
    job.estimated_completion_at = progress.estimated_completion_at.or(job.estimated_completion_at);
    Ok(())
}

fn apply_ending(job: &mut Job, ending: Ending) -> Result<()> {
    if let Some(outcome) = &ending.outcome {
        outcome.check()?;
    }
    bounds::check("result", ending.result.as_ref())?;
    job.info = ending.info.map(bounds::shortened).or(job.info.take());
    job.outcome = ending.outcome.map(bounds::outcome).transpose()?.or(job.outcome.take());
    job.result = ending.result.or(job.result.take());
    Ok(())
}
