//! Makes the jobs of actions that run by themselves.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::ticks::Ticks;
use crate::service::Service;
use crate::store::now;

/// Looks for actions whose time has come until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks = Ticks::every(service.settings.timeouts.sweep, stopping);
    while ticks.next().await {
        if let Err(error) = service.run_scheduled(now()).await {
            tracing::warn!(%error, "scheduled actions could not be looked for");
        }
    }
}
