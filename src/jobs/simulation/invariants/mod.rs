//! What must hold after every call of a server, also one that died in it: J1 to J6 of jobs, D4 and E1 of events.

mod order;
mod story;
mod tests;

use std::collections::{BTreeMap, HashSet};

use super::world::{SKEW, SWEEP};
use crate::domain::access::Actor;
use crate::domain::ids::JobId;
use crate::domain::job::parts::PartCounts;
use crate::domain::job::{Job, JobStatus};
use crate::service::subscriptions::Subscription;
use crate::service::{Page, Service};
use crate::store::jobs::JobFilter;
use crate::store::testing::samples::Tenant;
use order::Order;
use story::Stories;

/// The metadata of jobs of which one at most has not ended.
pub const BUTTON: &str = "the same button";

/// How a job stood when it was looked at last, and since when it is so.
struct Known {
    job: Job,
    since: i64,
}

/// What is known of a run so far.
pub struct Invariants {
    seed: u64,
    database: &'static str,
    known: BTreeMap<JobId, Known>,
    retried: HashSet<JobId>,
    order: Order,
    stories: Stories,
}

impl Invariants {
    /// Nothing known yet.
    pub fn new(seed: u64, database: &'static str) -> Self {
        Self {
            seed,
            database,
            known: BTreeMap::new(),
            retried: HashSet::new(),
            order: Order::default(),
            stories: Stories::default(),
        }
    }

    /// How to make the run again.
    pub fn name(&self) -> String {
        format!("[{}, INLET_SIMULATION_SEED={}]", self.database, self.seed)
    }

    /// The jobs that were seen, with the parts of others or without.
    pub fn jobs(&self, with_parts: bool) -> Vec<JobId> {
        let known = self.known.values().map(|known| &known.job);
        known.filter(|job| with_parts || job.parent_id.is_none()).map(|job| job.id.clone()).collect()
    }

    /// How many of them somebody made.
    pub fn made_by(&self, who: &str) -> usize {
        self.known.values().filter(|known| known.job.created_by == who).count()
    }

    /// Those of them that have ended.
    pub fn ended_jobs(&self, with_parts: bool) -> Vec<JobId> {
        let mut jobs = self.jobs(with_parts);
        jobs.retain(|id| self.known[id].job.status.is_terminal());
        jobs
    }

    /// The parts of runs before the one that goes on in parts now; all have ended.
    pub fn parts_of_earlier_runs(&self) -> Vec<JobId> {
        let is_earlier = |part: &Job| {
            let parent = part.parent_id.as_ref().and_then(|id| self.known.get(id)).map(|known| &known.job);
            part.status.is_terminal()
                && parent.is_some_and(|parent| parent.status == JobStatus::Waiting)
                && part.parent_attempt < parent.map(|parent| parent.attempt)
        };
        let parts = self.known.values().map(|known| &known.job).filter(|job| is_earlier(job));
        parts.map(|part| part.id.clone()).collect()
    }

    /// Whether a job can be split: it can begin or has begun, and this run of it has no parts.
    pub fn is_whole(&self, job: &Job) -> bool {
        let begins = matches!(job.status, JobStatus::Ready | JobStatus::Executing);
        let of_run =
            |part: &Job| part.parent_id.as_ref() == Some(&job.id) && part.parent_attempt == Some(job.attempt);
        begins && !job.is_built_in() && !self.known.values().any(|known| of_run(&known.job))
    }

    /// The jobs that have ended with parts that did not end well.
    pub fn jobs_with_failed_parts(&self) -> Vec<JobId> {
        let ended = |known: &&Known| known.job.status.is_terminal();
        let failed = |part: &Job| matches!(part.status, JobStatus::Failed | JobStatus::Canceled);
        let of = |job: &Job, part: &Job| {
            part.parent_id.as_ref() == Some(&job.id)
                && part.parent_attempt == Some(job.attempt)
                && failed(part)
        };
        let has = |known: &&Known| self.known.values().any(|part| of(&known.job, &part.job));
        let found = self.known.values().filter(ended).filter(has);
        found.map(|known| known.job.id.clone()).collect()
    }

