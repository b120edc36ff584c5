//! Forgets old versions of the records, jobs that ended long ago, old events and sessions that have ended, now and then.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::store::now;

/// How often, and how long after the start for the first time.
const EVERY: Duration = Duration::from_secs(1_800);

/// Does it until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => return,
        }
        if let Err(error) = service.collect().await {
            tracing::warn!(%error, "old versions of the records could not be forgotten");
        }
        if let Err(error) = service.forget_jobs().await {
            tracing::warn!(%error, "old jobs could not be forgotten");
        }
        if let Err(error) = service.forget_events(now()).await {
            tracing::warn!(%error, "old events could not be forgotten");
        }
        if let Err(error) = service.forget_sessions().await {
            tracing::warn!(%error, "sessions that have ended could not be forgotten");
        }
    }
}
