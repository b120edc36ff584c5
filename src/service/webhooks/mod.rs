//! Webhooks: endpoints are made, changed and stopped here; what is on its way to them is in [`deliveries`], what the
//! sender needs in [`sending`].

pub mod deliveries;
pub mod sending;
pub mod signature;
mod target;

pub use target::{Forbidden, address, literal_of};

use super::environments::named_or_own;
use super::secrets::new_token;
use super::{Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{EnvironmentId, SpaceId, WebhookId};
use crate::domain::webhook::filter::EventChoice;
use crate::domain::webhook::{Endpoint, EndpointState};
use crate::store::events::Sequence;
use crate::store::{Tx, events, new_id, now, spaces, webhooks};

/// Most characters of a name.
const LONGEST_NAME: usize = 200;

/// What a new endpoint is given.
#[derive(Debug, Clone, Default)]
pub struct NewEndpoint {
    /// In which environment; the caller's own when absent.
    pub environment_id: Option<EnvironmentId>,
    /// The one space that it hears of.
    pub space_id: Option<SpaceId>,
    /// What people call it.
    pub name: Option<String>,
    /// Where it is.
    pub url: String,
    /// What it hears of.
    pub choice: EventChoice,
}

/// What changes in an endpoint; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct EndpointChange {
    /// What people call it.
    pub name: Option<Option<String>>,
    /// Where it is.
    pub url: Option<String>,
    /// Names of topics, or patterns.
    pub topics: Option<Vec<String>>,
    /// The name of a job, or a pattern.
    pub job: Option<Option<String>>,
    /// Namespaces, or patterns.
    pub namespaces: Option<Vec<String>>,
    /// Whether events wait.
    pub paused: Option<bool>,
}

/// An endpoint with the secret that only its maker is shown, once.
#[derive(Debug, Clone, PartialEq)]
pub struct Revealed {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// `whsec_…`, with which its receiver checks signatures.
    pub secret: String,
}

impl Service {
    /// Makes an endpoint. It hears of what happens from now on.
    pub async fn create_webhook(&self, actor: &Actor, new: NewEndpoint) -> Result<Revealed> {
        allow(actor, managing(new.space_id.as_ref()))?;
        new.choice.check()?;
        let url = address(&new.url, self.settings.webhooks.reach)?;
        let mut tx = self.db.write().await?;
        let (account_id, environment_id) = match &new.space_id {
            Some(id) => {
                let space = spaces::find(&mut tx, &actor.scope, id).await?;
                let space = space.ok_or_else(|| ServiceError::not_found("space", id))?;
                (space.account_id, space.environment_id)
            }
            None => {
                let found = named_or_own(&mut tx, actor, new.environment_id).await?;
                (found.account_id, found.id)
            }
        };
        let moment = now();
        let mut endpoint = Endpoint {
            id: new_id(),
            account_id,
            environment_id,
            space_id: new.space_id,
            name: named(new.name)?,
            url,
            choice: new.choice,
            state: EndpointState::Active,
            reason: None,
            failing_since: None,
            hold_until: None,
            salt: new_token(""),
            previous_salt: None,
            position: 0,
            created_by: actor.id.clone(),
            created_at: moment,
            updated_at: moment,
        };
        endpoint.position = newest(&mut tx, &endpoint).await?;
        webhooks::insert(&mut tx, &endpoint).await?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(self.revealed(endpoint))
    }

