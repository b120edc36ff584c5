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
use crate::service::{Agents, Retention, Secrets, Service, Settings, Timeouts, Webhooks};
use crate::sheets::Sheets;
use crate::store::testing::database::TestDatabase;
use crate::store::testing::pretended::{Death, Dice, within_life};
use crate::store::testing::samples;

/// The clocks of the servers differ from the true one by so much, in milliseconds.
pub const SKEW: [i64; 2] = [-700, 900];
/// Overdue jobs are looked for at least so often, in milliseconds.
pub const SWEEP: i64 = 1_000;
/// Of a hundred calls so many meet a server that dies at one of its commits, if they come so far.
const DEATHS: u64 = 4;

/// Steps in which everything comes to its end.
const MOST_OF_AN_END: usize = 2_000;

/// A job that a worker has in hand.
struct InHand {
    job: Job,
    actor: Actor,
    /// It does nothing before that.
    paused_until: i64,
}

impl InHand {
    fn new((job, actor): (Job, Actor)) -> Self {
        Self { job, actor, paused_until: 0 }
    }
}

/// Everything of a run.
pub struct World {
    pub tenant: samples::Tenant,
    pub dice: Dice,
    /// The true time.
    pub now: i64,
    pub invariants: Invariants,
    services: [Arc<Service>; 2],
    /// What each worker was given; it works on the first.
    workers: [VecDeque<InHand>; 2],
    listeners: Listeners,
    swept: i64,
    reached: BTreeSet<&'static str>,
    database: TestDatabase,
}

impl World {
    /// A new world of a seed.
    pub async fn new(database: TestDatabase, seed: u64) -> Self {
        let tenant = samples::tenant(&database).await;
        Self {
            services: [service(&database), service(&database)],
            invariants: Invariants::new(seed, database.name),
            listeners: Listeners::new(tenant.space.id.clone()),
            tenant,
            dice: Dice::new(seed + 1),
            now: samples::THEN.0,
            workers: [VecDeque::new(), VecDeque::new()],
            swept: samples::THEN.0,
            reached: BTreeSet::new(),
            database,
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

    /// One of the servers, and which.
    pub fn server(&self) -> (usize, Arc<Service>) {
        let number = self.dice.below(2) as usize;
        (number, self.services[number].clone())
    }

    /// Lets a server do something, then looks at everything. Now and then it dies before or after one of its commits:
    /// nothing is answered then, what its worker had in hand is nobody's, and it is there anew.
    pub async fn live<T>(&mut self, number: usize, work: impl Future<Output = T>) -> Option<T> {
        let now = Timestamp(self.now + SKEW[number]);
        let death = self.dice.chance(DEATHS).then(|| Death {
            place: ["commit-before", "commit-after"][self.dice.below(2) as usize],
            nth: if self.dice.chance(70) { 1 } else { 2 },
        });
        // On the heap: the calls of a server are deep enough without those of a run around them.
        let done = within_life(now, &self.dice, death, Box::pin(work)).await;
        if done.is_none() {
            self.reach("a death at a commit");
            self.services[number] = service(&self.database);
            self.workers[number] = VecDeque::new();
        }
        self.look().await;
        done
    }

    /// Lets somebody make a job on a server whose worker waits, when it has nothing in hand.
    pub async fn press<T>(&mut self, number: usize, work: impl Future<Output = T>) -> Option<T> {
        let service = self.services[number].clone();
        let waits = self.workers[number].is_empty();
        let waiting = waits.then(|| service.db.signals().idle.wait("simulated"));
        let done = self.live(number, work).await;
        let Some(waiting) = waiting else { return done };
        let given = waiting.leave().await;
        // A worker dies with its server.
        if let Some(given) = given.filter(|_| done.is_some()) {
            self.reach("a job given to a worker as it was made");
            let taken = self.live(number, service.take_given(given)).await;
            self.workers[number].extend(taken.and_then(Result::unwrap).map(InHand::new));
        }
        done
    }

    /// Looks at everything.
    pub async fn look(&mut self) {
        let actor = self.actor(Role::System);
        self.invariants.look(&self.services[0], &actor, &self.tenant, self.now).await;
    }

    /// What the workers work on.
    pub fn in_hand(&self) -> Vec<JobId> {
        self.workers.iter().flatten().map(|hand| hand.job.id.clone()).collect()
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
                0..16 => super::person::press(self).await,
                16..30 => super::person::change_mind(self).await,
                30..60 => self.work().await,
                60..75 => self.hear().await,
                _ => self.deliver().await,
            }
            self.look_after().await;
        }
        super::person::start_all(self).await;
        for _ in 0..MOST_OF_AN_END {
            if self.invariants.is_over() {
                break;
            }
            self.now += 250;
            self.work().await;
            self.deliver().await;
            self.look_after().await;
        }
        self.hear().await;
        self.invariants.at_the_end(&self.services[0], &self.tenant, &self.listeners.heard).await;
    }

