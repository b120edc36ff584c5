//! What a kind of job works with: its job, the service, progress, and the wish to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::domain::access::{Actor, Role};
use crate::domain::ids::{AccessTokenId, ChangeId, GuestId, Id, SheetId, SpaceId, UserId};
use crate::domain::job::Job;
use crate::domain::job::run::change_of;
use crate::domain::parse::from_value;
use crate::domain::wording::grouped;
use crate::service::announce::object;
use crate::service::jobs::{JobChange, Progress};
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

    /// The sheet that the job is about.
    pub fn sheet(&self) -> Result<SheetId, WorkError> {
        self.job.sheet_id.clone().ok_or_else(|| WorkError::Failed("the job names no sheet".to_string()))
    }

    /// The change that this run of the job makes; another attempt at it finds it by the same name.
    pub fn change(&self) -> Result<ChangeId, WorkError> {
        Ok(change_of(&self.job).map_err(ServiceError::from)?)
    }

    /// The actor whom the blueprint binds as it binds whoever made the job.
    pub fn bound(&self) -> Actor {
        let by = &self.job.created_by;
        let people = [UserId::PREFIX, AccessTokenId::PREFIX, GuestId::PREFIX, SpaceId::PREFIX];
        let is_person = people.iter().any(|prefix| by.starts_with(prefix));
        Actor { role: if is_person { Role::Member } else { self.actor.role }, ..self.actor.clone() }
    }

    /// Keeps a sheet as it was before this run of the job, once for all attempts.
    pub async fn keep_version(&self, sheet: &SheetId) -> Result<(), WorkError> {
        Ok(self.service.keep_before(&self.actor, &self.job, sheet).await?)
    }

    /// The same, as a snapshot of that name where the job says one (`snapshotLabel`).
    pub async fn keep_version_as(&self, sheet: &SheetId, label: Option<String>) -> Result<(), WorkError> {
        match label {
            Some(_) => Ok(self.service.create_snapshot(&self.actor, sheet, label, None).await.map(drop)?),
            None => self.keep_version(sheet).await,
        }
    }

    /// Writes members into the metadata of the job, beside those it was made with: what this run has done.
    pub async fn note(&self, members: Value) -> Result<(), WorkError> {
        let mut job = self.job.clone();
        job.note(object(members));
        let change = JobChange { metadata: job.metadata, ..JobChange::default() };
        self.service.update_job(&self.actor, &self.job.id, change).await?;
        Ok(())
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

    /// Says how many records were looked at, and how many are meant.
    pub async fn progress_of_records(&self, (seen, total): (u64, u64)) -> Result<(), WorkError> {
        self.progress(seen, total, || format!("{} of {} records", grouped(seen), grouped(total))).await
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
