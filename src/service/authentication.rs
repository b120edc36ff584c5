//! Who asks: keys and tokens of programs, sessions of people.

use std::net::IpAddr;
use std::time::Instant;

use super::secrets::{hash_token, new_token, password_fits};
use super::uses::Used;
use super::{ErrorKind, Result, Service, ServiceError};
use crate::domain::access::{Actor, Role, Scope};
use crate::domain::ids::{AccessTokenId, AgentId, Id};
use crate::domain::tenant::{User, UserRole};
use crate::domain::time::Timestamp;
use crate::store::sessions::SessionRow;
use crate::store::{Tx, accounts, now, sessions};

/// How long a session lasts without use.
pub(super) const SESSION_LIFE: i64 = 12 * 3600 * 1000;
/// How long it lasts, however often it is used.
pub(super) const LONGEST_SESSION: i64 = 30 * 24 * 3600 * 1000;

/// A session that was just begun.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The secret for the cookie; only its hash is stored.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub user: User,
}

impl Service {
    /// The actor behind a bearer token: a key, a token of a person, or one that opens one space or stands for an agent.
    pub async fn actor_of_bearer(&self, token: &str) -> Result<Actor> {
        let unknown = || {
            let message = "this key or token is not known; see data/keys.env, or sign in for a new one";
            ServiceError::new(ErrorKind::Unauthorized, message)
        };
        let hash = hash_token(token);
        let era = match self.keys.get(&hash) {
            Ok(known) => return Ok(known),
            Err(era) => era,
        };
        if let Some(actor) = self.actor_of_space_token(token).await? {
            return Ok(actor);
        }
        if let Some((actor, _)) = self.visitor(token).await? {
            return Ok(actor);
        }
        let mut tx = self.db.read().await?;
        if let Some(id) = self.secrets.verify("agent", token, now()) {
            let agent = super::agents::roles::actor_of(&mut tx, &AgentId::parse(&id)?).await?;
            return agent.ok_or_else(unknown);
        }
        let actor = self.actor_of_stored(&mut tx, token, &hash).await?.ok_or_else(unknown)?;
        self.keys.remember(era, hash, &actor);
        Ok(actor)
    }

    /// The person behind a session's cookie; nothing when the session has ended.
    pub async fn actor_of_session(&self, token: &str) -> Result<Option<(Actor, User)>> {
        let hash = hash_token(token);
        let era = match self.sessions.get(&hash) {
            Ok(known) => return Ok(Some(known)),
            Err(era) => era,
        };
        let mut tx = self.db.read().await?;
        let user = sessions::session_user(&mut tx, &hash, now()).await?;
        let known = user.map(|user| (actor_of_user(&user), user));
        if let Some(known) = &known {
            self.uses.note(Used::Session(hash));
            self.uses.note(Used::User(known.1.id.clone()));
            self.sessions.remember(era, hash, known);
        }
        Ok(known)
    }

    /// Begins a session for a person who knows the password. Whether there is such a person cannot be told from the
    /// words or the time of the answer.
    ///
    /// # Errors
    /// When the address or the password is not right, or was tried too often: for that name, or from that address.
    pub async fn sign_in(&self, email: &str, password: &str, from: Option<IpAddr>) -> Result<NewSession> {
        let tried = self.tries.begin(email, from, Instant::now())?;
        let mut tx = self.db.read().await?;
        let found = accounts::user_by_email(&mut tx, email).await?;
        drop(tx);
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let fits = self.hashing(password, move |password| password_fits(&password, hash.as_deref())).await?;
        let Some(user) = user.filter(|_| fits) else {
            let message = "the e-mail address or the password is not right";
            return Err(ServiceError::new(ErrorKind::Unauthorized, message));
        };
        self.tries.succeeded(tried, Instant::now());
        self.begin_session(user, None).await
    }

    /// Does slow work with a password on a thread where nobody waits; few at a time.
    pub(super) async fn hashing<R: Send + 'static>(
        &self,
        password: &str,
        work: impl FnOnce(String) -> R + Send + 'static,
    ) -> Result<R> {
        let _permit = self.hashers.acquire().await.map_err(ServiceError::internal)?;
        let password = password.to_string();
        tokio::task::spawn_blocking(move || work(password)).await.map_err(ServiceError::internal)
    }

    /// Begins a session for the first admin, without a password: for browsers on the server's own machine.
    pub async fn sign_in_local(&self) -> Result<NewSession> {
        let mut tx = self.db.read().await?;
        let user = accounts::first_admin(&mut tx).await?;
        drop(tx);
        let user = user.ok_or_else(|| ServiceError::internal("there is no admin yet"))?;
        self.begin_session(user, None).await
    }

    /// Begins a session: of a person, or of a client of theirs, with which it ends.
    pub(super) async fn begin_session(
        &self,
        user: User,
        client: Option<AccessTokenId>,
    ) -> Result<NewSession> {
        let mut tx = self.db.write().await?;
        let session = self.add_session(&mut tx, user, client, now()).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// The same within a transaction, as of when the person signed in.
    pub(super) async fn add_session(
        &self,
        tx: &mut Tx,
        user: User,
        client: Option<AccessTokenId>,
        created_at: Timestamp,
    ) -> Result<NewSession> {
        let token = new_token("");
        let expires_at = now().plus(SESSION_LIFE).min(created_at.plus(LONGEST_SESSION));
        let session = SessionRow { user_id: user.id.clone(), client, created_at, expires_at };
        sessions::insert_session(tx, &hash_token(&token), &session).await?;
        Ok(NewSession { token, expires_at, user })
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let mut tx = self.db.write().await?;
        sessions::delete_session(&mut tx, &hash_token(token)).await?;
        Ok(tx.commit().await?)
    }
}

/// What a signed-in person may do: what their role allows, in the account or the part of it that they have it for.
pub fn actor_of_user(user: &User) -> Actor {
    let role = match user.role {
        UserRole::Admin => Role::Admin,
        UserRole::Member => Role::Member,
    };
    let scope = Scope {
        account_id: user.account_id.clone(),
        environment_id: user.environment_id.clone(),
        space_id: user.space_id.clone(),
        granted_to: None,
        workbook_roles: Vec::new(),
    };
    Actor { id: user.id.to_string(), role, scope }
}
