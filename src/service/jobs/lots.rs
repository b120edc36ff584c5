//! What a worker of ours does to several jobs in one commit: it takes them, ends them, and puts back those that it did
//! not begin. Each is judged alone, as if it came alone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::command::{Surroundings, mark, step, topic};
use super::{Ending, apply_ending, log};
use crate::domain::access::{Actor, Operation, Role};
use crate::domain::event::Topic;
use crate::domain::ids::{JobId, SheetId, SpaceId, WorkbookId};
use crate::domain::job::log::NewEntry;
use crate::domain::job::{Command, Job};
use crate::domain::time::Timestamp;
use crate::service::{Result, Service, ServiceError, allow};
use crate::store::jobs::lots::{self, Ended};
use crate::store::jobs::{self, Claimed};
use crate::store::{Given, Tx, now};

/// How a worker of ours ends a job that it was given.
#[derive(Debug, Clone)]
pub struct JobEnd {
    /// The job as it was given.
    pub job: Job,
    /// The server itself, within the job's environment.
    pub actor: Actor,
    /// Well or badly.
    pub command: Command,
    /// What it says.
    pub ending: Ending,
}

impl Service {
    /// Gives a worker of ours the jobs that have been ready longest, `most` at most, and tells that they are executing.
    pub async fn take_jobs(&self, worker: &str, most: usize) -> Result<Vec<(Job, Actor)>> {
        let mut tx = self.db.write().await?;
        let claimed = jobs::claim(&mut tx, worker, now(), self.settings.timeouts.lease, most).await?;
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        let mut around = Around::default();
        let mut taken = Vec::with_capacity(claimed.len());
        for claimed in claimed {
            let (job, actor) = in_hand(claimed);
            around.tell(&mut tx, &actor, &job, Topic::JobUpdated).await?;
            taken.push((job, actor));
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// The job that a worker of ours was given by whoever made it, unless it is not there.
    pub async fn take_given(&self, given: Given) -> Result<Option<(Job, Actor)>> {
        let job = &given.claimed.job;
        let is_there = given.is_there || self.renew_lease(&job.id, job.attempt).await?;
        Ok(is_there.then(|| in_hand(given.claimed)))
    }

    /// A worker of ours goes on; says whether it still has the job.
    pub async fn renew_lease(&self, id: &JobId, attempt: u32) -> Result<bool> {
        let mut tx = self.db.write().await?;
        let until = now().plus(self.settings.timeouts.lease);
        let held = jobs::heartbeat(&mut tx, id, attempt, until, None, None, now()).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Ends jobs; gives the ids of those that were refused, and why.
    ///
    /// # Errors
    /// None was ended.
    pub async fn end_jobs(&self, ends: &[JobEnd]) -> Result<Vec<(JobId, ServiceError)>> {
        let mut tx = self.db.write().await?;
        let ids: Vec<JobId> = ends.iter().map(|end| end.job.id.clone()).collect();
        let followed = lots::followed(&mut tx, &ids).await?;
        let moment = now();
        let (mut lot, mut others) = (Vec::new(), Vec::new());
        for end in ends {
            // What concerns other jobs ends by itself.
            if end.job.parent_id.is_some() || followed.contains(&end.job.id) {
                others.push(end);
                continue;
            }
            lot.extend(finished(end, moment)?.map(|(ended, entry)| (end, entry, ended)));
        }
        others.extend(end_together(tx, lot, moment).await?);
        Ok(self.end_one_by_one(others).await)
    }

    /// Ends jobs, each in a commit of its own; gives the ids of those that were refused, and why.
    pub async fn end_one_by_one(
        &self,
        ends: impl IntoIterator<Item = &JobEnd>,
    ) -> Vec<(JobId, ServiceError)> {
        let mut refused = Vec::new();
        for end in ends {
            if let Err(error) = self.end_job(end).await {
                refused.push((end.job.id.clone(), error));
            }
        }
        refused
    }

    /// Ends one job, with all that its end brings about.
    pub async fn end_job(&self, end: &JobEnd) -> Result<Job> {
        allow(&end.actor, Operation::WorkJobs)?;
        let set = |job: &mut Job| apply_ending(job, end.ending.clone());
        self.command(&end.actor, &end.job.id, end.command, Some(end.job.attempt), set).await
    }

    /// Lets go of jobs that were taken and not begun: others may take them.
    pub async fn put_back_jobs(&self, taken: &[(Job, Actor)]) -> Result<()> {
        let mut tx = self.db.write().await?;
        let ids: Vec<JobId> = taken.iter().map(|(job, _)| job.id.clone()).collect();
        let known = by_id(lots::find_free_for_update(&mut tx, &ids).await?);
        let is_free = |(job, _): &&(Job, Actor)| known.contains_key(&job.id);
        let (free, busy): (Vec<_>, Vec<_>) = taken.iter().partition(is_free);
        put_back(tx, &free, known).await?;
        for one in busy {
            let mut tx = self.db.write().await?;
            let known = jobs::find_for_update(&mut tx, &one.1.scope, &one.0.id).await?;
            put_back(tx, &[one], by_id(known)).await?;
        }
        Ok(())
    }
}

/// Ends jobs in one commit; gives those that are not as they were taken, or that somebody else is changing.
async fn end_together(
    mut tx: Tx,
    lot: Vec<(&JobEnd, NewEntry, Ended)>,
    moment: Timestamp,
) -> Result<Vec<&JobEnd>> {
    if lot.is_empty() {
        return Ok(Vec::new());
    }
    let (ends, ended): (Vec<_>, Vec<_>) =
        lot.into_iter().map(|(end, entry, ended)| ((end, entry), ended)).unzip();
    let kept = lots::end(&mut tx, &ended, moment).await?;
    let (mut around, mut entries, mut others) = (Around::default(), Vec::new(), Vec::new());
    for ((end, entry), Ended { job, .. }) in ends.into_iter().zip(&ended) {
        if kept.contains(&job.id) {
            around.tell(&mut tx, &end.actor, job, topic(end.command, job.status)).await?;
            entries.push((job, entry));
        } else {
            others.push(end);
        }
    }
    jobs::log::append_each(&mut tx, &entries, moment)?;
    tx.commit().await?;
    Ok(others)
}

/// Puts back those jobs of the known ones, which are locked, that are still the worker's.
async fn put_back(mut tx: Tx, taken: &[&(Job, Actor)], mut known: HashMap<JobId, Job>) -> Result<()> {
    let (moment, mut around, mut back) = (now(), Around::default(), Vec::new());
    for (taken, actor) in taken {
        let Some(mut job) = known.remove(&taken.id).filter(|job| job.attempt == taken.attempt) else {
            continue;
        };
        let Some(before) = step(&mut job, Command::PutBack, |_| Ok(()))? else { continue };
        mark(&mut job, Command::PutBack, moment);
        around.tell(&mut tx, actor, &job, topic(Command::PutBack, job.status)).await?;
        let entry = log::entry_of_status(&before, &job);
        back.push((job, entry));
    }
    if back.is_empty() {
        return Ok(());
    }
    lots::put_back(&mut tx, &back.iter().map(|(job, _)| job.id.clone()).collect::<Vec<_>>(), moment)?;
    let entries: Vec<_> = back.iter().map(|(job, entry)| (job, entry.clone())).collect();
    jobs::log::append_each(&mut tx, &entries, moment)?;
    tx.wake_jobs();
    Ok(tx.commit().await?)
}

/// What is around the jobs of a lot, looked up once for those of one place.
#[derive(Default)]
struct Around(HashMap<(Option<SheetId>, Option<WorkbookId>, Option<SpaceId>), Surroundings>);

impl Around {
    /// Puts an event of a job into the log.
    async fn tell(&mut self, tx: &mut Tx, actor: &Actor, job: &Job, topic: Topic) -> Result<()> {
        let place = (job.sheet_id.clone(), job.workbook_id.clone(), job.space_id.clone());
        let around = match self.0.entry(place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Surroundings::of(tx, actor, job).await?),
        };
        tx.emit(around.event(topic, actor, job));
        Ok(())
    }
}

/// A job as a worker of ours has it, which is the server itself within the job's place.
fn in_hand(claimed: Claimed) -> (Job, Actor) {
    let Claimed { job, scope } = claimed;
    let actor = Actor { id: job.created_by.clone(), role: Role::System, scope };
    (job, actor)
}

fn by_id(jobs: impl IntoIterator<Item = Job>) -> HashMap<JobId, Job> {
    jobs.into_iter().map(|job| (job.id.clone(), job)).collect()
}

/// A job as it ends, and what its log says then. Nothing when that changes nothing.
fn finished(end: &JobEnd, moment: Timestamp) -> Result<Option<(Ended, NewEntry)>> {
    allow(&end.actor, Operation::WorkJobs)?;
    let mut job = end.job.clone();
    let Some(before) = step(&mut job, end.command, |job| apply_ending(job, end.ending.clone()))? else {
        return Ok(None);
    };
    mark(&mut job, end.command, moment);
    let entry = log::entry_of_status(&before, &job);
    Ok(Some((Ended { job, taken_at: before.updated_at }, entry)))
}
