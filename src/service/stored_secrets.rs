//! Named secrets of environments, spaces and actors (section 2.14 of the wire contract): programs read them in plain
//! text; people who manage them see their names.

use serde_json::json;

use super::announce::object;
use super::environments::named_or_own;
use super::{Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::event::{NewEvent, Topic};
use crate::domain::ids::{AccountId, EnvironmentId, SecretId, SpaceId};
use crate::domain::secret::{self, Secret};
use crate::domain::space::Space;
use crate::store::{Tx, new_id, now, secrets, spaces};

/// Where secrets are looked for, or where one is to hold.
#[derive(Debug, Clone, Default)]
pub struct SecretPlace {
    /// The environment; the space's, or the caller's own, when absent.
    pub environment_id: Option<EnvironmentId>,
    /// One space of it.
    pub space_id: Option<SpaceId>,
    /// One actor.
    pub actor_id: Option<String>,
}

/// A secret and what may be shown of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSecret {
    /// The secret.
    pub secret: Secret,
    /// The value in plain text; empty for those who may not read it.
    pub value: String,
}

struct Found {
    account_id: AccountId,
    environment_id: EnvironmentId,
    space: Option<Space>,
    actor_id: Option<String>,
}

impl Service {
    /// The secrets that hold at a place, one of each name: a space's come before the environment's, an actor's before
    /// both. Their values are shown to those who may read secrets.
    pub async fn stored_secrets(&self, actor: &Actor, place: SecretPlace) -> Result<Vec<ShownSecret>> {
        if !actor.may(Operation::ReadSecrets) {
            allow(actor, Operation::ManageSecrets)?;
        }
        let mut tx = self.db.read().await?;
        let found = find(&mut tx, actor, place).await?;
        let kept = holding(&mut tx, &found).await?;
        drop(tx);
        self.shown(actor, kept)
    }

    /// Keeps a secret at a place, or another value of the one that has the name there; what holds there then.
    pub async fn store_secret(
        &self,
        actor: &Actor,
        place: SecretPlace,
        name: String,
        value: &str,
    ) -> Result<Vec<ShownSecret>> {
        allow(actor, Operation::ManageSecrets)?;
        secret::check(&name, value, place.actor_id.as_deref())?;
        let mut tx = self.db.write().await?;
        let found = find(&mut tx, actor, place).await?;
        let mut secret = Secret {
            id: new_id(),
            account_id: found.account_id.clone(),
            environment_id: found.environment_id.clone(),
            space_id: found.space.as_ref().map(|space| space.id.clone()),
            actor_id: found.actor_id.clone(),
            name,
            sealed: Vec::new(),
        };
        secret.sealed = self.secrets.seal(&secret.purpose(), value)?;
        let kept = secrets::keep(&mut tx, &secret, now()).await?;
        let topic = if kept == secret.id { Topic::SecretCreated } else { Topic::SecretUpdated };
        secret.id = kept;
        tx.emit(event(topic, actor, &secret, found.space.as_ref()));
        let kept = holding(&mut tx, &found).await?;
        tx.commit().await?;
        self.shown(actor, kept)
    }

    /// Deletes a secret; what holds at its place then.
    pub async fn delete_secret(&self, actor: &Actor, id: &SecretId) -> Result<Vec<ShownSecret>> {
        allow(actor, Operation::ManageSecrets)?;
        let mut tx = self.db.write().await?;
        let secret = secrets::find(&mut tx, &actor.scope, id).await?;
        let secret = secret.ok_or_else(|| ServiceError::not_found("secret", id))?;
        secrets::delete(&mut tx, id).await?;
        let place = SecretPlace {
            environment_id: Some(secret.environment_id.clone()),
            space_id: secret.space_id.clone(),
            actor_id: secret.actor_id.clone(),
        };
        let found = find(&mut tx, actor, place).await?;
        tx.emit(event(Topic::SecretDeleted, actor, &secret, found.space.as_ref()));
        let kept = holding(&mut tx, &found).await?;
        tx.commit().await?;
        self.shown(actor, kept)
    }

    fn shown(&self, actor: &Actor, secrets: Vec<Secret>) -> Result<Vec<ShownSecret>> {
        let open = |secret: Secret| {
            let value = match actor.may(Operation::ReadSecrets) {
                true => self.secrets.open(&secret.purpose(), &secret.sealed).ok_or_else(|| {
                    let name = &secret.name;
                    ServiceError::conflict(format!(
                        "the secret `{name}` was sealed with another key of the server; store it anew"
                    ))
                })?,
                false => String::new(),
            };
            Ok(ShownSecret { secret, value })
        };
        secrets.into_iter().map(open).collect()
    }
}

/// The place as the actor sees it.
async fn find(tx: &mut Tx, actor: &Actor, place: SecretPlace) -> Result<Found> {
    let Some(id) = &place.space_id else {
        let environment = named_or_own(tx, actor, place.environment_id).await?;
        let (account_id, environment_id) = (environment.account_id, environment.id);
        return Ok(Found { account_id, environment_id, space: None, actor_id: place.actor_id });
    };
    let space = spaces::find(tx, &actor.scope, id).await?;
    let lies_there =
        |space: &Space| place.environment_id.as_ref().is_none_or(|id| *id == space.environment_id);
    let space = space.filter(lies_there).ok_or_else(|| ServiceError::not_found("space", id))?;
    Ok(Found {
        account_id: space.account_id.clone(),
        environment_id: space.environment_id.clone(),
        space: Some(space),
        actor_id: place.actor_id,
    })
}

async fn holding(tx: &mut Tx, found: &Found) -> Result<Vec<Secret>> {
    let space = found.space.as_ref().map(|space| &space.id);
    let all = secrets::holding(tx, &found.environment_id, space, found.actor_id.as_deref()).await?;
    Ok(secret::closest(all))
}

fn event(topic: Topic, actor: &Actor, secret: &Secret, space: Option<&Space>) -> NewEvent {
    NewEvent {
        topic,
        environment_id: secret.environment_id.clone(),
        space_id: secret.space_id.clone(),
        context: object(json!({ "actorId": actor.id })),
        payload: object(json!({
            "secretId": secret.id, "spaceId": secret.space_id, "environmentId": secret.environment_id,
        })),
        data_path: None,
        namespaces: space.map(|space| space.whereabouts().namespaces()).unwrap_or_default(),
    }
}
