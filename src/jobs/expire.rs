//! Lets go what has expired by the policies of its environment.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::ticks::Ticks;
use crate::service::Service;
use crate::store::now;

/// How often is looked; days are what policies count in.
const EVERY: Duration = Duration::from_secs(60);

/// Does it until `stopping`, one small step after the other while there is something left.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let mut ticks = Ticks::every(EVERY, stopping.clone());
    while ticks.next().await {
        let mut expired = 0;
        while !stopping.is_cancelled() {
            match service.expire(now()).await {
                Ok(0) => break,
                Ok(things) => expired += things,
                Err(error) => {
                    tracing::warn!(%error, "what has expired could not be let go");
                    break;
                }
            }
        }
        if expired > 0 {
            tracing::info!(
                expired,
                "spaces, workbooks and files expired by the policies of their environments"
            );
        }
    }
}
