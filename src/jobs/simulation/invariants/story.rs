//! What was told of jobs: without gaps, once, and what is so.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::domain::event::{Event, Topic};
use crate::domain::ids::{Id, JobId};
use crate::domain::job::Job;

/// What was told of all jobs so far.
#[derive(Default)]
pub struct Stories {
    place: i64,
    stories: HashMap<JobId, Story>,
}

/// What was told of one.
#[derive(Default)]
struct Story {
    /// The status and the attempt that were told last.
    last: (String, u64),
    /// The attempt that was told to be ready last.
    handed_out: Option<u64>,
    /// Of the run that goes on: whether it was ready, and how often it and its parts ended.
    ready: bool,
    ends: u32,
    parts_ended: u32,
}

impl Stories {
    /// The place of the last event that was read.
    pub fn place(&self) -> i64 {
        self.place
    }

    /// Reads what was told by one call. Gives the jobs whose parts were told to have ended: the run, and how they ended.
    pub fn take(
        &mut self,
        name: &str,
        events: &[Event],
        jobs: &BTreeMap<JobId, Job>,
    ) -> Vec<(JobId, u32, Value)> {
        let (mut parts_ended, mut once) = (Vec::new(), HashSet::new());
        for event in events {
            let place = event.space_sequence.unwrap_or_default();
            assert!(self.place == 0 || place == self.place + 1, "{name} E1: a gap before {place}");
            self.place = place;
            let id = event.context.get("jobId").and_then(Value::as_str);
            let Some(id) = id.and_then(|id| JobId::parse(id).ok()) else { continue };
            let name = format!("{name} {id}");
            let is_new =
                once.insert((id.clone(), &event.topic, Value::from(event.payload.clone()).to_string()));
            assert!(is_new, "{name} E1: {} was told twice", event.topic);
            assert!(jobs.contains_key(&id), "{name} D4: told of a job that is not there");
            self.stories.entry(id.clone()).or_default().take(&name, event);
            if event.topic == Topic::JobPartsCompleted.as_str() {
                let attempt = u32::try_from(number(event, "attempt")).unwrap();
                parts_ended.push((id, attempt, event.payload.get("parts").cloned().unwrap_or_default()));
            }
        }
        parts_ended
    }

    /// What was told last of a job is so.
    pub fn check(&self, name: &str, job: &Job) {
        let told = self.stories.get(&job.id).map(|story| &story.last);
        let is = (job.status.to_string(), u64::from(job.attempt));
        assert_eq!(told, Some(&is), "{name} D4: what was told, and what is so");
    }
}

impl Story {
    /// The events tell of runs, each with one beginning and one end at most.
    fn take(&mut self, name: &str, event: &Event) {
        let (status, attempt) = (text(event, "status"), number(event, "attempt"));
        match Topic::parse(&event.topic) {
            Some(Topic::JobReady) => {
                assert!(!self.ready || self.ends > 0, "{name} J2: ready twice in one run");
                let is_new = self.handed_out.is_none_or(|before| before < attempt);
                assert!(is_new, "{name} J3: two runs have the number {attempt}");
                *self = Self { handed_out: Some(attempt), ready: true, ..Self::default() };
            }
            Some(Topic::JobCompleted | Topic::JobFailed) => self.ends += 1,
            Some(Topic::JobUpdated) if status == "canceled" => self.ends += 1,
            Some(Topic::JobPartsCompleted) => self.parts_ended += 1,
            // A retry that has to wait for others begins by that.
            Some(Topic::JobUpdated) if status == "waiting" && self.ends > 0 => {
                *self = Self { handed_out: self.handed_out, ..Self::default() };
            }
            _ => assert_eq!(self.ends, 0, "{name} J2: {} after its end", event.topic),
        }
        assert!(self.ends <= 1, "{name} J2: two ends of one run");
        assert!(self.parts_ended <= 1, "{name} J6: its parts ended twice");
        self.last = (status, attempt);
    }
}

fn text(event: &Event, member: &str) -> String {
    event.payload.get(member).and_then(Value::as_str).unwrap_or_default().to_string()
}

fn number(event: &Event, member: &str) -> u64 {
    event.payload.get(member).and_then(Value::as_u64).unwrap_or_default()
}
