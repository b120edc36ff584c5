//! The loop of a worker: wait, take a lot of jobs, work, end.
//!
//! A lot is one job, unless those before it took next to no time: then it grows, so that jobs that do little do not
//! each wait for the disk. What of a lot is not begun soon is put back for others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use tokio_util::sync::CancellationToken;

use super::ends::Ends;
use super::kinds::Kind;
use super::work::{Work, WorkError};
use crate::domain::access::Actor;
use crate::domain::job::{Command, Job};
use crate::domain::outcome::{Next, Outcome};
use crate::service::jobs::{Ending, JobEnd};
use crate::service::{Result, Service};

/// Jobs that one server works on at a time.
pub const WORKERS: usize = 2;
/// How long a worker sleeps when nobody wakes it.
const POLL: Duration = Duration::from_secs(2);
/// Jobs of the largest lot.
pub(super) const LARGEST: usize = 256;
/// By how much a lot is larger than the one before that was done in no time.
const GROWTH: usize = 4;
/// A lot whose jobs work no longer is followed by a larger one.
const QUICK: Duration = Duration::from_millis(20);
/// After so long the jobs of a lot that are not begun are put back.
const WAITING: Duration = Duration::from_millis(100);

/// Works on jobs of these kinds until `stopping`.
pub async fn run(service: Arc<Service>, kinds: &'static [Kind], number: usize, stopping: CancellationToken) {
    let name = format!("{}-{number}", std::process::id());
    let mut worker = Worker { ends: Ends::new(service.clone()), service, kinds, stopping, most: 1 };
    while !worker.stopping.is_cancelled() {
        // Registered before looking, so that a job made in between is not overlooked.
        let service = worker.service.clone();
        let woken = service.db.signals().jobs.notified();
        let lot = match service.take_jobs(&name, worker.most).await {
            Ok(lot) if lot.is_empty() => worker.wait(&name, woken).await,
            taken => taken,
        };
        match lot {
            Ok(lot) if lot.is_empty() => {}
            // It was given the job as it stopped.
            Ok(lot) if worker.stopping.is_cancelled() => worker.put_back(&lot).await,
            Ok(lot) => worker.work_through(lot).await,
            Err(error) => {
                tracing::warn!(%error, "a worker cannot look for jobs");
                tokio::time::sleep(POLL).await;
            }
        }
    }
    worker.ends.finish().await;
}

struct Worker {
    service: Arc<Service>,
    kinds: &'static [Kind],
    stopping: CancellationToken,
    ends: Ends,
    /// Jobs of the next lot.
    most: usize,
}

impl Worker {
    /// Waits until there may be something to do. The job that it is given itself meanwhile, if any.
    async fn wait(&self, name: &str, woken: impl Future<Output = ()>) -> Result<Vec<(Job, Actor)>> {
        let mut waiting = self.service.db.signals().idle.wait(name);
        let given = tokio::select! {
            given = waiting.given() => given,
            () = woken => waiting.leave().await,
            () = tokio::time::sleep(POLL) => waiting.leave().await,
            () = self.stopping.cancelled() => waiting.leave().await,
        };
        let Some(given) = given else { return Ok(Vec::new()) };
        Ok(self.service.take_given(given).await?.into_iter().collect())
    }

    async fn work_through(&mut self, lot: Vec<(Job, Actor)>) {
        let (begun, jobs, mut worked) = (Instant::now(), lot.len(), Duration::ZERO);
        let mut waiting = VecDeque::from(lot);
        while let Some((job, actor)) = waiting.pop_front() {
            let work = self.work_on(job, actor);
            tokio::pin!(work);
            tokio::select! {
                biased;
                took = &mut work => {
                    worked += took;
                    continue;
                }
                () = self.stopping.cancelled(), if !waiting.is_empty() => {}
                () = tokio::time::sleep_until((begun + WAITING).into()), if !waiting.is_empty() => {}
            }
            let rest: Vec<_> = waiting.drain(..).collect();
            self.put_back(&rest).await;
            worked += work.await;
        }
        self.most = following(self.most, jobs, worked);
    }

    async fn put_back(&self, jobs: &[(Job, Actor)]) {
        if let Err(error) = self.service.put_back_jobs(jobs).await {
            // Their leases run out.
            tracing::warn!(%error, jobs = jobs.len(), "jobs could not be put back");
        }
    }

    /// Works on one job; how long that took, without the writing of its end.
    async fn work_on(&self, job: Job, actor: Actor) -> Duration {
        let begun = Instant::now();
        let stop = self.stopping.child_token();
        let beat = tokio::spawn(beat(self.service.clone(), job.clone(), actor.clone(), stop.clone()));
        let work = Work::new(self.service.clone(), actor.clone(), job.clone(), stop);
        let kind = self.kinds.iter().find(|kind| kind.name.0 == job.job_type && kind.name.1 == job.operation);
        let result = match kind {
            // A panic in a kind ends its job, not the worker.
            Some(kind) => {
                std::panic::AssertUnwindSafe((kind.run)(work)).catch_unwind().await.unwrap_or_else(|_| {
                    let words = "something went wrong on the server; its log says what";
                    Err(WorkError::Failed(words.to_string()))
                })
            }
            None => Err(WorkError::Failed(format!("no work is known for {}", job.name()))),
        };
        let worked = begun.elapsed();
        beat.abort();
        if let Some(end) = end_of(job, actor, result) {
            self.ends.write(end).await;
        }
        worked
    }
}

/// Jobs of the lot after one of so many that worked so long.
fn following(most: usize, jobs: usize, worked: Duration) -> usize {
    match worked > QUICK {
        true => 1,
        false if jobs < most => most,
        false => (most * GROWTH).min(LARGEST),
    }
}

/// The end that follows from what a kind gave. None when the status is canceled already, or the lease is another's, or
/// the next start goes on.
pub(super) fn end_of(
    job: Job,
    actor: Actor,
    result: std::result::Result<Outcome, WorkError>,
) -> Option<JobEnd> {
    let (command, outcome) = match result {
        Ok(outcome) => (Command::Complete, outcome),
        Err(WorkError::Stopped) => return None,
        Err(error) => {
            let retry = Some(Next::Retry { label: None });
            (Command::Fail, Outcome { next: retry, ..Outcome::saying(error.to_string()) })
        }
    };
    let ending = Ending { info: outcome.message.clone(), outcome: Some(outcome), ..Ending::default() };
    Some(JobEnd { job, actor, command, ending })
}

/// Renews the lease; stops the work when it is lost or the job was canceled.
async fn beat(service: Arc<Service>, job: Job, actor: Actor, stop: CancellationToken) {
    let lease = service.settings.timeouts.lease;
    let every = Duration::from_millis((lease / 6).max(50) as u64);
    loop {
        // It was renewed when the job was taken.
        tokio::time::sleep(every).await;
        match service.renew_lease(&job.id, job.attempt).await {
            Ok(true) => {}
            Ok(false) => {
                stop.cancel();
                return;
            }
            Err(error) => {
                tracing::warn!(%error, actor = %actor.id, job = %job.id, "a lease could not be renewed")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_grow_while_jobs_do_nothing_and_shrink_when_one_does() {
        let quick = Duration::from_millis(1);
        let grown = (0..6).fold(1, |most, _| following(most, most, quick));
        assert_eq!(grown, LARGEST);
        assert_eq!(following(16, 3, quick), 16);
        assert_eq!(following(LARGEST, LARGEST, Duration::from_millis(21)), 1);
    }
}
