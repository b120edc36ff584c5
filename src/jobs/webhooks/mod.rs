//! Sends webhooks: one task an endpoint, so that a slow one delays nobody else.
//!
//! An endpoint has a place in the log that is kept in the commit that queues its deliveries, and a delivery stays in
//! the queue until what came of it is kept. So each event arrives once at least, whenever a server dies.

mod answers;
mod client;
mod endpoint;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::domain::ids::{AgentId, WebhookId};
use crate::service::{Result, Service};
use crate::store::{new_id, webhooks};
use client::Client;

/// How often old deliveries are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// Sends until `stopping`.
pub async fn run(service: Arc<Service>, stopping: CancellationToken) {
    let sending = async {
        let Some(client) = Client::new(&service.settings.webhooks).map(Arc::new) else { return };
        tokio::join!(supervise(&service, &client), forget(&service));
    };
    tokio::select! {
        () = sending => {}
        () = stopping.cancelled() => {}
    }
}

/// Keeps a task for each endpoint that is sent something.
async fn supervise(service: &Arc<Service>, client: &Arc<Client>) {
    let worker: Arc<str> = new_id::<AgentId>().to_string().into();
    let mut tasks: HashMap<WebhookId, AbortOnDropHandle<()>> = HashMap::new();
    let look = Duration::from_millis(service.settings.webhooks.schedule.look.max(50).unsigned_abs());
    loop {
        let changed = service.webhooks_changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        match active(service).await {
            Ok(active) => {
                tasks.retain(|_, task| !task.is_finished());
                for id in active {
                    tasks.entry(id.clone()).or_insert_with(|| {
                        let following = endpoint::run(service.clone(), client.clone(), worker.clone(), id);
                        AbortOnDropHandle::new(tokio::spawn(following))
                    });
                }
            }
            Err(error) => tracing::warn!(%error, "the webhooks could not be read"),
        }
        let _ = tokio::time::timeout(look, changed).await;
    }
}

async fn active(service: &Service) -> Result<Vec<WebhookId>> {
    let mut tx = service.db.read().await?;
    Ok(webhooks::active(&mut tx).await?)
}

async fn forget(service: &Service) {
    let mut ticks = tokio::time::interval(FORGET_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = service.forget_deliveries().await {
            tracing::warn!(%error, "old deliveries of webhooks could not be forgotten");
        }
    }
}
