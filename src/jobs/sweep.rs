//! Ends the jobs that are late, now and then, and completes the commits that no listener answers.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::store::now;

/// Looks for overdue jobs and for commits whose listeners are silent until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks =
        tokio::time::interval(Duration::from_millis(service.settings.timeouts.sweep.max(50) as u64));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopping.cancelled() => return,
        }
        if let Err(error) = service.end_overdue_jobs().await {
            tracing::warn!(%error, "overdue jobs could not be ended");
        }
        if let Err(error) = service.complete_silent_commits(now()).await {
            tracing::warn!(%error, "commits that no listener answers could not be completed");
        }
    }
}
