//! One agent: the events of its environment one after the other, and what becomes of its process between them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::Room;
use super::process::{End, Outcome, Process};
use crate::domain::agent::{Agent, AgentRun};
use crate::domain::event::Event;
use crate::domain::ids::AgentId;
use crate::domain::tenant::Resource;
use crate::domain::time::Timestamp;
use crate::service::{Result, ServiceError};
use crate::store::{events_come, new_log_id, now};

/// How often an event is tried of which the process dies for no known reason.
const MOST_TRIES: i64 = 3;
/// Events that nobody asks for, after which the place in the log is kept all the same.
const KEEP_PLACE: i64 = 1_000;
/// How long a process stays at most: its token opens twice as long.
const LIFE: Duration = Duration::from_secs(1_800);
/// How long an agent keeps its process while others wait for one.
const TURN: Duration = Duration::from_secs(10);
/// For how long an agent that cannot be loaded is not tried again.
const UNLOADABLE: Duration = Duration::from_secs(60);
/// How often the wait after a death is doubled at most.
const MOST_DOUBLED: u32 = 6;

/// What comes after a turn.
enum Next {
    /// Another one at once.
    Turn,
    /// Another one when something happens, at that moment at the latest.
    Wait(Option<Instant>),
    /// Nothing: the agent is gone.
    End,
}

struct Following {
    room: Arc<Room>,
    id: AgentId,
    /// The version and the place in the log that the rest is about.
    version: i64,
    /// Where the agent has a role, and so hears of what happens.
    role: Option<Resource>,
    position: i64,
    /// Events that the agent asks for, read ahead, and how far the log was read.
    queue: VecDeque<Event>,
    read: i64,
    /// Until when the agent is this server's alone.
    held_until: Option<Instant>,
    process: Option<(Process, OwnedSemaphorePermit)>,
    used: Instant,
    /// Deaths in a row, and until when there is no new process because of them.
    deaths: u32,
    rest_until: Option<Instant>,
    /// Why the agent cannot be loaded, and since when.
    unloadable: Option<(String, Instant)>,
}

/// Runs an agent until it is deleted, or `stopping`.
pub(super) async fn run(room: Arc<Room>, id: AgentId, stopping: CancellationToken) {
    let mut following = Following {
        room,
        id,
        version: 0,
        role: None,
        position: 0,
        queue: VecDeque::new(),
        read: 0,
        held_until: None,
        process: None,
        used: Instant::now(),
        deaths: 0,
        rest_until: None,
        unloadable: None,
    };
    tokio::select! {
        () = following.follow() => {}
        () = stopping.cancelled() => {}
    }
    following.end_process().await;
}

impl Following {
    async fn follow(&mut self) {
        let room = self.room.clone();
        let look = Duration::from_millis(room.service.settings.agents.look.max(50).unsigned_abs());
        let mut signals = room.service.db.signals().events.subscribe();
        loop {
            let changed = room.service.agents_changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let next = self.turn().await.unwrap_or_else(|error| {
                tracing::warn!(agent = %self.id, %error, "an agent could not be run");
                Next::Wait(None)
            });
            let until = match next {
                Next::Turn => continue,
                Next::End => return,
                Next::Wait(until) => until,
            };
            self.rest().await;
            let left = until.map_or(look, |until| until.saturating_duration_since(Instant::now()).min(look));
            tokio::select! {
                () = events_come(&mut signals), if until.is_none() => {}
                () = changed => {}
                () = tokio::time::sleep(left) => {}
            }
        }
    }

    async fn turn(&mut self) -> Result<Next> {
        let service = self.room.service.clone();
        let Some((mut agent, role)) = service.agent_now(&self.id).await? else { return Ok(Next::End) };
        self.settle(&agent, role).await;
        let Some(event) = self.next_event(&mut agent).await? else { return Ok(Next::Wait(None)) };
        if let Some(until) = self.rest_until.filter(|until| *until > Instant::now()) {
            return Ok(Next::Wait(Some(until)));
        }
        let was_held = self.held_until.is_some_and(|until| until > Instant::now());
        if !self.hold().await? {
            self.end_process().await;
            return Ok(Next::Wait(None));
        }
        if !was_held {
            // Whoever had it before may have moved it on since it was read.
            return Ok(Next::Turn);
        }
        let Some((outcome, begun)) = self.run_while_held(&agent, &event).await? else {
            self.held_until = None;
            self.end_process().await;
            return Ok(Next::Wait(None));
        };
        self.note_end(outcome.end).await;
        if outcome.end == End::Unknown && service.agent_died(&agent).await? < MOST_TRIES {
            return Ok(Next::Turn);
        }
        let run = run_of(&agent, &event, outcome, begun);
        if service.keep_run(&agent, &self.room.worker, &run, event.environment_sequence).await? {
            self.position = event.environment_sequence;
            self.queue.pop_front();
        } else {
            self.held_until = None;
        }
        self.give_way().await;
        Ok(Next::Turn)
    }

    /// Forgets what is about another version, another role, or another place in the log.
    async fn settle(&mut self, agent: &Agent, role: Option<Resource>) {
        let had = std::mem::replace(&mut self.role, role);
        if agent.version != self.version {
            self.end_process().await;
            self.version = agent.version;
            (self.deaths, self.rest_until, self.unloadable) = (0, None, None);
        } else if agent.position == self.position && self.role == had {
            return;
        }
        self.queue.clear();
        (self.position, self.read) = (agent.position, agent.position);
    }

