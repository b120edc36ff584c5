//! What the end of a job brings about: its parts are stopped, its parent goes on, those that waited for it start.

use super::command::Surroundings;
use crate::domain::access::Actor;
use crate::domain::event::Topic;
use crate::domain::ids::JobId;
use crate::domain::job::{Command, Job, JobStatus, PartExecution};
use crate::domain::outcome::Outcome;
use crate::service::{Result, Service};
use crate::store::jobs::order;
use crate::store::{Tx, jobs};

impl Service {
    /// Does what follows from the end of a job, and from what ends with it. Nothing for one that has not ended.
    pub(super) async fn follow_end(&self, tx: &mut Tx, actor: &Actor, job: &Job) -> Result<()> {
        let mut ended = vec![job.clone()];
        while let Some(job) = ended.pop() {
            if !job.status.is_terminal() {
                continue;
            }
            for part in order::unfinished_parts(tx, &job.id).await? {
                let info = format!("“{}” has ended", job.title());
                ended.extend(self.end_other(tx, actor, &part, Command::Cancel, info).await?);
            }
            if let (Some(parent), Some(attempt)) = (&job.parent_id, job.parent_attempt) {
                self.go_on_after_part(tx, actor, &job, parent, attempt).await?;
            }
            for successor in order::successors(tx, &job.id).await? {
                ended.extend(self.go_on_after(tx, actor, &job, &successor).await?);
            }
        }
        Ok(())
    }

    /// Ends another job because of one that has ended.
    async fn end_other(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        id: &JobId,
        command: Command,
        info: String,
    ) -> Result<Option<Job>> {
        let Some(mut job) = jobs::find_for_update(tx, &actor.scope, id).await? else { return Ok(None) };
        let outcome = (command == Command::Fail).then(|| Outcome::saying(info.clone()));
        let ending = super::Ending { info: Some(info), outcome, result: None };
        let done = self.apply(tx, actor, &mut job, command, |job| super::apply_ending(job, ending)).await?;
        Ok(done.then_some(job))
    }

    /// A part has ended: the next one begins, or the parent goes on.
    async fn go_on_after_part(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        part: &Job,
        parent: &JobId,
        attempt: u32,
    ) -> Result<()> {
        let Some(mut parent) = jobs::find_for_update(tx, &actor.scope, parent).await? else { return Ok(()) };
        if parent.status != JobStatus::Waiting || parent.attempt != attempt {
            return Ok(());
        }
        if part.part_execution == Some(PartExecution::Sequential)
            && let Some(next) = order::next_part(tx, &parent.id, attempt).await?
            && let Some(mut next) = jobs::find_for_update(tx, &actor.scope, &next).await?
        {
            self.apply(tx, actor, &mut next, Command::Release, |_| Ok(())).await?;
        }
        let counts = order::parts(tx, &parent.id, attempt).await?;
        let told = |parent: &mut Job| {
            parent.progress = counts.percent().min(99);
            parent.info = Some(counts.words());
            Ok(())
        };
        if !counts.all_ended() {
            self.apply(tx, actor, &mut parent, Command::Acknowledge, told).await?;
            return Ok(());
        }
        self.apply(tx, actor, &mut parent, Command::Resume, told).await?;
        let mut event =
            Surroundings::of(tx, actor, &parent).await?.event(Topic::JobPartsCompleted, actor, &parent);
        event.payload.insert("parts".to_string(), serde_json::json!(counts));
        tx.emit(event);
        Ok(())
    }

    /// A job has ended that another waits for: that one starts when it waits for no more, or fails with it.
    async fn go_on_after(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        ended: &Job,
        successor: &JobId,
    ) -> Result<Option<Job>> {
        if ended.status != JobStatus::Complete {
            order::waits_no_more(tx, successor).await?;
            let info = super::predecessors::not_started(ended);
            return self.end_other(tx, actor, successor, Command::Fail, info).await;
        }
        if order::release(tx, successor, &ended.id).await?
            && let Some(mut job) = jobs::find_for_update(tx, &actor.scope, successor).await?
        {
            self.apply(tx, actor, &mut job, Command::Release, |_| Ok(())).await?;
        }
        Ok(None)
    }
}
