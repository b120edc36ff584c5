//! The loop of a worker: wait, claim, work, end.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;

use super::kinds::KINDS;
use super::work::{Work, WorkError};
use crate::domain::access::{Actor, Role};
use crate::domain::job::Job;
use crate::domain::outcome::{Next, Outcome};
use crate::service::jobs::Ending;
use crate::service::{Result, Service};
use crate::store::{jobs, now};

/// Jobs that one server works on at a time.
pub const WORKERS: usize = 2;
/// How long a worker sleeps when nobody wakes it.
const POLL: Duration = Duration::from_secs(2);

/// Works until `stopping`.
pub async fn run(service: Arc<Service>, number: usize, stopping: CancellationToken) {
    let name = format!("{}-{number}", std::process::id());
    while !stopping.is_cancelled() {
        // Registered before looking, so that a job made in between is not overlooked.
        let woken = service.db.signals().jobs.notified();
        match claim(&service, &name).await {
            Ok(Some((job, actor))) => work_on(&service, job, actor, &stopping).await,
            Ok(None) => tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(POLL) => {}
                () = stopping.cancelled() => {}
            },
            Err(error) => {
                tracing::warn!(%error, "a worker cannot look for jobs");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

pub(super) async fn claim(service: &Service, worker: &str) -> Result<Option<(Job, Actor)>> {
    let mut tx = service.db.write().await?;
    let Some(claimed) = jobs::claim(&mut tx, worker, now(), service.settings.timeouts.lease).await? else {
        return Ok(None);
    };
    let actor = Actor { id: claimed.job.created_by.clone(), role: Role::System, scope: claimed.scope };
    service.tell_of_job(&mut tx, &actor, &claimed.job, &[crate::domain::event::Topic::JobUpdated]).await?;
    tx.commit().await?;
    Ok(Some((claimed.job, actor)))
}

async fn work_on(service: &Arc<Service>, job: Job, actor: Actor, stopping: &CancellationToken) {
    let stop = stopping.child_token();
    let beat = tokio::spawn(beat(service.clone(), job.clone(), actor.clone(), stop.clone()));
    let work = Work::new(service.clone(), actor.clone(), job.clone(), stop);
    let kind = KINDS.iter().find(|kind| kind.name.0 == job.job_type && kind.name.1 == job.operation);
    let result = match kind {
        // A panic in a kind ends its job, not the worker.
        Some(kind) => {
            std::panic::AssertUnwindSafe((kind.run)(work)).catch_unwind().await.unwrap_or_else(|_| {
                Err(WorkError::Failed("something went wrong on the server; its log says what".to_string()))
            })
        }
        None => Err(WorkError::Failed(format!("no work is known for {}", job.name()))),
    };
    beat.abort();
    if let Err(error) = end(service, &job, &actor, result).await {
        tracing::warn!(%error, job = %job.id, "the end of a job could not be written");
    }
}

pub(super) async fn end(
    service: &Service,
    job: &Job,
    actor: &Actor,
    result: std::result::Result<Outcome, WorkError>,
) -> Result<()> {
    match result {
        Ok(outcome) => {
            let ending =
                Ending { info: outcome.message.clone(), outcome: Some(outcome), ..Ending::default() };
            service.complete_job(actor, &job.id, ending, Some(job.attempt)).await?;
        }
        // The status is canceled already, or the lease is another's, or the next start goes on.
        Err(WorkError::Stopped) => {}
        Err(error) => {
            let outcome =
                Outcome { next: Some(Next::Retry { label: None }), ..Outcome::saying(error.to_string()) };
            let ending =
                Ending { info: Some(error.to_string()), outcome: Some(outcome), ..Ending::default() };
            service.fail_job(actor, &job.id, ending, Some(job.attempt)).await?;
        }
    }
    Ok(())
}

/// Renews the lease; stops the work when it is lost or the job was canceled.
async fn beat(service: Arc<Service>, job: Job, actor: Actor, stop: CancellationToken) {
    let lease = service.settings.timeouts.lease;
    let mut ticks = tokio::time::interval(Duration::from_millis((lease / 6).max(50) as u64));
    loop {
        ticks.tick().await;
        match renew(&service, &job, lease).await {
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

pub(super) async fn renew(service: &Service, job: &Job, lease: i64) -> Result<bool> {
    let mut tx = service.db.write().await?;
    let held = jobs::heartbeat(&mut tx, &job.id, job.attempt, now().plus(lease), None, None, now()).await?;
    tx.commit().await?;
    Ok(held)
}
