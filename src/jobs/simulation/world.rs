//! The world of a run: its clock, its servers with their workers, and what happens in a step.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::invariants::Invariants;
use super::listener::Listeners;
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::ids::JobId;
use crate::domain::job::{Job, JobStatus};
use crate::domain::limits::Limits;
use crate::domain::outcome::Outcome;
use crate::domain::time::Timestamp;
use crate::domain::webhook::reach::Reach;
use crate::domain::webhook::schedule::Schedule;
use crate::files::FileStore;
use crate::jobs::work::WorkError;
use crate::jobs::worker;
use crate::service::{Retention, Secrets, Service, Settings, Timeouts, Webhooks};
use crate::sheets::Sheets;
use crate::store::testing::database::TestDatabase;
use crate::store::testing::pretended::{Dice, within};
use crate::store::testing::samples;

/// The clocks of the servers differ from the true one by so much, in milliseconds.
pub const SKEW: [i64; 2] = [-700, 900];
/// Overdue jobs are looked for at least so often, in milliseconds.
pub const SWEEP: i64 = 1_000;

/// A job that a worker has in hand.
struct InHand {
    job: Job,
    actor: Actor,
    /// It does nothing before that.
    paused_until: i64,
}

/// Everything of a run.
pub struct World {
    pub tenant: samples::Tenant,
    pub dice: Dice,
    /// The true time.
    pub now: i64,
    pub jobs: Vec<JobId>,
    pub invariants: Invariants,
    services: [Arc<Service>; 2],
    /// What each worker was given; it works on the first.
    workers: [VecDeque<InHand>; 2],
    listeners: Listeners,
    swept: i64,
    reached: BTreeSet<&'static str>,
    _database: TestDatabase,
}

impl World {
    /// A new world of a seed.
    pub async fn new(database: TestDatabase, seed: u64) -> Self {
        let tenant = samples::tenant(&database).await;
        let settings = Settings {
            public_url: "http://inlet.test".to_string(),
            timeouts: Timeouts::FAST,
            limits: Limits::default(),
            retention: Retention::default(),
            webhooks: Webhooks { schedule: Schedule::FAST, reach: Reach::Anywhere },
        };
        let service = || {
            let files = FileStore::new(std::env::temp_dir());
            let sheets = Sheets::with_most_records(1 << 20, 1_000);
            Arc::new(Service::new(
                (*database).clone(),
                sheets,
                files,
                settings.clone(),
                Secrets::new([7; 32]),
            ))
        };
        Self {
            services: [service(), service()],
            invariants: Invariants::new(seed, database.name),
            listeners: Listeners::new(tenant.space.id.clone()),
            tenant,
            dice: Dice::new(seed + 1),
            now: samples::THEN.0,
            jobs: Vec::new(),
            workers: [VecDeque::new(), VecDeque::new()],
            swept: samples::THEN.0,
            reached: BTreeSet::new(),
            _database: database,
        }
    }

