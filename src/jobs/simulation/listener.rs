//! The listeners of a run: what they hear, what they mean to say of it, and what becomes of that on the way.

use super::world::World;
use crate::domain::access::Role;
use crate::domain::event::Topic;
use crate::domain::ids::{Id, JobId, SpaceId};
use crate::domain::job::Job;
use crate::domain::job::parts::Split;
use crate::service::jobs::{Ending, Progress};
use crate::service::subscriptions::Subscription;
use crate::service::{ErrorKind, Result};

/// Milliseconds until a listener says again what was not answered.
const AGAIN: i64 = 300;

/// What a listener says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Acknowledge,
    Split,
    Complete,
    Fail,
}

/// A call on its way.
#[derive(Debug, Clone)]
struct Message {
    due: i64,
    job: JobId,
    call: Call,
    /// The attempt that the listener knows of, when it says so.
    attempt: Option<u32>,
}

/// All listeners of a space.
#[derive(Default)]
pub struct Listeners {
    space: Option<SpaceId>,
    /// Where a listener that dies begins again.
    kept: i64,
    /// Every place of the log that was heard, in the order of hearing.
    pub heard: Vec<i64>,
    messages: Vec<Message>,
}

impl Listeners {
    /// Listeners that have heard nothing.
    pub fn new(space: SpaceId) -> Self {
        Self { space: Some(space), ..Self::default() }
    }

    /// Hears what is new in the log. One that dies before it has noted how far it was hears it again.
    pub async fn hear(&mut self, world: &mut World) {
        let Some(space) = self.space.clone() else { return };
        let (_, service) = world.server();
        let subscription = Subscription::Space(space);
        let events = service.events_after(&subscription, self.kept, 100_000).await.unwrap();
        for event in &events {
            self.heard.extend(event.space_sequence);
            let id = event.context.get("jobId").and_then(|id| id.as_str());
            let Some(id) = id.and_then(|id| JobId::parse(id).ok()) else { continue };
            if event.topic == Topic::JobReady.as_str() {
                let job = service.job(&world.actor(Role::SecretKey), &id).await.unwrap();
                if !job.is_built_in() {
                    self.plan(world, &job);
                } else if world.dice.chance(10) {
                    // One that answers for whatever it hears of.
                    world.reach("a job of ours that a listener began");
                    self.send(world, &id, Call::Acknowledge, None, 100);
                }
            } else if event.topic == Topic::JobPartsCompleted.as_str() {
                world.reach("parts completed");
                if world.dice.chance(50) {
                    self.send(world, &id, Call::Complete, None, 100);
                }
            }
        }
        if !world.dice.chance(15) {
            self.kept = events.last().and_then(|event| event.space_sequence).unwrap_or(self.kept);
        }
    }

    /// What a listener means to say of a job: nothing, too little, too late, or all of it.
    fn plan(&mut self, world: &World, job: &Job) {
        let attempt = world.dice.chance(60).then_some(job.attempt);
        // A job that is run again is split anew rather often: parts of two runs are there then.
        let splits = job.parent_id.is_none() && world.dice.chance(if job.attempt == 0 { 30 } else { 60 });
        let calls: &[Call] = match world.dice.below(10) {
            _ if splits => &[Call::Acknowledge, Call::Split],
            0 => &[],
            1 => &[Call::Acknowledge],
            2 => &[Call::Acknowledge, Call::Acknowledge, Call::Fail],
            3 => &[Call::Complete],
            _ => &[Call::Acknowledge, Call::Acknowledge, Call::Complete],
        };
        let pace = [200, 1_500, 4_500][world.dice.below(3) as usize];
        for (place, call) in calls.iter().enumerate() {
            self.send(world, &job.id, *call, attempt, pace * (place as u64 + 1));
        }
    }

    /// Puts a call on its way: it may be lost, doubled, and overtaken.
    fn send(&mut self, world: &World, job: &JobId, call: Call, attempt: Option<u32>, after: u64) {
        let copies = [0, 1, 1, 1, 1, 1, 1, 1, 2, 2][world.dice.below(10) as usize];
        for _ in 0..copies {
            let due = world.now + (after + world.dice.below(1_200)) as i64;
            self.messages.push(Message { due, job: job.clone(), call, attempt });
        }
    }

    /// Delivers what is due, each through any of the servers.
    pub async fn deliver(&mut self, world: &mut World) {
        let (due, later) =
            std::mem::take(&mut self.messages).into_iter().partition(|one| one.due <= world.now);
        self.messages = later;
        let mut due: Vec<Message> = due;
        while !due.is_empty() {
            let message = due.swap_remove(world.dice.below(due.len() as u64) as usize);
            if !take(world, &message).await {
                // Nobody answered: it is said once more.
                self.messages.push(Message { due: world.now + AGAIN, ..message });
            }
        }
    }
}

/// A server takes a call; says whether it lived to answer.
async fn take(world: &mut World, message: &Message) -> bool {
    let (number, service) = world.server();
    let actor = world.actor(Role::SecretKey);
    let before = service.job(&actor, &message.job).await.unwrap();
    let parallel = world.dice.chance(50);
    let is_whole = before.parent_id.is_none() && world.invariants.is_whole(&before);
    let call = async {
        let (id, attempt) = (&message.job, message.attempt);
        match message.call {
            Call::Acknowledge => service.acknowledge_job(&actor, id, Progress::default(), attempt).await,
            Call::Split => service.split_job(&actor, id, Split::Number(3), parallel, attempt).await,
            Call::Complete => service.complete_job(&actor, id, Ending::default(), attempt).await,
            Call::Fail => service.fail_job(&actor, id, Ending::default(), attempt).await,
        }
    };
    let answer: Option<Result<Job>> = world.live(number, call).await;
    let after = service.job(&actor, &message.job).await.unwrap();
    let name = world.invariants.name();
    let is_old = message.attempt.is_some_and(|attempt| attempt != before.attempt);
    if is_old || before.status.is_terminal() {
        assert_eq!(before, after, "{name} J2 and J3: {message:?} changed what is not its own");
    }
    let Some(answer) = answer else { return false };
    if is_old {
        world.reach("a refused old attempt");
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Conflict, "{name} J3: {message:?}");
    } else if message.call == Call::Split {
        assert!(answer.is_ok() || !is_whole, "{name} {message:?}: {answer:?}");
        world.reach(if parallel { "a split" } else { "a split into a row" });
        if is_whole && before.attempt > 0 {
            world.reach("a split of another run");
        }
    } else if before.status.is_terminal() {
        world.reach("a repeated ending");
        assert_eq!(answer.unwrap(), before, "{name} J4: the answer is the job as it stands");
    } else {
        answer.unwrap_or_else(|error| panic!("{name} {message:?} was refused: {error}"));
    }
    true
}