    /// Somebody runs a job again in this call, or some of its parts.
    pub fn is_retried(&mut self, id: &JobId) {
        let parts = self.known.values().filter(|known| known.job.parent_id.as_ref() == Some(id));
        self.retried.extend(parts.map(|known| known.job.id.clone()));
        self.retried.insert(id.clone());
    }

    /// Looks at all jobs, and at what was told of them since.
    pub async fn look(&mut self, service: &Service, actor: &Actor, tenant: &Tenant, now: i64) {
        let jobs = all(service, actor, tenant).await;
        let subscription = Subscription::Space(tenant.space.id.clone());
        let events = service.events_after(&subscription, self.stories.place(), 100_000).await.unwrap();
        let name = self.name();
        for (parent, attempt, parts) in self.stories.take(&name, &events, &jobs) {
            let found = counts(&jobs, &parent, attempt);
            assert_eq!(parts, serde_json::json!(found), "{name} {parent} J6: what was told of its parts");
            assert!(found.all_ended(), "{name} {parent} J6: its parts have not ended: {found:?}");
        }
        for job in jobs.values() {
            let name = format!("{name} {} ({})", job.id, job.name());
            self.stories.check(&name, job);
            let before = self.known.get(&job.id).map(|known| &known.job);
            if let Some(before) = before {
                let ended = before.status.is_terminal() && !self.retried.contains(&job.id);
                assert!(!ended || before == job, "{name} J2: an end is an end\n{before:?}\n{job:?}");
                assert!(job.attempt >= before.attempt, "{name} J3: attempts only rise");
            }
            self.order.check(&name, before, job, &jobs);
        }
        // A part has the metadata of its job, but no key.
        let of_button = jobs.values().filter(|job| job.metadata == Some(BUTTON.into()));
        let of_button = of_button.filter(|job| job.parent_id.is_none() && !job.status.is_terminal()).count();
        assert!(of_button <= 1, "{name} J5: {of_button} jobs of one key");
        for (id, job) in jobs {
            let sign = |job: &Job| (job.status, job.attempt, job.updated_at);
            let known = self.known.get(&id).filter(|known| sign(&known.job) == sign(&job));
            let since = known.map_or(now, |known| known.since);
            self.known.insert(id, Known { job, since });
        }
        self.retried.clear();
    }

    /// No job is late, now that those that were have been ended.
    pub fn check_bounds(&self, service: &Service, now: i64) {
        for Known { job, since } in self.known.values() {
            let name = format!("{} {} ({})", self.name(), job.id, job.name());
            let late = now - since;
            assert!(late <= bound(service, job), "{name} J1: {} for {late} ms", job.status);
        }
    }

    /// Whether every job has ended.
    pub fn is_over(&self) -> bool {
        self.known.values().all(|known| known.job.status.is_terminal())
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
    }
}

/// How the parts stand that a run of a job made.
fn counts(jobs: &BTreeMap<JobId, Job>, parent: &JobId, attempt: u32) -> PartCounts {
    let mut counts = PartCounts::default();
    let parts = jobs.values().filter(|job| job.parent_id.as_ref() == Some(parent));
    let parts = parts.filter(|job| job.parent_attempt == Some(attempt));
    parts.for_each(|part| counts.count(part.status, 1));
    counts
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

async fn all(service: &Service, actor: &Actor, tenant: &Tenant) -> BTreeMap<JobId, Job> {
    let filter = JobFilter { space_id: Some(tenant.space.id.clone()), ..JobFilter::default() };
    let jobs = service.jobs(actor, &filter, Page::first(10_000)).await.unwrap().items;
    jobs.into_iter().map(|job| (job.id.clone(), job)).collect()
}
