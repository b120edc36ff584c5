//! The webhooks of a space or of a whole environment, and what was sent to them.

use super::{Asker, id, refused};
use crate::domain::ids::{EnvironmentId, Id, WebhookId};
use crate::domain::webhook::filter::EventChoice;
use crate::domain::webhook::{Delivery, DeliveryState};
use crate::domain::wording::counted;
use crate::rpc::RpcError;
use crate::rpc::webhooks::{
    DeliveryDetail, DeliveryList, DeliveryRow, Saved, WebhookCommand, WebhookDraft, WebhookList, WebhookRow,
};
use crate::service::webhooks::{EndpointChange, NewEndpoint};
use crate::service::{ErrorKind, Page, Paged};
use crate::store::now;

/// Webhooks that the page lists, and deliveries.
const MOST: u64 = 100;

pub async fn webhooks(place: String) -> Result<WebhookList, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let page = Page::first(MOST);
    let found = match EnvironmentId::parse(&place) {
        Ok(environment) => service.webhooks_of_environment(actor, &environment, page).await?,
        Err(_) => service.webhooks(actor, None, Some(&id(&place)?), page).await?,
    };
    let mut webhooks = Vec::new();
    for endpoint in found.items {
        let counts = service.delivery_counts(actor, &endpoint.id).await?;
        webhooks.push(WebhookRow {
            id: endpoint.id.to_string(),
            name: endpoint.name.unwrap_or_default(),
            url: endpoint.url,
            topics: endpoint.choice.topics,
            job: endpoint.choice.job.unwrap_or_default(),
            namespaces: endpoint.choice.namespaces,
            state: endpoint.state,
            reason: endpoint.reason.unwrap_or_default(),
            failing_since: endpoint.failing_since.map(|since| since.0),
            counts,
        });
    }
    Ok(WebhookList { place, webhooks, now: now().0 })
}

pub async fn save_webhook(place: String, draft: WebhookDraft) -> Result<Saved, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let job = Some(draft.job.trim().to_string()).filter(|job| !job.is_empty());
    let name = Some(draft.name);
    if draft.id.is_empty() {
        let choice = EventChoice { topics: draft.topics, job, namespaces: draft.namespaces };
        let environment_id = EnvironmentId::parse(&place).ok();
        let space_id = if environment_id.is_none() { Some(id(&place)?) } else { None };
        let new = NewEndpoint { environment_id, space_id, name, url: draft.url, choice };
        return match service.create_webhook(actor, new).await {
            Ok(made) => Ok(Saved::Secret(made.secret)),
            Err(error) => refused(error, "url: ").map(Saved::Refused),
        };
    }
    let change = EndpointChange {
        name: Some(name),
        url: Some(draft.url),
        topics: Some(draft.topics),
        job: Some(job),
        namespaces: Some(draft.namespaces),
        ..EndpointChange::default()
    };
    match service.update_webhook(actor, &id(&draft.id)?, change).await {
        Ok(_) => Ok(Saved::Changed),
        Err(error) => refused(error, "url: ").map(Saved::Refused),
    }
}

pub async fn command_webhook(webhook_id: String, command: WebhookCommand) -> Result<String, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor) = (&asker.service, &asker.actor);
    let id: WebhookId = id(&webhook_id)?;
    match command {
        WebhookCommand::Pause => {
            let change = EndpointChange { paused: Some(true), ..EndpointChange::default() };
            service.update_webhook(actor, &id, change).await.map(drop)?;
        }
        WebhookCommand::Enable => service.enable_webhook(actor, &id).await.map(drop)?,
        WebhookCommand::Delete => service.delete_webhook(actor, &id).await?,
        WebhookCommand::RotateSecret => return Ok(service.rotate_webhook_secret(actor, &id).await?.secret),
        WebhookCommand::Test => service.test_webhook(actor, &id).await.map(drop)?,
        WebhookCommand::ReplayFailed => {
            let count = service.replay_failed(actor, &id).await?;
            return Ok(format!("{} sent again", counted(count, "event")));
        }
    }
    Ok(String::new())
}

pub async fn deliveries(webhook_id: String, state: Option<DeliveryState>) -> Result<DeliveryList, RpcError> {
    let asker = Asker::of_request()?;
    let page = Page::first(MOST);
    let found = match asker.service.deliveries(&asker.actor, &id(&webhook_id)?, state, page).await {
        // The page may ask in the moment in which somebody deletes it.
        Err(error) if error.kind == ErrorKind::NotFound => Paged { items: Vec::new(), total: 0 },
        found => found?,
    };
    let deliveries = found.items.into_iter().map(row).collect();
    Ok(DeliveryList { deliveries, total: found.total, now: now().0 })
}

pub async fn delivery(webhook_id: String, delivery_id: String) -> Result<DeliveryDetail, RpcError> {
    let asker = Asker::of_request()?;
    let (webhook, delivery) = (id(&webhook_id)?, id(&delivery_id)?);
    let (found, request) = asker.service.delivery(&asker.actor, &webhook, &delivery).await?;
    let answer = found.last.as_ref().and_then(|last| last.answer.clone()).unwrap_or_default();
    let request = serde_json::to_string_pretty(&request).unwrap_or_default();
    Ok(DeliveryDetail { event_id: found.event_id.to_string(), request, answer, row: row(found) })
}

pub async fn replay(webhook_id: String, delivery_id: String) -> Result<(), RpcError> {
    let asker = Asker::of_request()?;
    let (webhook, delivery) = (id(&webhook_id)?, id(&delivery_id)?);
    Ok(asker.service.replay_delivery(&asker.actor, &webhook, &delivery).await.map(drop)?)
}

fn row(delivery: Delivery) -> DeliveryRow {
    let last = delivery.last.as_ref();
    DeliveryRow {
        id: delivery.id.to_string(),
        topic: delivery.topic.clone(),
        state: delivery.state,
        tries: delivery.tries,
        created_at: delivery.created_at.0,
        next_try_at: (delivery.state == DeliveryState::Retrying).then_some(delivery.next_try_at.0),
        status: last.and_then(|last| last.status),
        duration: last.map(|last| last.duration),
        note: last.and_then(|last| last.note.clone()).unwrap_or_default(),
    }
}
