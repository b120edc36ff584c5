//! Who may start, and who may wait.

use std::collections::{BTreeMap, HashSet};

use crate::domain::ids::JobId;
use crate::domain::job::{Job, JobStatus, PartExecution};

/// Of jobs that wait, those before them that were seen complete meanwhile.
#[derive(Default)]
pub struct Order {
    done: HashSet<(JobId, JobId)>,
}

impl Order {
    /// A job that has become ready comes after jobs that were complete, and one that waits has something to wait for.
    pub fn check(&mut self, name: &str, before: Option<&Job>, job: &Job, all: &BTreeMap<JobId, Job>) {
        let ends = job.status.is_terminal() && before.is_some_and(|before| !before.status.is_terminal());
        let left =
            all.values().find(|part| part.parent_id.as_ref() == Some(&job.id) && !part.status.is_terminal());
        assert!(!ends || left.is_none(), "{name} order: it ends before its part {left:?}");
        let was_ready = before.is_some_and(|b| b.status == JobStatus::Ready && b.attempt == job.attempt);
        // It had started, and its worker did not begin it.
        let is_put_back = before.is_some_and(|b| {
            job.is_built_in() && b.status == JobStatus::Executing && b.attempt + 1 == job.attempt
        });
        let starts = job.status == JobStatus::Ready && !was_ready && !is_put_back;
        if !starts && job.status != JobStatus::Waiting {
            self.done.retain(|(after, _)| *after != job.id);
            return;
        }
        for id in &job.predecessor_ids {
            if all.get(id).is_some_and(|job| job.status == JobStatus::Complete) {
                self.done.insert((job.id.clone(), id.clone()));
            }
            let is_done = self.done.contains(&(job.id.clone(), id.clone()));
            assert!(!starts || is_done, "{name} order: it starts before {id} is complete");
        }
        assert!(starts || waits_for_something(job, all), "{name} order: it waits for nothing");
    }
}

fn waits_for_something(job: &Job, all: &BTreeMap<JobId, Job>) -> bool {
    let unfinished = |job: &Job| !job.status.is_terminal();
    let before = job.predecessor_ids.iter().filter_map(|id| all.get(id)).any(unfinished);
    let parts = || {
        let mut parts = all.values().filter(|part| part.parent_id.as_ref() == Some(&job.id));
        parts.any(|part| part.parent_attempt == Some(job.attempt) && unfinished(part))
    };
    let is_of_row = |other: &&Job| {
        job.part_execution == Some(PartExecution::Sequential)
            && (&other.parent_id, other.parent_attempt) == (&job.parent_id, job.parent_attempt)
    };
    let row = || {
        let mut row = all.values().filter(is_of_row);
        row.any(|other| matches!(other.status, JobStatus::Ready | JobStatus::Executing))
    };
    before || parts() || row()
}