    /// The sweep of one of the servers when it is due.
    async fn look_after(&mut self) {
        if self.now - self.swept < SWEEP {
            return;
        }
        let (number, service) = self.server();
        // One that was cut off is made up for at the next step.
        let Some(ended) = self.live(number, service.end_overdue_jobs()).await else { return };
        if ended.unwrap() > 0 {
            self.reach("a time-out");
        }
        self.swept = self.now;
        self.invariants.check_bounds(&self.services[0], self.now);
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
        let (number, service) = self.server();
        let mut lot = std::mem::take(&mut self.workers[number]);
        let Some(hand) = lot.front_mut() else {
            let most = 1 + self.dice.below(4) as usize;
            let Some(taken) = self.live(number, service.take_jobs("simulated", most)).await else { return };
            self.workers[number] = taken.unwrap().into_iter().map(InHand::new).collect();
            return;
        };
        match self.dice.below(100) {
            // The process dies: what it had in hand is nobody's until its lease runs out.
            0..6 => return self.reach("a crash"),
            6..14 => hand.paused_until = self.now + 1_000 + self.dice.below(5_000) as i64,
            _ if hand.paused_until > self.now => {}
            14..60 => {
                let Some(held) = self.renew(number, &service, hand).await else { return };
                if !held {
                    lot.pop_front();
                    self.reach("a lease lost");
                }
            }
            60..70 if lot.len() > 1 => {
                let rest = lot.split_off(1);
                self.workers[number] = lot;
                return self.put_back(number, &service, rest).await;
            }
            point => {
                let rest = lot.split_off(if point < 85 { lot.len() } else { 1 });
                self.workers[number] = rest;
                return self.end_work(number, &service, lot).await;
            }
        }
        self.workers[number] = lot;
    }

    /// A worker renews the lease of its job, which another may have by now: says whether it still has it.
    async fn renew(&mut self, number: usize, service: &Arc<Service>, hand: &InHand) -> Option<bool> {
        let before = service.job(&hand.actor, &hand.job.id).await.unwrap();
        let held = self.live(number, service.renew_lease(&hand.job.id, hand.job.attempt)).await?.unwrap();
        let is_its_own = (before.status, before.attempt) == (JobStatus::Executing, hand.job.attempt);
        assert!(is_its_own || !held, "{} J3: the lease of another was renewed", self.invariants.name());
        Some(held)
    }

    /// A worker puts back what it did not begin, which another may have by now.
    async fn put_back(&mut self, number: usize, service: &Arc<Service>, rest: VecDeque<InHand>) {
        let rest: Vec<_> = rest.into_iter().map(|hand| (hand.job, hand.actor)).collect();
        let mut before = Vec::new();
        for (job, actor) in &rest {
            before.push(service.job(actor, &job.id).await.unwrap());
        }
        let done = self.live(number, service.put_back_jobs(&rest)).await;
        let is_done = done.map(Result::unwrap).is_some();
        for (before, (job, actor)) in before.iter().zip(&rest) {
            let after = service.job(actor, &job.id).await.unwrap();
            if (before.status, before.attempt) != (JobStatus::Executing, job.attempt) {
                assert_eq!(*before, after, "{} J2 and J3: nothing may change", self.invariants.name());
            } else if is_done {
                let (is, wanted) = ((after.status, after.attempt), (JobStatus::Ready, job.attempt + 1));
                assert_eq!(is, wanted, "{} J3: {} was put back", self.invariants.name(), job.id);
                self.reach("a job put back");
            }
        }
    }

    /// A worker ends jobs, which others may have by now.
    async fn end_work(&mut self, number: usize, service: &Arc<Service>, hands: VecDeque<InHand>) {
        let (mut before, mut ends) = (Vec::new(), Vec::new());
        for InHand { job, actor, .. } in hands {
            before.push(service.job(&actor, &job.id).await.unwrap());
            let result = match self.dice.chance(70) {
                true => Ok(Outcome::saying("done")),
                false => Err(WorkError::Failed("it could not be done".to_string())),
            };
            ends.extend(worker::end_of(job, actor, result));
        }
        let refused = self.live(number, service.end_jobs(&ends)).await.map(Result::unwrap);
        let name = self.invariants.name();
        for (before, end) in before.iter().zip(&ends) {
            let after = service.job(&end.actor, &end.job.id).await.unwrap();
            let is_refused = refused.as_ref().map(|refused| refused.iter().any(|(id, _)| *id == end.job.id));
            let is_given_up = before.attempt != end.job.attempt;
            if is_given_up {
                self.reach("a refused old attempt");
                assert!(is_refused.unwrap_or(true), "{name} J3: an old attempt ended a job");
            }
            // Another of the lot may be what it waited for.
            let follows = ends.iter().any(|other| before.predecessor_ids.contains(&other.job.id));
            if (is_given_up || before.status != JobStatus::Executing) && !follows {
                assert_eq!(*before, after, "{name} J2 and J3: nothing may change");
            }
            if !is_given_up && let Some(is_refused) = is_refused {
                assert!(after.status.is_terminal() && !is_refused, "{name} J1: {after:?}");
            }
        }
    }
}

/// A server on that database.
fn service(database: &TestDatabase) -> Arc<Service> {
    let settings = Settings {
        public_url: "http://inlet.test".to_string(),
        timeouts: Timeouts::FAST,
        limits: Limits::default(),
        retention: Retention::default(),
        webhooks: Webhooks { schedule: Schedule::FAST, reach: Reach::Anywhere },
        agents: Agents::FAST,
        mail: None,
    };
    let files = FileStore::new(std::env::temp_dir());
    let sheets = Sheets::with_most_records(1 << 20, 1_000);
    Arc::new(Service::new((**database).clone(), sheets, files, settings, Secrets::new([7; 32])))
}
