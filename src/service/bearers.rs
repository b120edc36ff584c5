//! Bearer tokens: whose they are, and what they are exchanged for (sections 1.2 and 2.2 of the contract).
//!
//! An access token that `POST /v1/auth` gives is a session: it is kept hashed, ends after half a day and ends at once
//! with its person, or with the client whose secret it was exchanged for.

use std::net::IpAddr;
use std::time::Instant;

use super::access_tokens::PERSONAL;
use super::authentication::actor_of_user;
use super::secrets::{SPACE_TOKEN_LIFE, hash_token};
use super::uses::Used;
use super::{ErrorKind, Result, Service, ServiceError};
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::ids::{AccessTokenId, Id};
use crate::domain::tenant::{AccessTokenKind, KeyKind, User};
use crate::domain::time::Timestamp;
use crate::store::keys::KnownKey;
use crate::store::{Tx, access_tokens, keys, now, sessions};

/// With what somebody asks for an access token.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// As a person signs in.
    User {
        /// The address.
        email: String,
        /// The password.
        password: String,
    },
    /// A client of a person.
    Client {
        /// Its id.
        id: String,
        /// Its secret.
        secret: String,
    },
}

/// A token that opens something for a while.
#[derive(Debug, Clone)]
pub struct AccessGrant {
    /// The token.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who acts by it; nobody by the token of a space.
    pub user: Option<User>,
}

impl Service {
    /// Exchanges credentials for an access token.
    ///
    /// # Errors
    /// When they are not right, which the message says of all of them; or when they were tried too often.
    pub async fn exchange_credentials(
        &self,
        credentials: Credentials,
        from: Option<IpAddr>,
    ) -> Result<AccessGrant> {
        let session = match credentials {
            Credentials::User { email, password } => self.sign_in(&email, &password, from).await?,
            Credentials::Client { id, secret } => {
                let tried = self.tries.begin(&id, from, Instant::now())?;
                let hash = hash_token(&secret);
                let mut tx = self.db.read().await?;
                let found = access_tokens::by_hash(&mut tx, AccessTokenKind::Client, &hash).await?;
                drop(tx);
                let refused =
                    || ServiceError::new(ErrorKind::Unauthorized, "the client id or the secret is not right");
                let (client, user) = found.filter(|(client, _)| client.as_str() == id).ok_or_else(refused)?;
                self.tries.succeeded(tried, Instant::now());
                self.uses.note(Used::AccessToken(client.clone()));
                self.begin_session(user, Some(client)).await?
            }
        };
        Ok(AccessGrant { token: session.token, expires_at: session.expires_at, user: Some(session.user) })
    }

    /// Gives another token for one that opens what it opens still: an access token, which ends by it, or the token of
    /// a space.
    ///
    /// # Errors
    /// When the token opens nothing, or is of a kind that does not end by itself.
    pub async fn refresh_token(&self, token: &str) -> Result<AccessGrant> {
        let hash = hash_token(token);
        let mut tx = self.db.write().await?;
        if let Some(user) = sessions::session_user(&mut tx, &hash, now()).await?
            && let Some(before) = sessions::session(&mut tx, &hash).await?
        {
            sessions::delete_session(&mut tx, &hash).await?;
            let session = self.add_session(&mut tx, user, before.client, before.created_at).await?;
            tx.commit().await?;
            return Ok(AccessGrant {
                token: session.token,
                expires_at: session.expires_at,
                user: Some(session.user),
            });
        }
        drop(tx);
        let actor = self.actor_of_bearer(token).await?;
        let (Role::Embed, Some(space)) = (actor.role, &actor.scope.space_id) else {
            let message = "only what POST /v1/auth gave and tokens of spaces are refreshed; this one does not end by itself";
            return Err(ServiceError::bad_request(message));
        };
        let space = self.space(&actor, space).await?;
        let expires_at = now().plus(SPACE_TOKEN_LIFE.as_millis() as i64);
        Ok(AccessGrant { token: self.space_token(&actor, &space), expires_at, user: None })
    }

    /// The actor behind a token whose hash is kept: a key, a personal access token or an access token.
    pub(super) async fn actor_of_stored(
        &self,
        tx: &mut Tx,
        token: &str,
        hash: &[u8],
    ) -> Result<Option<Actor>> {
        if token.starts_with(PERSONAL) {
            let found = access_tokens::by_hash(tx, AccessTokenKind::Personal, hash).await?;
            return Ok(found.map(|(id, user)| {
                self.uses.note(Used::AccessToken(id.clone()));
                self.uses.note(Used::User(user.id.clone()));
                by_token(&user, Some(id))
            }));
        }
        if let Some(key) = keys::by_hash(tx, hash).await? {
            self.uses.note(Used::Key(key.id.clone()));
            return Ok(Some(key.into()));
        }
        let Some(user) = sessions::session_user(tx, hash, now()).await? else { return Ok(None) };
        let session = sessions::session(tx, hash).await?;
        self.uses.note(Used::User(user.id.clone()));
        Ok(Some(by_token(&user, session.and_then(|session| session.client))))
    }
}

impl From<KnownKey> for Actor {
    fn from(key: KnownKey) -> Self {
        let role = match key.kind {
            KeyKind::Secret => Role::SecretKey,
            KeyKind::Publishable => Role::PublishableKey,
        };
        Self { id: key.id.to_string(), role, scope: Scope::environment(key.account_id, key.environment_id) }
    }
}

/// A person, who acts by a token of theirs.
fn by_token(user: &User, token: Option<AccessTokenId>) -> Actor {
    let actor = actor_of_user(user);
    match token {
        Some(token) => Actor { id: token.to_string(), ..actor },
        None => actor,
    }
}
