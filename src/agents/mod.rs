//! Runs agents: listeners that were deployed into the server, each in a Node.js process of its own.
//!
//! An agent has a place in the log of its environment. It is handed the events after it one by one, and its place moves
//! on in the commit that keeps what came of an event: so it runs on each event once at least, whenever a server dies.
//! A lease keeps two servers from running one agent.

mod following;
mod node;
mod process;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::domain::ids::AgentId;
use crate::service::Service;
use crate::service::agents::AgentRuntime;
use crate::store::{new_id, now};
use process::Host;

/// Where the code of agents lies while they run, in the data folder.
const FOLDER: &str = "agents";
/// How often old runs are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// What all agents share.
struct Room {
    service: Arc<Service>,
    host: Arc<Host>,
    /// The name of this server among those of one database.
    worker: String,
    /// How many processes may be started.
    permits: Arc<Semaphore>,
    /// Agents that have events and no process, because there are too many.
    waiting: AtomicUsize,
}

/// Runs the agents, and their timer, until `stopping`. They reach the server at `url`; `data` is its folder.
pub fn start(service: &Arc<Service>, data: &Path, url: String, stopping: &CancellationToken) -> TaskTracker {
    let tasks = TaskTracker::new();
    let folder = data.join(FOLDER);
    let (running, stop) = (service.clone(), stopping.clone());
    tasks.spawn(async move {
        if let Some(room) = open(running, folder, url).await {
            supervise(Arc::new(room), &stop).await;
        }
    });
    for keeping in [tokio::spawn(tell_time(service.clone())), tokio::spawn(forget(service.clone()))] {
        let stop = stopping.clone();
        tasks.spawn(async move {
            stop.cancelled().await;
            keeping.abort();
        });
    }
    tasks.close();
    tasks
}

/// Looks for Node.js, and makes the folder anew.
async fn open(service: Arc<Service>, folder: PathBuf, url: String) -> Option<Room> {
    let settings = service.settings.agents.clone();
    let found = tokio::task::spawn_blocking(move || {
        let node = node::find(settings.node.as_deref())?;
        let folder = process::prepare(&folder)
            .map_err(|reason| format!("the folder {} cannot be used: {reason}", folder.display()))?;
        Ok::<_, String>(Host { node, folder, url, memory_mib: settings.memory_mib })
    });
    let host = match found.await.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(host) => host,
        Err(reason) => {
            let agents = service.every_agent().await.map_or(0, |all| all.len());
            match agents {
                0 => tracing::info!(%reason, "agents cannot be run"),
                _ => tracing::warn!(agents, %reason, "agents are kept but not run"),
            }
            service.set_agent_runtime(AgentRuntime::Missing(reason));
            return None;
        }
    };
    let node::Node { program, version, confinement } = host.node.clone();
    let confined = confinement.is_some();
    tracing::info!(node = %program.display(), %version, confined, "agents are run by Node.js");
    service.set_agent_runtime(AgentRuntime::Ready { node: program, version, confined });
    let permits = Arc::new(Semaphore::new(service.settings.agents.processes));
    let worker = new_id::<AgentId>().to_string();
    let host = Arc::new(host);
    Some(Room { service, host, worker, permits, waiting: AtomicUsize::new(0) })
}

/// Keeps a task for each agent that there is.
async fn supervise(room: Arc<Room>, stopping: &CancellationToken) {
    let look = Duration::from_millis(room.service.settings.agents.look.max(50).unsigned_abs());
    let mut tasks: HashMap<AgentId, (CancellationToken, JoinHandle<()>)> = HashMap::new();
    while !stopping.is_cancelled() {
        let changed = room.service.agents_changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        match room.service.every_agent().await {
            Ok(all) => {
                tasks.iter().filter(|(id, _)| !all.contains(id)).for_each(|(_, (stop, _))| stop.cancel());
                tasks.retain(|_, (_, task)| !task.is_finished());
                for id in all {
                    tasks.entry(id.clone()).or_insert_with(|| {
                        let stop = stopping.child_token();
                        let task = tokio::spawn(following::run(room.clone(), id, stop.clone()));
                        (stop, task)
                    });
                }
            }
            Err(error) => tracing::warn!(%error, "the agents could not be read"),
        }
        tokio::select! {
            _ = tokio::time::timeout(look, changed) => {}
            () = stopping.cancelled() => {}
        }
    }
    for (_, task) in tasks.into_values() {
        let _ = task.await;
    }
}

/// Puts the events of the timer into the log.
async fn tell_time(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(service.settings.timeouts.sweep);
    loop {
        ticks.tick().await;
        if let Err(error) = service.run_crons(now()).await {
            tracing::warn!(%error, "the timer of agents could not be looked at");
        }
    }
}

async fn forget(service: Arc<Service>) {
    let mut ticks = tokio::time::interval(FORGET_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = service.forget_agent_runs().await {
            tracing::warn!(%error, "old runs of agents could not be forgotten");
        }
    }
}
