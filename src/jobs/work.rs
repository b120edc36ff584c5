//! What a kind of job works with: its job, the service, progress, and the wish to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::domain::access::Actor;
use crate::domain::job::Job;
use crate::domain::parse::from_value;
use crate::service::jobs::Progress;
use crate::service::{ErrorKind, Service, ServiceError};

/// At most ten messages a second for a job.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Why a kind ended without an outcome.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// It cannot be done; the words are for the person.
    #[error("{0}")]
    Failed(String),
    /// A person stopped it, or another worker has it: what it did is undone, nothing more is said.
    #[error("stopped")]
    Stopped,
    /// Something underneath went wrong.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<crate::store::StoreError> for WorkError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<crate::sheets::SheetError> for WorkError {
    fn from(error: crate::sheets::SheetError) -> Self {
        Self::Service(error.into())
    }
}

impl From<crate::files::FileError> for WorkError {
    fn from(error: crate::files::FileError) -> Self {
        Self::Service(error.into())
    }
}

/// One run of a job.
#[derive(Clone)]
pub struct Work {
    /// The product.
    pub service: Arc<Service>,
    /// The server itself, within the job's environment.
    pub actor: Actor,
    /// The job as it was claimed.
    pub job: Job,
    /// Cancelled when the job is, or when its lease is lost, or when the server stops.
    pub stop: CancellationToken,
    told: Arc<Mutex<Option<Instant>>>,
}

impl Work {
    /// A run of a job that was just claimed.
    pub fn new(service: Arc<Service>, actor: Actor, job: Job, stop: CancellationToken) -> Self {
        Self { service, actor, job, stop, told: Arc::default() }
    }

    /// The parameters of the job.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, WorkError> {
        let config = self.job.config.clone().unwrap_or_default();
        from_value(config).map_err(|error| WorkError::Failed(format!("config.{error}")))
    }

    /// Whether what the work did must be undone: it went wrong, or a person stopped or deleted it. When the lease
    /// is another's or the server stops, the next attempt sees to it.
    pub async fn is_over(&self, error: &WorkError) -> Result<bool, WorkError> {
        match self.service.job(&self.actor, &self.job.id).await {
            Ok(job) if job.attempt != self.job.attempt => Ok(false),
            Ok(job) => Ok(job.status.is_terminal() || !matches!(error, WorkError::Stopped)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Says how far the work is; too many words are dropped.
    pub async fn progress(
        &self,
        done: u64,
        total: u64,
        info: impl FnOnce() -> String,
    ) -> Result<(), WorkError> {
        if self.stop.is_cancelled() {
            return Err(WorkError::Stopped);
        }
        let mut told = self.told.lock().await;
        if told.is_some_and(|moment| moment.elapsed() < PROGRESS_EVERY) {
            return Ok(());
        }
        *told = Some(Instant::now());
        drop(told);
        let percent = (done * 100).checked_div(total).unwrap_or(0).min(99) as u8;
        let progress =
            Progress { info: Some(info()), progress: Some(percent), estimated_completion_at: None };
        let job =
            self.service.acknowledge_job(&self.actor, &self.job.id, progress, Some(self.job.attempt)).await?;
        if job.status.is_terminal() { Err(WorkError::Stopped) } else { Ok(()) }
    }
}
