//! The workers of this server that have nothing to do. Whoever makes a job gives it to one of them in the same commit,
//! so that it begins without being looked for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::jobs::Claimed;

/// The workers that wait.
#[derive(Debug, Default)]
pub struct IdleWorkers(Mutex<Vec<IdleWorker>>);

/// A worker that waits for a job. Dropped without one, it looks for jobs itself.
#[derive(Debug)]
pub struct IdleWorker {
    name: String,
    sender: oneshot::Sender<Given>,
}

/// What a worker holds while it waits. It must [`leave`](Self::leave) before it looks for jobs.
pub struct Waiting<'a> {
    workers: &'a IdleWorkers,
    name: &'a str,
    receiver: oneshot::Receiver<Given>,
}

/// A job that a worker is given.
#[derive(Debug)]
pub struct Given {
    /// The job, the worker's own in the database.
    pub claimed: Claimed,
    /// False when whoever made the job went without a word: then it may be there or not.
    pub is_there: bool,
}

/// A job for a worker, once its transaction is committed.
pub(super) struct Promise(Option<(IdleWorker, Claimed)>);

impl IdleWorkers {
    /// A worker waits; no other of this server has its name.
    pub fn wait<'a>(&'a self, name: &'a str) -> Waiting<'a> {
        let (sender, receiver) = oneshot::channel();
        self.all().push(IdleWorker { name: name.to_string(), sender });
        Waiting { workers: self, name, receiver }
    }

    /// One that waits, for one job; nobody else gets it.
    pub(super) fn take(&self) -> Option<IdleWorker> {
        let mut all = self.all();
        // One that went without leaving hears nothing.
        all.retain(|worker| !worker.sender.is_closed());
        all.pop()
    }

    /// Whether a worker was waiting, and nobody had taken it.
    fn take_out(&self, name: &str) -> bool {
        let mut all = self.all();
        let place = all.iter().position(|worker| worker.name == name);
        place.map(|place| all.swap_remove(place)).is_some()
    }

    fn all(&self) -> MutexGuard<'_, Vec<IdleWorker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdleWorker {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn give(self, given: Given) {
        if let Err(Given { claimed, .. }) = self.sender.send(given) {
            // Its lease runs out.
            tracing::warn!(job = %claimed.job.id, "a worker went without the job that it was given");
        }
    }
}

impl Waiting<'_> {
    /// The job that it is given; nothing when whoever was about to give it one did not.
    pub async fn given(&mut self) -> Option<Given> {
        (&mut self.receiver).await.ok()
    }

    /// Waits no more. Whoever is about to give it a job is waited for.
    pub async fn leave(self) -> Option<Given> {
        if self.workers.take_out(self.name) { None } else { self.receiver.await.ok() }
    }
}

impl Promise {
    pub(super) fn new(worker: IdleWorker, claimed: Claimed) -> Self {
        Self(Some((worker, claimed)))
    }

    /// The transaction is committed.
    pub(super) fn keep(mut self) {
        self.end(true);
    }

    fn end(&mut self, is_there: bool) {
        if let Some((worker, claimed)) = self.0.take() {
            worker.give(Given { claimed, is_there });
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.end(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_is_taken_once_and_leaves_with_what_it_was_given() {
        let workers = IdleWorkers::default();
        let waiting = workers.wait("one");
        let taken = workers.take().unwrap();
        assert_eq!(taken.name(), "one");
        assert!(workers.take().is_none());
        drop(taken);
        assert!(waiting.leave().await.is_none());

        let (gone, waiting) = (workers.wait("gone"), workers.wait("other"));
        drop(gone);
        assert!(waiting.leave().await.is_none());
        assert!(workers.take().is_none());
    }
}