    /// What came about.
    pub fn reached(&self) -> BTreeSet<&'static str> {
        self.reached.clone()
    }

    /// Notes that something came about.
    pub fn reach(&mut self, what: &'static str) {
        self.reached.insert(what);
    }

    /// One of the servers.
    pub fn server(&self) -> (Arc<Service>, Timestamp) {
        let number = self.dice.below(2) as usize;
        self.on(number)
    }

    fn on(&self, number: usize) -> (Arc<Service>, Timestamp) {
        (self.services[number].clone(), Timestamp(self.now + SKEW[number]))
    }

    /// Who asks, in that role.
    pub fn actor(&self, role: Role) -> Actor {
        let scope = Scope { space_id: None, ..self.tenant.space.scope() };
        Actor { id: "us_usr_00000000".to_string(), role, scope }
    }

    /// Lets everything happen that can, then lets it all come to an end.
    pub async fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            self.now += 1 + self.dice.below(if self.dice.chance(5) { 4_000 } else { 400 }) as i64;
            match self.dice.below(100) {
                0..18 => super::person::press(self).await,
                18..28 => super::person::change_mind(self).await,
                28..60 => self.work().await,
                60..75 => self.hear().await,
                _ => self.deliver().await,
            }
            self.look_after().await;
        }
        super::person::start_all(self).await;
        for _ in 0..400 {
            self.now += 250;
            self.work().await;
            self.deliver().await;
            self.look_after().await;
        }
        self.hear().await;
        self.invariants.at_the_end(&self.services[0], &self.tenant, &self.listeners.heard).await;
    }

    /// The sweep of one of the servers when it is due, and a look at all jobs.
    async fn look_after(&mut self) {
        let swept = self.now - self.swept >= SWEEP;
        if swept {
            self.swept = self.now;
            let (service, now) = self.server();
            if within(now, &self.dice, service.end_overdue_jobs()).await.unwrap() > 0 {
                self.reach("a time-out");
            }
        }
        let actor = self.actor(Role::System);
        self.invariants.check(&self.services[0], &actor, &self.tenant, self.now, swept).await;
    }

    async fn hear(&mut self) {
        let mut listeners = std::mem::take(&mut self.listeners);
        listeners.hear(self).await;
        self.listeners = listeners;
    }

    async fn deliver(&mut self) {
        let mut listeners = std::mem::take(&mut self.listeners);
        listeners.deliver(self).await;
        self.listeners = listeners;
    }

    /// A worker of one of the servers does its next step, as the loop of `worker.rs` does.
    async fn work(&mut self) {
        let number = self.dice.below(2) as usize;
        let (service, now) = self.on(number);
        let mut lot = std::mem::take(&mut self.workers[number]);
        let Some(hand) = lot.front_mut() else {
            let most = 1 + self.dice.below(4) as usize;
            let taken = within(now, &self.dice, service.take_jobs("simulated", most)).await.unwrap();
            let in_hand = |(job, actor)| InHand { job, actor, paused_until: 0 };
            self.workers[number] = taken.into_iter().map(in_hand).collect();
            return;
        };
        match self.dice.below(100) {
            // The process dies: what it had in hand is nobody's until its lease runs out.
            0..6 => return self.reach("a crash"),
            6..14 => hand.paused_until = self.now + 1_000 + self.dice.below(5_000) as i64,
            _ if hand.paused_until > self.now => {}
            14..60 => {
                let lease = service.settings.timeouts.lease;
                if !within(now, &self.dice, worker::renew(&service, &hand.job, lease)).await.unwrap() {
                    lot.pop_front();
                    self.reach("a lease lost");
                }
            }
            60..70 if lot.len() > 1 => self.put_back(&service, now, lot.split_off(1)).await,
            70..85 => {
                let all = lot.drain(..).collect();
                self.end_work(&service, now, all).await;
            }
            _ => {
                let first = lot.drain(..1).collect();
                self.end_work(&service, now, first).await;
            }
        }
        self.workers[number] = lot;
    }

    /// A worker puts back what it did not begin, which another may have by now.
    async fn put_back(&mut self, service: &Arc<Service>, now: Timestamp, rest: VecDeque<InHand>) {
        let rest: Vec<_> = rest.into_iter().map(|hand| (hand.job, hand.actor)).collect();
        let mut before = Vec::new();
        for (job, actor) in &rest {
            before.push(service.job(actor, &job.id).await.unwrap());
        }
        within(now, &self.dice, service.put_back_jobs(&rest)).await.unwrap();
        for (before, (job, actor)) in before.iter().zip(&rest) {
            let after = service.job(actor, &job.id).await.unwrap();
            if before.attempt != job.attempt || before.status.is_terminal() {
                assert_eq!(*before, after, "{} nothing may change", self.invariants.name());
            } else if before.status == JobStatus::Executing {
                assert_eq!(after.status, JobStatus::Ready, "{} {}", self.invariants.name(), job.id);
                self.reach("a job put back");
            }
        }
    }

    /// A worker ends jobs, which others may have by now.
    async fn end_work(&mut self, service: &Arc<Service>, now: Timestamp, hands: Vec<InHand>) {
        let (mut before, mut ends) = (Vec::new(), Vec::new());
        for InHand { job, actor, .. } in hands {
            before.push(service.job(&actor, &job.id).await.unwrap());
            let result = match self.dice.chance(70) {
                true => Ok(Outcome::saying("done")),
                false => Err(WorkError::Failed("it could not be done".to_string())),
            };
            ends.extend(worker::end_of(job, actor, result));
        }
        let refused = within(now, &self.dice, service.end_jobs(&ends)).await.unwrap();
        for (before, end) in before.iter().zip(&ends) {
            let after = service.job(&end.actor, &end.job.id).await.unwrap();
            let is_refused = refused.iter().any(|(id, _)| *id == end.job.id);
            if before.attempt != end.job.attempt {
                self.reach("a refused old attempt");
                assert!(is_refused, "{} an old attempt ended a job", self.invariants.name());
            }
            if before.attempt != end.job.attempt || before.status.is_terminal() {
                assert_eq!(*before, after, "{} nothing may change", self.invariants.name());
            } else {
                assert!(after.status.is_terminal() && !is_refused, "{} {after:?}", self.invariants.name());
            }
        }
    }
}
