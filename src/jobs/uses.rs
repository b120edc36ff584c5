//! Writes down each minute when keys, tokens and sessions were last used.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// Does it until `stopping`, and once more then.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopping.cancelled() => {}
        }
        if let Err(error) = service.write_uses().await {
            tracing::warn!(%error, "when keys and sessions were last used could not be written down");
        }
        if stopping.is_cancelled() {
            return;
        }
    }
}
