//! When keys, tokens and sessions were last used: gathered here and written down together once a minute, so that no
//! request waits for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Result, Service};
use crate::domain::ids::{AccessTokenId, KeyId};
use crate::domain::time::Timestamp;
use crate::store::{access_tokens, keys, now};

/// What was used.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Used {
    /// A key of an environment.
    Key(KeyId),
    /// A token of a person.
    AccessToken(AccessTokenId),
}

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
            }
        }
        Ok(tx.commit().await?)
    }
}
