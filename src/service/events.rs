//! The event log: read, acknowledged, added to by listeners, followed by subscribers.

use serde_json::{Map, Value};

use super::read_records::RecordRead;
use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::Event;
use crate::domain::ids::{CommitId, EventId, Id, JobId};
use crate::domain::job::JobSubject;
use crate::store::events::EventFilter;
use crate::store::{Tx, events, jobs, now};

impl Service {
    /// The events that the actor sees, oldest first.
    pub async fn events(&self, actor: &Actor, filter: &EventFilter, page: Page) -> Result<Paged<Event>> {
        allow(actor, Operation::ReadEvents)?;
        if let Some(after) = &filter.after {
            self.event(actor, after).await?;
        }
        let mut tx = self.db.read().await?;
        let (items, total) = events::list(&mut tx, &actor.scope, filter, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The newest of the events that the actor sees, the newest first.
    pub async fn newest_events(&self, actor: &Actor, filter: &EventFilter, most: u64) -> Result<Vec<Event>> {
        allow(actor, Operation::ReadEvents)?;
        let mut tx = self.db.read().await?;
        Ok(events::newest(&mut tx, &actor.scope, filter, most).await?)
    }

    /// One event.
    pub async fn event(&self, actor: &Actor, id: &EventId) -> Result<Event> {
        allow(actor, Operation::ReadEvents)?;
        let mut tx = self.db.read().await?;
        events::find(&mut tx, &actor.scope, id).await?.ok_or_else(|| ServiceError::not_found("event", id))
    }

    /// Marks an event as dealt with.
    pub async fn acknowledge_event(&self, actor: &Actor, id: &EventId) -> Result<()> {
        allow(actor, Operation::WorkJobs)?;
        self.event(actor, id).await?;
        let mut tx = self.db.write().await?;
        events::acknowledge(&mut tx, id, &actor.id, now()).await?;
        Ok(tx.commit().await?)
    }
}

/// Turns `for=<event>` into what the event is about: the records of its commit, or those of its job, which is named.
pub(super) async fn resolve(
    tx: &mut Tx,
    actor: &Actor,
    mut read: RecordRead,
) -> Result<(RecordRead, Option<JobId>)> {
    let Some(id) = read.for_event.take() else { return Ok((read, None)) };
    let event =
        events::find(tx, &actor.scope, &id).await?.ok_or_else(|| ServiceError::not_found("event", &id))?;
    if let Some(commit) = text(&event.context, "commitId") {
        read.commit = None;
        read.changed_by = Some(CommitId::parse(commit)?);
    } else if let Some(job) = text(&event.context, "jobId") {
        let id = JobId::parse(job)?;
        let job = jobs::find(tx, &actor.scope, &id).await?;
        if let Some(JobSubject::Collection { query: Some(query), .. }) = job.and_then(|job| job.subject) {
            read.query = query;
        }
        return Ok((read, Some(id)));
    }
    Ok((read, None))
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}