    /// The next event that the agent asks for; nothing at the end of the log.
    async fn next_event(&mut self, agent: &mut Agent) -> Result<Option<Event>> {
        let service = self.room.service.clone();
        loop {
            if let Some(event) = self.queue.front() {
                return Ok(Some(event.clone()));
            }
            let (found, read) = service.events_for_agent(agent, self.role.as_ref(), self.read).await?;
            if read == self.read {
                return Ok(None);
            }
            self.read = read;
            self.queue.extend(found);
            let is_far = self.queue.is_empty() && read - agent.position >= KEEP_PLACE;
            if is_far && self.hold().await? && service.pass_events(agent, &self.room.worker, read).await? {
                agent.position = read;
                self.position = read;
            }
        }
    }

    /// Keeps the agent for this server alone; `false` while another has it.
    async fn hold(&mut self) -> Result<bool> {
        let lease = self.room.service.settings.agents.lease;
        let half = Duration::from_millis(lease.unsigned_abs() / 2);
        if self.held_until.is_some_and(|until| until > Instant::now() + half) {
            return Ok(true);
        }
        let taken = self.room.service.take_agent(&self.id, &self.room.worker, lease).await?;
        self.held_until = taken.then(|| Instant::now() + 2 * half);
        Ok(taken)
    }

    /// Runs the agent on an event, and says when it began; nothing when another server took the agent meanwhile, or
    /// when it was deleted.
    async fn run_while_held(&mut self, agent: &Agent, event: &Event) -> Result<Option<(Outcome, Timestamp)>> {
        let room = self.room.clone();
        let lease = room.service.settings.agents.lease;
        let beat = async {
            loop {
                tokio::time::sleep(Duration::from_millis(lease.unsigned_abs() / 3)).await;
                if let Ok(false) = room.service.take_agent(&agent.id, &room.worker, lease).await {
                    return;
                }
            }
        };
        tokio::select! {
            outcome = self.run(agent, event) => outcome.map(Some),
            () = beat => Ok(None),
        }
    }

    async fn run(&mut self, agent: &Agent, event: &Event) -> Result<(Outcome, Timestamp)> {
        if self.unloadable.as_ref().is_some_and(|(_, since)| since.elapsed() > UNLOADABLE) {
            self.unloadable = None;
        }
        if self.process.as_mut().is_some_and(|(process, _)| process.is_gone()) {
            self.end_process().await;
        }
        if self.process.is_none() && self.unloadable.is_none() {
            self.start(agent).await?;
        }
        let begun = now();
        let limit = Duration::from_millis(self.room.service.settings.agents.timeout.unsigned_abs());
        let outcome = match (&mut self.process, &self.unloadable) {
            (Some((process, _)), _) => process.run(event, limit).await,
            (None, Some((log, _))) => {
                Outcome { success: false, log: log.clone(), memory: None, end: End::None }
            }
            (None, None) => return Err(ServiceError::internal("an agent has no process")),
        };
        self.used = Instant::now();
        Ok((outcome, begun))
    }

    /// Starts a process, when there may be one more.
    async fn start(&mut self, agent: &Agent) -> Result<()> {
        let room = self.room.clone();
        let permit = {
            let _waiting = Waiting::new(&room.waiting);
            room.permits.clone().acquire_owned().await.map_err(ServiceError::internal)?
        };
        let bundle = room.service.bundle_of_agent(agent).await?;
        match Process::start(&room.host, bundle, room.service.agent_token(agent)).await {
            Ok(Ok(process)) => self.process = Some((process, permit)),
            Ok(Err(log)) => self.unloadable = Some((log, Instant::now())),
            Err(error) => {
                self.count_death();
                return Err(error);
            }
        }
        Ok(())
    }

    async fn note_end(&mut self, end: End) {
        match end {
            End::None => self.deaths = 0,
            End::Known | End::Unknown => {
                self.end_process().await;
                self.count_death();
            }
        }
    }

    fn count_death(&mut self) {
        let first = self.room.service.settings.agents.rest.unsigned_abs();
        let wait = first << self.deaths.min(MOST_DOUBLED);
        self.deaths += 1;
        self.rest_until = Some(Instant::now() + Duration::from_millis(wait));
    }

    /// Ends a process that is old, or that others wait for.
    async fn give_way(&mut self) {
        let Some((process, _)) = &self.process else { return };
        let age = process.begun.elapsed();
        if age > LIFE || age > TURN && self.room.waiting.load(Ordering::Relaxed) > 0 {
            self.end_process().await;
        }
    }

    /// Ends a process that has nothing to do.
    async fn rest(&mut self) {
        let idle = Duration::from_millis(self.room.service.settings.agents.idle.unsigned_abs());
        if self.used.elapsed() > idle || self.room.waiting.load(Ordering::Relaxed) > 0 {
            self.end_process().await;
        }
    }

    async fn end_process(&mut self) {
        if let Some((process, _permit)) = self.process.take() {
            process.end().await;
        }
    }
}

/// Counts somebody as waiting for as long as it is there.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn run_of(agent: &Agent, event: &Event, outcome: Outcome, begun: Timestamp) -> AgentRun {
    AgentRun {
        id: new_log_id(),
        agent_id: agent.id.clone(),
        environment_id: agent.environment_id.clone(),
        space_id: event.space_id.clone(),
        event_id: event.id.clone(),
        topic: event.topic.clone(),
        context: event.context.clone(),
        namespaces: event.namespaces.clone(),
        success: outcome.success,
        created_at: begun,
        completed_at: now(),
        queue_lag: begun.since(event.created_at).max(0),
        memory: outcome.memory,
        log: outcome.log,
    }
}
