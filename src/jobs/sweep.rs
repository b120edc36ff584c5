//! Ends the jobs that are late, now and then.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// Looks for overdue jobs until `stopping`.
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
    }
}
