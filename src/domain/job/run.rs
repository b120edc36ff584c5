//! The runs of a job of the server's own. A retry begins another run, which does its work anew; an attempt that takes
//! over from a worker that is gone belongs to the same run, and goes by what that one noted.

use serde_json::{Map, Value};

use super::Job;
use crate::domain::ids::{ChangeId, Id, IdError, JobId, RANDOM_LENGTH};

/// The member of the metadata that says with which attempt the run began; nothing for the first.
const RUN: &str = "run";
/// The member that says which run wrote the others.
const NOTED_IN: &str = "notedInRun";

impl Job {
    /// The number of its run: 0 for the first, and of the others the attempt with which it began.
    pub fn run(&self) -> u32 {
        self.number(RUN)
    }

    /// Begins another run, when the last one noted that it did something. One that did not is gone on with, for what
    /// it may have left is found by its name.
    pub fn begin_run(&mut self) {
        if self.noted("undo").is_some() {
            self.insert(Map::from_iter([(RUN.to_string(), self.attempt.into())]));
        }
    }

    /// What this run has noted in the metadata; nothing of what another has.
    pub fn noted(&self, name: &str) -> Option<&Value> {
        if self.number(NOTED_IN) != self.run() {
            return None;
        }
        self.metadata.as_ref()?.get(name)
    }

    /// Notes something in the metadata, beside what stands there.
    pub fn note(&mut self, mut members: Map<String, Value>) {
        if self.run() > 0 {
            members.insert(NOTED_IN.to_string(), self.run().into());
        }
        self.insert(members);
    }

    /// The name of what this run does, which goes by it alone: the id of the job, with the number of a later run
    /// behind it.
    pub fn run_name(&self) -> String {
        match self.run() {
            0 => self.id.to_string(),
            run => format!("{}{run}", self.id),
        }
    }

    fn number(&self, name: &str) -> u32 {
        let number = self.metadata.as_ref().and_then(|metadata| metadata.get(name)?.as_u64());
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
    }

    fn insert(&mut self, members: Map<String, Value>) {
        let mut metadata = match self.metadata.take() {
            Some(Value::Object(metadata)) => metadata,
            _ => Map::new(),
        };
        metadata.extend(members);
        self.metadata = Some(metadata.into());
    }
}

/// The change that a run of a job makes: its id has the random part of the job's, so that each is found from the other.
///
/// # Errors
/// Never, as ids are made.
pub fn change_of(job: &Job) -> Result<ChangeId, IdError> {
    ChangeId::parse(&job.run_name().replacen(JobId::PREFIX, ChangeId::PREFIX, 1))
}

/// The job that made a change, in whichever run.
///
/// # Errors
/// The change is none of a job's.
pub fn job_of(change: &ChangeId) -> Result<JobId, IdError> {
    let id = change.as_str().replacen(ChangeId::PREFIX, JobId::PREFIX, 1);
    JobId::parse(id.get(..JobId::PREFIX.len() + RANDOM_LENGTH).unwrap_or(&id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn noted(undo: u64) -> Map<String, Value> {
        Map::from_iter([("undo".to_string(), json!(undo))])
    }

    #[test]
    fn a_run_knows_what_it_noted_and_what_it_made() {
        let moment = "2026-01-31T12:00:00.000Z";
        let job = json!({ "id": "us_jb_0123456789abcdefghijKL", "type": "sheet", "operation": "fill",
            "source": "us_sh_0123456789", "environmentId": "us_env_0123456789", "trigger": "immediate",
            "status": "ready", "progress": 0, "mode": "foreground", "managed": true, "predecessorIds": [],
            "attempt": 0, "createdBy": "", "createdAt": moment, "updatedAt": moment, "metadata": { "mine": 1 } });
        let mut job: Job = serde_json::from_value(job).unwrap();
        let first = change_of(&job).unwrap();
        // A run that did nothing is gone on with.
        job.attempt = 2;
        job.begin_run();
        assert_eq!((job.run(), change_of(&job).unwrap()), (0, first.clone()));
        job.note(noted(7));
        assert_eq!(job.noted("undo"), Some(&json!(7)));
        job.attempt = 3;
        job.begin_run();
        assert_eq!((job.run(), job.noted("undo")), (3, None));
        let second = change_of(&job).unwrap();
        assert_ne!(first, second);
        assert_eq!((job_of(&first), job_of(&second)), (Ok(job.id.clone()), Ok(job.id.clone())));
        job.note(noted(8));
        assert_eq!(job.noted("undo"), Some(&json!(8)));
        let all = json!({ "mine": 1, "undo": 8, "run": 3, "notedInRun": 3 });
        assert_eq!(job.metadata, Some(all));
    }
}
