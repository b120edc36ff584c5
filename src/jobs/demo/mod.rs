//! The demo's listener. It hears the same events as any listener outside and calls the same service,
//! but runs inside the server, and only for spaces of the namespace `demo`.

mod submit;
mod trials;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::access::Actor;
use crate::domain::event::{Event, Topic};
use crate::domain::ids::{Id, JobId};
use crate::domain::job::{Job, JobStatus};
use crate::domain::outcome::{Next, Outcome};
use crate::domain::tenant::Environment;
use crate::service::bootstrap::{DEMO_NAMESPACE, system_actor};
use crate::service::jobs::{Ending, Progress};
use crate::service::subscriptions::Subscription;
use crate::service::{Page, Result, Service};
use crate::store::jobs::JobFilter;

/// Events read at a time.
const EVENTS: u64 = 500;
/// How long events gather before they are read.
const PAUSE: Duration = Duration::from_millis(50);

/// One job in the hands of the listener.
#[derive(Clone)]
struct Hand {
    service: Arc<Service>,
    actor: Actor,
    job: Job,
}

/// What the listener does for a job of some name.
type Work = fn(Hand) -> BoxFuture<'static, Result<()>>;

/// Listens until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let listening = async {
        while let Err(error) = listen(&service).await {
            tracing::warn!(%error, "the demo's listener starts over");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = listening => {}
        () = stopping.cancelled() => {}
    }
}

async fn listen(service: &Arc<Service>) -> Result<()> {
    let environment = service.ensure_account().await?;
    let actor = system_actor(&environment)?;
    let subscription = Subscription::Environment(environment.id.clone());
    let mut signals = service.db.signals().events.subscribe();
    let mut after = service.event_position(&subscription).await?;
    // What is under way ends with this listener: the next one goes on with it.
    let mut working = JoinSet::new();
    for job in unfinished(service, &actor, &environment).await? {
        begin(&mut working, service, &actor, job);
    }
    loop {
        let events = service.events_after(&subscription, after, EVENTS).await?;
        for event in &events {
            after = event.environment_sequence;
            if let Some(id) = heard(event) {
                begin(&mut working, service, &actor, service.job(&actor, &id).await?);
            }
        }
        while working.try_join_next().is_some() {}
        if !events.is_empty() {
            continue;
        }
        match signals.recv().await {
            // Edits that come in great numbers are looked at together.
            Ok(_) | Err(RecvError::Lagged(_)) => tokio::time::sleep(PAUSE).await,
            Err(RecvError::Closed) => return Ok(()),
        }
        while signals.try_recv().is_ok() {}
    }
}

/// The job of an event that this listener answers.
fn heard(event: &Event) -> Option<JobId> {
    let ours = event.namespaces.iter().any(|name| name == &format!("space:{DEMO_NAMESPACE}"));
    let wanted = [Topic::JobReady.as_str(), Topic::JobPartsCompleted.as_str()];
    let known = work_of(event.payload.get("job")?.as_str()?).is_some();
    let heard = ours && known && wanted.contains(&event.topic.as_str());
    JobId::parse(event.context.get("jobId")?.as_str()?).ok().filter(|_| heard)
}

/// What is to be done for jobs of that name.
fn work_of(name: &str) -> Option<Work> {
    if name == "workbook:submitAction" {
        return Some(|hand| Box::pin(submit::submit(hand)));
    }
    trials::is_trial(name).then_some(|hand| Box::pin(trials::answer(hand)))
}

/// What was under way when the server stopped: the work leaves nothing half done.
async fn unfinished(service: &Service, actor: &Actor, environment: &Environment) -> Result<Vec<Job>> {
    let filter =
        JobFilter { environment_id: Some(environment.id.clone()), unfinished: true, ..JobFilter::default() };
    let mut found = Vec::new();
    for job in service.jobs(actor, &filter, Page::first(1000)).await?.items {
        let Some(space) = &job.space_id else { continue };
        let ours = service.space(actor, space).await?.namespace.as_deref() == Some(DEMO_NAMESPACE);
        if ours && matches!(job.status, JobStatus::Ready | JobStatus::Executing) {
            found.push(job);
        }
    }
    Ok(found)
}

/// Works on one job beside the others, and fails it in words when something goes wrong.
fn begin(working: &mut JoinSet<()>, service: &Arc<Service>, actor: &Actor, job: Job) {
    let Some(work) = work_of(&job.name()).filter(|_| !job.status.is_terminal()) else { return };
    let hand = Hand { service: service.clone(), actor: actor.clone(), job };
    working.spawn(async move {
        let Err(error) = work(hand.clone()).await else { return };
        if let Err(error) = hand.fail(error.message).await {
            tracing::warn!(%error, job = %hand.job.id, "the end of a job of the demo could not be written");
        }
    });
}

impl Hand {
    async fn tell(&self, percent: u8, info: String) -> Result<()> {
        let progress = Progress { info: Some(info), progress: Some(percent), estimated_completion_at: None };
        self.service.acknowledge_job(&self.actor, &self.job.id, progress, None).await?;
        Ok(())
    }

    /// Whether it has ended by now, as by a person who canceled it.
    async fn is_over(&self) -> Result<bool> {
        Ok(self.service.job(&self.actor, &self.job.id).await?.status.is_terminal())
    }

    async fn complete(&self, outcome: Outcome) -> Result<()> {
        let ending = Ending { info: outcome.message.clone(), outcome: Some(outcome), ..Ending::default() };
        self.service.complete_job(&self.actor, &self.job.id, ending, None).await?;
        Ok(())
    }

    async fn fail(&self, message: String) -> Result<()> {
        let next = Some(Next::Retry { label: None });
        let outcome = Outcome { next, ..Outcome::saying(format!("It did not work: {message}")) };
        let ending = Ending { info: Some(message), outcome: Some(outcome), ..Ending::default() };
        self.service.fail_job(&self.actor, &self.job.id, ending, None).await?;
        Ok(())
    }
}
