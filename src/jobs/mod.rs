//! Runs the server's own jobs, once, with progress, and ends the jobs that nobody answers.
//!
//! A job row is the queue entry. A worker takes it with a lease and an attempt number, beats while it
//! works, and ends it through the service; a worker whose lease has passed to another is refused.

pub mod collect;
pub mod demo;
mod ends;
pub mod expire;
pub mod kinds;
pub mod mail;
pub mod schedule;
#[cfg(test)]
mod simulation;
pub mod sweep;
mod ticks;
pub mod tidy_files;
pub mod uses;
pub mod webhooks;
pub mod work;
pub mod worker;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::service::Service;

/// Starts the workers, the sweeps, the schedules, the check of references, the senders of webhooks and mails, the demo's
/// listener and what is done now and then; they stop when `stopping` is cancelled.
pub fn start(service: &Arc<Service>, stopping: &CancellationToken) -> TaskTracker {
    start_with(service, &kinds::KINDS, stopping)
}

/// The same with other kinds of jobs than those of the server: what a job costs beside its work is measured so.
pub fn start_with(
    service: &Arc<Service>,
    kinds: &'static [kinds::Kind],
    stopping: &CancellationToken,
) -> TaskTracker {
    let tasks = TaskTracker::new();
    for number in 0..worker::WORKERS {
        tasks.spawn(worker::run(service.clone(), kinds, number, stopping.clone()));
    }
    tasks.spawn(sweep::run(service.clone(), stopping.clone()));
    tasks.spawn(schedule::run(service.clone(), stopping.clone()));
    let (following, stop) = (service.clone(), stopping.clone());
    tasks.spawn(async move { following.follow_references(stop).await });
    tasks.spawn(collect::run(service.clone(), stopping.clone()));
    tasks.spawn(expire::run(service.clone(), stopping.clone()));
    tasks.spawn(tidy_files::run(service.clone(), stopping.clone()));
    tasks.spawn(mail::run(service.clone(), stopping.clone()));
    tasks.spawn(uses::run(service.clone(), stopping.clone()));
    tasks.spawn(webhooks::run(service.clone(), stopping.clone()));
    tasks.spawn(demo::run(service.clone(), stopping.clone()));
    tasks.close();
    tasks
}
