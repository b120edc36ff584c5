//! Throws bytes away that no file has, at the start and then each hour.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::ticks::Ticks;
use crate::service::Service;

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);

/// Does it until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks = Ticks::every(EVERY, stopping);
    while ticks.next().await {
        match service.sweep_orphaned_files().await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "bytes that no file has were thrown away"),
            Err(error) => tracing::warn!(%error, "bytes that no file has could not be thrown away"),
        }
    }
}