    /// The endpoints of a space, or with none those of the environments that the actor sees, spaces' included.
    pub async fn webhooks(
        &self,
        actor: &Actor,
        environment: Option<&EnvironmentId>,
        space: Option<&SpaceId>,
        page: Page,
    ) -> Result<Paged<Endpoint>> {
        allow(actor, managing(space))?;
        if let Some(space) = space {
            self.space(actor, space).await?;
        }
        let mut tx = self.db.read().await?;
        let (items, total) =
            webhooks::list(&mut tx, &actor.scope, environment, space, true, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// The endpoints that hear of a whole environment.
    pub async fn webhooks_of_environment(
        &self,
        actor: &Actor,
        environment: &EnvironmentId,
        page: Page,
    ) -> Result<Paged<Endpoint>> {
        allow(actor, managing(None))?;
        self.environment(actor, environment).await?;
        let (mut tx, of) = (self.db.read().await?, Some(environment));
        let (items, total) =
            webhooks::list(&mut tx, &actor.scope, of, None, false, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// One endpoint.
    pub async fn webhook(&self, actor: &Actor, id: &WebhookId) -> Result<Endpoint> {
        let mut tx = self.db.read().await?;
        find(&mut tx, actor, id).await
    }

    /// Changes an endpoint.
    pub async fn update_webhook(
        &self,
        actor: &Actor,
        id: &WebhookId,
        change: EndpointChange,
    ) -> Result<Endpoint> {
        let mut tx = self.db.write().await?;
        let mut endpoint = find(&mut tx, actor, id).await?;
        if let Some(name) = change.name {
            endpoint.name = named(name)?;
        }
        if let Some(url) = change.url {
            endpoint.url = address(&url, self.settings.webhooks.reach)?;
        }
        endpoint.choice.topics = change.topics.unwrap_or(endpoint.choice.topics);
        endpoint.choice.job = change.job.unwrap_or(endpoint.choice.job);
        endpoint.choice.namespaces = change.namespaces.unwrap_or(endpoint.choice.namespaces);
        endpoint.choice.check()?;
        endpoint.state = match (change.paused, endpoint.state) {
            (Some(_), EndpointState::Disabled) => {
                return Err(ServiceError::conflict("this webhook is disabled; enable it first"));
            }
            (Some(true), _) => EndpointState::Paused,
            (Some(false), _) => EndpointState::Active,
            (None, state) => state,
        };
        self.save_webhook(tx, endpoint).await
    }

    /// Lets a paused or disabled endpoint go on. A paused one is sent what waited; a disabled one hears of what happens
    /// from now on, and of what was queued before.
    pub async fn enable_webhook(&self, actor: &Actor, id: &WebhookId) -> Result<Endpoint> {
        let mut tx = self.db.write().await?;
        let mut endpoint = find(&mut tx, actor, id).await?;
        if endpoint.state == EndpointState::Disabled {
            let place = newest(&mut tx, &endpoint).await?;
            webhooks::advance(&mut tx, id, endpoint.position, place).await?;
            endpoint.position = place;
        }
        endpoint.state = EndpointState::Active;
        endpoint.reason = None;
        endpoint.failing_since = None;
        endpoint.hold_until = None;
        self.save_webhook(tx, endpoint).await
    }

    /// Deletes an endpoint with its deliveries.
    pub async fn delete_webhook(&self, actor: &Actor, id: &WebhookId) -> Result<()> {
        let mut tx = self.db.write().await?;
        find(&mut tx, actor, id).await?;
        webhooks::delete(&mut tx, id, now()).await?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(())
    }

    /// Gives an endpoint another secret; the one before signs too for a day.
    pub async fn rotate_webhook_secret(&self, actor: &Actor, id: &WebhookId) -> Result<Revealed> {
        let mut tx = self.db.write().await?;
        let mut endpoint = find(&mut tx, actor, id).await?;
        let until = now().plus(self.settings.webhooks.schedule.keep_secret);
        endpoint.previous_salt = Some((std::mem::replace(&mut endpoint.salt, new_token("")), until));
        Ok(self.revealed(self.save_webhook(tx, endpoint).await?))
    }

    async fn save_webhook(&self, mut tx: Tx, mut endpoint: Endpoint) -> Result<Endpoint> {
        endpoint.updated_at = now();
        webhooks::update(&mut tx, &endpoint).await?;
        tx.commit().await?;
        self.webhooks_changed.notify_waiters();
        Ok(endpoint)
    }

    fn revealed(&self, endpoint: Endpoint) -> Revealed {
        let secret = signature::secret(&self.secrets.webhook_key(&endpoint.id, &endpoint.salt));
        Revealed { endpoint, secret }
    }
}

fn managing(space: Option<&SpaceId>) -> Operation {
    if space.is_some() { Operation::ManageWebhooks } else { Operation::ManageEnvironment }
}

/// The endpoint, when the actor may manage where it belongs.
async fn find(tx: &mut Tx, actor: &Actor, id: &WebhookId) -> Result<Endpoint> {
    allow(actor, Operation::ManageWebhooks)?;
    let endpoint = webhooks::find(tx, &actor.scope, id).await?;
    let endpoint = endpoint.ok_or_else(|| ServiceError::not_found("webhook", id))?;
    allow(actor, managing(endpoint.space_id.as_ref()))?;
    Ok(endpoint)
}

/// The place of the newest event that an endpoint could hear of.
async fn newest(tx: &mut Tx, endpoint: &Endpoint) -> Result<i64> {
    let of = match &endpoint.space_id {
        Some(space) => Sequence::Space(space.clone()),
        None => Sequence::Environment(endpoint.environment_id.clone()),
    };
    Ok(events::last_sequence(tx, &of).await?)
}

fn named(name: Option<String>) -> Result<Option<String>> {
    let name = name.map(|name| name.trim().to_string()).filter(|name| !name.is_empty());
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        let message = format!("name: a name has at most {LONGEST_NAME} characters");
        return Err(ServiceError::bad_request(message));
    }
    Ok(name)
}
