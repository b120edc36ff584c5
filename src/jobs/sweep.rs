//! Ends the jobs that are late, now and then, and completes the commits that no listener answers.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::ticks::Ticks;
use crate::service::Service;
use crate::store::now;

/// Looks for overdue jobs and for commits whose listeners are silent until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks = Ticks::every(service.settings.timeouts.sweep, stopping);
    while ticks.next().await {
        if let Err(error) = service.end_overdue_jobs().await {
            tracing::warn!(%error, "overdue jobs could not be ended");
        }
        if let Err(error) = service.complete_silent_commits(now()).await {
            tracing::warn!(%error, "commits that no listener answers could not be completed");
        }
    }
}
