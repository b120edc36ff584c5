//! What must hold after every step: J1 to J4 and J6 of jobs, E1 of events.

use std::collections::{HashMap, HashSet};

use super::world::{SKEW, SWEEP};
use crate::domain::access::Actor;
use crate::domain::event::{Event, Topic};
use crate::domain::ids::{Id, JobId};
use crate::domain::job::{Job, JobStatus};
use crate::service::authentication::Subscription;
use crate::service::{Page, Service};
use crate::store::jobs::JobFilter;
use crate::store::testing::samples::Tenant;

/// How a job stood when it was looked at last, and since when it is so.
struct Known {
    job: Job,
    since: i64,
}

/// What is known of a run so far.
pub struct Invariants {
    seed: u64,
    database: &'static str,
    known: HashMap<JobId, Known>,
    retried: HashSet<JobId>,
}

impl Invariants {
    /// Nothing known yet.
    pub fn new(seed: u64, database: &'static str) -> Self {
        Self { seed, database, known: HashMap::new(), retried: HashSet::new() }
    }

    /// How to make the run again.
    pub fn name(&self) -> String {
        format!("[{}, INLET_SIMULATION_SEED={}]", self.database, self.seed)
    }

    /// Somebody ran a job again in this step.
    pub fn was_retried(&mut self, id: &JobId) {
        self.retried.insert(id.clone());
    }

    /// Looks at all jobs. `swept`: overdue ones were just ended.
    pub async fn check(&mut self, service: &Service, actor: &Actor, tenant: &Tenant, now: i64, swept: bool) {
        for job in all(service, actor, tenant).await {
            let name = format!("{} {} ({})", self.name(), job.id, job.name());
            if let Some(before) = self.known.get(&job.id) {
                let ended = before.job.status.is_terminal() && before.job.status != job.status;
                assert!(!ended || self.retried.contains(&job.id), "{name} J2: an end is an end");
                assert!(job.attempt >= before.job.attempt, "{name} J3: attempts only rise");
            }
            let sign = |known: &Known| (known.job.status, known.job.attempt, known.job.updated_at);
            let same = (job.status, job.attempt, job.updated_at);
            let since = self.known.get(&job.id).filter(|known| sign(known) == same).map(|known| known.since);
            let since = since.unwrap_or(now);
            if swept {
                assert!(
                    now - since <= bound(service, &job),
                    "{name} J1: {} for {} ms",
                    job.status,
                    now - since
                );
            }
            self.known.insert(job.id.clone(), Known { job, since });
        }
        self.retried.clear();
    }

    /// What must hold when everything has come to its end.
    pub async fn at_the_end(&self, service: &Service, tenant: &Tenant, heard: &[i64]) {
        for known in self.known.values() {
            let job = &known.job;
            assert!(job.status.is_terminal(), "{} J1: {job:?}", self.name());
        }
        let subscription = Subscription::Space(tenant.space.id.clone());
        let events = service.events_after(&subscription, 0, 100_000).await.unwrap();
        let places: Vec<i64> = events.iter().filter_map(|event| event.space_sequence).collect();
        let first = places.first().copied().unwrap_or_default();
        assert!(
            places.iter().zip(first..).all(|(place, expected)| *place == expected),
            "{} E1: the log has a gap",
            self.name()
        );
        let heard: HashSet<i64> = heard.iter().copied().collect();
        assert!(
            places.iter().all(|place| heard.contains(place)),
            "{} E1: an event was not heard",
            self.name()
        );
        for id in self.known.keys() {
            self.check_story(id, &events);
        }
    }

    /// The events of a job tell of runs, each with one beginning and one end at most.
    fn check_story(&self, id: &JobId, events: &[Event]) {
        let (mut ends, mut parts_completed) = (0, 0);
        let of_job = events.iter().filter(|event| event.context.get("jobId") == Some(&id.as_str().into()));
        for event in of_job {
            let canceled = event.payload.get("status") == Some(&"canceled".into());
            match Topic::parse(&event.topic) {
                Some(Topic::JobReady) => (ends, parts_completed) = (0, 0),
                Some(Topic::JobCompleted | Topic::JobFailed) => ends += 1,
                Some(Topic::JobUpdated) if canceled => ends += 1,
                Some(Topic::JobPartsCompleted) => parts_completed += 1,
                // A retry that has to wait for another job begins by that.
                Some(Topic::JobUpdated) if event.payload.get("status") == Some(&"waiting".into()) => ends = 0,
                _ => assert_eq!(ends, 0, "{} {id} J2: {} after its end", self.name(), event.topic),
            }
            assert!(ends <= 1, "{} {id} J2: two ends of one run", self.name());
            assert!(parts_completed <= 1, "{} {id} J6: its parts ended twice", self.name());
        }
    }
}

/// How long a job may stay as it is, nothing being heard of it: its own bound and one sweep, as two clocks see it.
fn bound(service: &Service, job: &Job) -> i64 {
    let timeouts = &service.settings.timeouts;
    let clocks = SKEW[1] - SKEW[0];
    let most_of_a_step = 4_000;
    let own = match (job.status, job.is_built_in()) {
        (JobStatus::Ready, false) => timeouts.patience.acknowledge,
        (JobStatus::Executing, false) => timeouts.patience.silence,
        (JobStatus::Executing, true) => timeouts.patience.total,
        _ => return i64::MAX,
    };
    own + SWEEP + clocks + most_of_a_step
}

async fn all(service: &Service, actor: &Actor, tenant: &Tenant) -> Vec<Job> {
    let filter = JobFilter { space_id: Some(tenant.space.id.clone()), ..JobFilter::default() };
    service.jobs(actor, &filter, Page::first(10_000)).await.unwrap().items
}
