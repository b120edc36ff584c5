//! Tokens of people: personal access tokens, and the secrets of clients, which are exchanged for tokens that do not
//! last (section 2.2 of the contract). A token does what its person may do, and ends with them.

use super::secrets::{hash_token, new_token};
use super::{ErrorKind, Page, Paged, Result, Service, ServiceError, allow};
use crate::domain::access::{Actor, Operation};
use crate::domain::ids::{AccessTokenId, Id, UserId};
use crate::domain::tenant::{AccessToken, AccessTokenKind};
use crate::store::{Tx, access_tokens, new_id, now};

/// With what a personal access token begins.
pub(super) const PERSONAL: &str = "pat_";
/// With what the secret of a client begins.
const CLIENT: &str = "cs_";
/// Most characters of a name.
const LONGEST_NAME: usize = 200;
/// Most tokens of a kind that a person has.
const MOST_TOKENS: u64 = 100;

impl Service {
    /// The actor's own tokens of that kind, the oldest first.
    ///
    /// # Errors
    /// When the actor is no person.
    pub async fn access_tokens(
        &self,
        actor: &Actor,
        kind: AccessTokenKind,
        page: Page,
    ) -> Result<Paged<AccessToken>> {
        allow(actor, Operation::OwnTokens)?;
        let mut tx = self.db.read().await?;
        let user = own_user(&mut tx, actor).await?;
        let (items, total) = access_tokens::list(&mut tx, &user, kind, page.offset(), page.size).await?;
        Ok(Paged { items, total })
    }

    /// Makes a token of the actor's own; its text, which is told this once, and what is kept of it.
    ///
    /// # Errors
    /// When the actor is no person, or acts by a personal access token: one that was stolen must not live on in others.
    pub async fn create_access_token(
        &self,
        actor: &Actor,
        kind: AccessTokenKind,
        name: &str,
    ) -> Result<(String, AccessToken)> {
        allow(actor, Operation::OwnTokens)?;
        let Ok(user_id) = UserId::parse(&actor.id) else {
            let message =
                "a token makes no other tokens; sign in, or ask with what POST /v1/auth gave for a password";
            return Err(ServiceError::new(ErrorKind::Forbidden, message));
        };
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            let message = format!("name: a token has a name of {LONGEST_NAME} characters at most");
            return Err(ServiceError::bad_request(message));
        }
        let token = AccessToken {
            id: new_id(),
            user_id,
            kind,
            name: name.to_string(),
            created_at: now(),
            last_used_at: None,
        };
        let text = new_token(match kind {
            AccessTokenKind::Personal => PERSONAL,
            AccessTokenKind::Client => CLIENT,
        });
        let mut tx = self.db.write().await?;
        let (_, total) = access_tokens::list(&mut tx, &token.user_id, kind, 0, 1).await?;
        if total >= MOST_TOKENS {
            let message =
                format!("a person has {MOST_TOKENS} tokens at most; delete those that nothing uses");
            return Err(ServiceError::conflict(message));
        }
        access_tokens::insert(&mut tx, &token, &hash_token(&text)).await?;
        tx.commit().await?;
        Ok((text, token))
    }

    /// Revokes a token of the actor's own, of either kind, and what it was exchanged for.
    ///
    /// # Errors
    /// When the actor is no person, or has no such token.
    pub async fn delete_access_token(&self, actor: &Actor, id: &AccessTokenId) -> Result<()> {
        allow(actor, Operation::OwnTokens)?;
        let mut tx = self.db.write().await?;
        let user = own_user(&mut tx, actor).await?;
        let found = access_tokens::find(&mut tx, id).await?.filter(|token| token.user_id == user);
        found.ok_or_else(|| ServiceError::not_found("personal access token", id))?;
        access_tokens::delete(&mut tx, id, now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses whoever is not that person: tokens are nobody else's, not even an admin's.
    ///
    /// # Errors
    /// When the actor is no person, or another one.
    pub async fn expect_self(&self, actor: &Actor, user: &UserId) -> Result<()> {
        allow(actor, Operation::OwnTokens)?;
        let mut tx = self.db.read().await?;
        if own_user(&mut tx, actor).await? == *user {
            return Ok(());
        }
        Err(ServiceError::not_found("user of yours", user))
    }
}

/// The person behind an actor: themselves, or by a token of theirs.
pub(super) async fn own_user(tx: &mut Tx, actor: &Actor) -> Result<UserId> {
    if let Ok(user) = UserId::parse(&actor.id) {
        return Ok(user);
    }
    let token = match AccessTokenId::parse(&actor.id) {
        Ok(id) => access_tokens::find(tx, &id).await?,
        Err(_) => None,
    };
    let nobody = || ServiceError::new(ErrorKind::Forbidden, format!("{} is no person", actor.role.words()));
    token.map(|token| token.user_id).ok_or_else(nobody)
}
