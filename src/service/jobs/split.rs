//! A job goes on in parts.

use super::command::Surroundings;
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Topic;
use crate::domain::ids::JobId;
use crate::domain::job::parts::Split;
use crate::domain::job::{Command, Job, JobStatus, PartExecution};
use crate::service::{ErrorKind, Result, Service, ServiceError, allow};
use crate::store::jobs::{Executor, order};
use crate::store::{jobs, new_id, now};

impl Service {
    /// Splits a job into parts of the same name, each a job of its own, and lets it wait for them.
    ///
    /// When the last part has ended, `job:parts-completed` is told, and the job goes on; should its listener not end
    /// it then, it ends itself. The answer is the job that was split.
    ///
    /// # Errors
    /// A part is not split again, nor a job of the server's own, nor one that has ended.
    pub async fn split_job(
        &self,
        actor: &Actor,
        id: &JobId,
        split: Split,
        parallel: bool,
        attempt: Option<u32>,
    ) -> Result<Job> {
        allow(actor, Operation::WorkJobs)?;
        let parts = split.parts()?;
        let mut tx = self.db.write().await?;
        let mut parent = super::command::find_for_change(&mut tx, actor, id).await?;
        super::command::check_fence(&parent, attempt)?;
        if parent.parent_id.is_some() || parent.is_built_in() {
            let what = if parent.parent_id.is_some() { "a part" } else { "a job of the server's own" };
            return Err(ServiceError::conflict(format!("{what} is not split")));
        }
        if order::parts(&mut tx, id, parent.attempt).await?.total > 0 {
            let message = "this job has parts already; retry it to split it anew";
            return Err(ServiceError::conflict(message));
        }
        if !self.apply(&mut tx, actor, &mut parent, Command::Split, |_| Ok(())).await? {
            return Err(ServiceError::new(
                ErrorKind::Conflict,
                "a job that has ended is not split: retry it",
            ));
        }
        let execution = if parallel { PartExecution::Parallel } else { PartExecution::Sequential };
        let surroundings = Surroundings::of(&mut tx, actor, &parent).await?;
        for (number, data) in (0_u32..).zip(parts) {
            super::bounds::check("partData", data.as_ref())?;
            let waits = number > 0 && !parallel;
            let status = if waits { JobStatus::Waiting } else { JobStatus::Ready };
            let part = Job {
                part: Some(number),
                part_data: data,
                part_execution: Some(execution),
                status,
                ..part_of(&parent, actor)
            };
            jobs::insert(&mut tx, &part, Executor::Listener, None, None).await?;
            let created = Job { status: JobStatus::Created, ..part.clone() };
            tx.emit(surroundings.event(Topic::JobCreated, actor, &created));
            let topic = if waits { Topic::JobUpdated } else { Topic::JobReady };
            tx.emit(surroundings.event(topic, actor, &part));
        }
        tx.commit().await?;
        Ok(parent)
    }
}

/// A part before it has its place and its data.
fn part_of(parent: &Job, actor: &Actor) -> Job {
    let moment = now();
    Job {
        id: new_id(),
        parent_id: Some(parent.id.clone()),
        parent_attempt: Some(parent.attempt),
        parts_ended_at: None,
        predecessor_ids: Vec::new(),
        progress: 0,
        info: None,
        outcome: None,
        result: None,
        attempt: 0,
        created_by: actor.id.clone(),
        created_at: moment,
        updated_at: moment,
        started_at: None,
        finished_at: None,
        outcome_acknowledged_at: None,
        estimated_completion_at: None,
        ..parent.clone()
    }
}
