//! API keys of an environment: listed, made, revoked (section 2.2 of the contract).
//!
//! A key is stored hashed, and sealed for those who manage the environment: the contract shows it again.

use super::secrets::{hash_token, new_token};
use super::{Result, Service, ServiceError, allow, environments};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{AccountId, EnvironmentId, KeyId};
use crate::domain::tenant::{Environment, KeyKind};
use crate::domain::time::Timestamp;
use crate::store::keys::{self, KeyRow};
use crate::store::{Tx, new_id, now};

/// Most keys of an environment.
const MOST_KEYS: usize = 100;

/// A key as those see it who manage its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, by which it appears as an actor.
    pub id: KeyId,
    /// How far it opens its environment.
    pub kind: KeyKind,
    /// The account of the environment.
    pub account_id: AccountId,
    /// What it opens.
    pub environment_id: EnvironmentId,
    /// The key itself; nothing of one that was made before keys were kept sealed.
    pub text: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Service {
    /// The keys of an environment, the oldest first.
    ///
    /// # Errors
    /// When the actor does not see the environment, or may not manage it.
    pub async fn api_keys(&self, actor: &Actor, environment: &EnvironmentId) -> Result<Vec<ApiKey>> {
        let mut tx = self.db.read().await?;
        let environment = managed(&mut tx, actor, environment).await?;
        self.shown_keys(&mut tx, &environment).await
    }

    /// The publishable key of an environment: the newest, when there are several.
    ///
    /// # Errors
    /// As those of [`Self::api_keys`], and when there is none.
    pub async fn publishable_key(&self, actor: &Actor, environment: &EnvironmentId) -> Result<ApiKey> {
        let keys = self.api_keys(actor, environment).await?;
        keys.into_iter().rfind(|key| key.kind == KeyKind::Publishable).ok_or_else(|| {
            let message = "this environment has no publishable key; make one: POST /v1/auth/api-key with \
                           type=PUBLISHABLE";
            ServiceError::new(super::ErrorKind::NotFound, message)
        })
    }

    /// Makes a key; its id, and all keys of the environment with it.
    ///
    /// # Errors
    /// As those of [`Self::api_keys`], and when the environment has as many keys as it may have.
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        environment: &EnvironmentId,
        kind: KeyKind,
    ) -> Result<(KeyId, Vec<ApiKey>)> {
        let mut tx = self.db.write().await?;
        let environment = managed(&mut tx, actor, environment).await?;
        if keys::keys(&mut tx, &environment.id).await?.len() >= MOST_KEYS {
            let message =
                format!("an environment has {MOST_KEYS} keys at most; delete those that nobody uses");
            return Err(ServiceError::conflict(message));
        }
        let (id, _) = self.insert_key(&mut tx, &environment.id, kind).await?;
        let all = self.shown_keys(&mut tx, &environment).await?;
        tx.commit().await?;
        Ok((id, all))
    }

    /// Revokes the key of that id or text. On this server it opens nothing from then on, on others within a second.
    ///
    /// # Errors
    /// As those of [`Self::api_keys`], and when the environment has no such key.
    pub async fn delete_api_key(&self, actor: &Actor, environment: &EnvironmentId, key: &str) -> Result<()> {
        let mut tx = self.db.write().await?;
        let environment = managed(&mut tx, actor, environment).await?;
        let shown = hash_token(key);
        let all = keys::keys(&mut tx, &environment.id).await?;
        let is_it = |row: &KeyRow| row.id.to_string() == key || row.hash == shown;
        let found = all.into_iter().find(is_it);
        // A text that is no id is a key, and a key is not said again.
        let name = if key.starts_with("us_") { key } else { "…" };
        let found = found.ok_or_else(|| ServiceError::not_found("key", name))?;
        keys::delete_key(&mut tx, &found.id, now()).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a key within a transaction; gives its id and its text.
    pub(super) async fn insert_key(
        &self,
        tx: &mut Tx,
        environment: &EnvironmentId,
        kind: KeyKind,
    ) -> Result<(KeyId, String)> {
        let prefix = match kind {
            KeyKind::Secret => "sk_",
            KeyKind::Publishable => "pk_",
        };
        let (id, text) = (new_id::<KeyId>(), new_token(prefix));
        let row = KeyRow {
            sealed: Some(self.secrets.seal(&purpose(&id), &text)?),
            id: id.clone(),
            environment_id: environment.clone(),
            kind,
            hash: hash_token(&text).to_vec(),
            created_at: now(),
            last_used_at: None,
        };
        keys::insert_key(tx, &row).await?;
        Ok((id, text))
    }

    async fn shown_keys(&self, tx: &mut Tx, environment: &Environment) -> Result<Vec<ApiKey>> {
        let rows = keys::keys(tx, &environment.id).await?;
        let shown = |row: KeyRow| ApiKey {
            text: row.sealed.and_then(|sealed| self.secrets.open(&purpose(&row.id), &sealed)),
            id: row.id,
            kind: row.kind,
            account_id: environment.account_id.clone(),
            environment_id: row.environment_id,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        };
        Ok(rows.into_iter().map(shown).collect())
    }
}

/// What the text of a key is sealed for.
fn purpose(id: &KeyId) -> String {
    format!("api key {id}")
}

/// The environment, when the actor may manage it.
async fn managed(tx: &mut Tx, actor: &Actor, id: &EnvironmentId) -> Result<Environment> {
    allow(actor, Operation::ManageEnvironment)?;
    environments::find(tx, actor, id).await
}
