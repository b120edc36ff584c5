//! When keys, tokens and sessions were last used: gathered here and written down together once a minute, so that no
//! request waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::authentication::{LONGEST_SESSION, SESSION_LIFE};
use super::{Result, Service};
use crate::domain::ids::{AccessTokenId, KeyId, UserId};
use crate::domain::time::Timestamp;
use crate::store::{access_tokens, keys, now, one_time_links, sessions, users};

/// What was used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Used {
    /// A key of an environment.
    Key(KeyId),
    /// A token of a person.
    AccessToken(AccessTokenId),
    /// The session of a browser, by its hash: it goes on.
    Session([u8; 32]),
    /// A person was here.
    User(UserId),
}

/// A session's end is not moved by less, in milliseconds.
const PROLONGED_BY: i64 = 600_000;

/// What was used since it was last written down, and when.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<HashMap<Used, Timestamp>>);

impl Uses {
    /// Notes that something is used now.
    pub(super) fn note(&self, used: Used) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(used, now());
    }

    fn take(&self) -> HashMap<Used, Timestamp> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Service {
    /// Writes down what was used since the last time.
    pub async fn write_uses(&self) -> Result<()> {
        let uses = self.uses.take();
        if uses.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        for (used, at) in uses {
            match used {
                Used::Key(id) => keys::key_used(&mut tx, &id, at).await?,
                Used::AccessToken(id) => access_tokens::used(&mut tx, &id, at).await?,
                Used::User(id) => users::seen(&mut tx, &id, at).await?,
                Used::Session(hash) => {
                    let until = at.plus(SESSION_LIFE);
                    sessions::prolong_session(&mut tx, &hash, until, PROLONGED_BY, LONGEST_SESSION).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }

    /// Forgets the sessions and the links that have ended by themselves.
    pub async fn forget_sessions(&self) -> Result<()> {
        let mut tx = self.db.write().await?;
        one_time_links::delete_ended(&mut tx, now()).await?;
        sessions::delete_ended_sessions(&mut tx, now()).await?;
        Ok(tx.commit().await?)
    }
}
