//! Who was asked for a moment ago: a page of the grid that scrolls asks many times a second with the
//! same cookie, and the answer need not come from the database each time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::Rights;

/// For how long an answer holds. A change of rights on another server is effective after it.
const HOLDS: Duration = Duration::from_millis(900);
/// Answers that are remembered before those that no longer hold are swept out.
const REMEMBERED: usize = 1024;

/// The hash of a session's cookie or of a key.
type Hash = [u8; 32];

/// Answers of a moment ago by the hash of what was shown. All of them are forgotten by each commit of this server that
/// changes what somebody may do.
pub(super) struct KnownCallers<T> {
    by_hash: Mutex<HashMap<Hash, Known<T>>>,
    rights: Rights,
}

struct Known<T> {
    caller: T,
    since: Instant,
    /// When the database was asked, so that an answer from before a change does not hold after it.
    era: u64,
}

impl<T> Known<T> {
    fn holds(&self, era: u64) -> bool {
        self.era == era && self.since.elapsed() < HOLDS
    }
}

impl<T: Clone> KnownCallers<T> {
    pub(super) fn new(rights: &Rights) -> Self {
        Self { by_hash: Mutex::default(), rights: rights.clone() }
    }

    fn by_hash(&self) -> MutexGuard<'_, HashMap<Hash, Known<T>>> {
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer that still holds, or the era to give to [`Self::remember`] with what the database says.
    pub(super) fn get(&self, hash: &Hash) -> Result<T, u64> {
        let era = self.rights.era();
        let known = self.by_hash();
        known.get(hash).filter(|known| known.holds(era)).map(|known| known.caller.clone()).ok_or(era)
    }

    /// Keeps what the database said. It holds unless rights changed since `era`.
    pub(super) fn remember(&self, era: u64, hash: Hash, caller: &T) {
        let mut known = self.by_hash();
        if known.len() >= REMEMBERED {
            let now = self.rights.era();
            known.retain(|_, known| known.holds(now));
        }
        known.insert(hash, Known { caller: caller.clone(), since: Instant::now(), era });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_rights_change() {
        let rights = Rights::default();
        let callers = KnownCallers::new(&rights);
        let era = callers.get(&[1; 32]).unwrap_err();
        callers.remember(era, [1; 32], &"Ann");
        assert_eq!(callers.get(&[1; 32]), Ok("Ann"));
        rights.changed();
        assert!(callers.get(&[1; 32]).is_err());
    }

    #[test]
    fn an_answer_from_before_does_not_hold_after() {
        let rights = Rights::default();
        let callers = KnownCallers::new(&rights);
        let era = callers.get(&[1; 32]).unwrap_err();
        rights.changed();
        callers.remember(era, [1; 32], &"Ann");
        assert!(callers.get(&[1; 32]).is_err());
    }
}
