//! Makes the jobs of actions that run by themselves.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::store::now;

/// Looks for actions whose time has come until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks =
        tokio::time::interval(Duration::from_millis(service.settings.timeouts.sweep.max(50) as u64));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopping.cancelled() => return,
        }
        if let Err(error) = service.run_scheduled(now()).await {
            tracing::warn!(%error, "scheduled actions could not be looked for");
        }
    }
}
