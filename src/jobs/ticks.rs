//! The moments of what is done now and then.

use std::time::Duration;

use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

/// Moments one after the other, the first at once, until the server stops.
pub struct Ticks {
    interval: Interval,
    stopping: CancellationToken,
}

impl Ticks {
    /// Moments that are so far apart.
    pub fn every(pause: Duration, stopping: CancellationToken) -> Self {
        Self { interval: tokio::time::interval(pause), stopping }
    }

    /// Waits for the next one; false when the server stops before it.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interval.tick() => true,
            () = self.stopping.cancelled() => false,
        }
    }
}
