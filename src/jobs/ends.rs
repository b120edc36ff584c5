//! The ends of jobs, committed together: those that come while others go to the disk share the next commit.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::worker::LARGEST;
use crate::service::Service;
use crate::service::jobs::JobEnd;

/// Writes the ends of a worker's jobs.
pub struct Ends {
    sender: mpsc::Sender<JobEnd>,
    writer: JoinHandle<()>,
}

impl Ends {
    /// Nothing to write yet.
    pub fn new(service: Arc<Service>) -> Self {
        let (sender, arriving) = mpsc::channel(LARGEST);
        Self { sender, writer: tokio::spawn(write(service, arriving)) }
    }

    /// Takes an end, which is on the disk soon; waits while very many are on their way.
    pub async fn write(&self, end: JobEnd) {
        if let Err(mpsc::error::SendError(end)) = self.sender.send(end).await {
            tracing::warn!(job = %end.job.id, "the end of a job could not be written");
        }
    }

    /// Waits until all are on the disk.
    pub async fn finish(self) {
        drop(self.sender);
        // A writer that failed has said so.
        let _ = self.writer.await;
    }
}

async fn write(service: Arc<Service>, mut arriving: mpsc::Receiver<JobEnd>) {
    let mut ends = Vec::new();
    while arriving.recv_many(&mut ends, LARGEST).await > 0 {
        let refused = match service.end_jobs(&ends).await {
            Ok(refused) => refused,
            // One of them may be what is in the way of the others.
            Err(_) => service.end_one_by_one(&ends).await,
        };
        for (job, error) in refused {
            tracing::warn!(%error, %job, "the end of a job could not be written");
        }
        ends.clear();
    }
}
