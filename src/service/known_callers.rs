//! Who was asked for a moment ago: a page of the grid that scrolls asks many times a second with the
//! same cookie, and the answer need not come from the database each time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For how long an answer holds. A change of rights on another server is effective after it.
const HOLDS: Duration = Duration::from_millis(900);
/// Answers that are remembered before those that no longer hold are swept out.
const REMEMBERED: usize = 1024;

/// The hash of a session's cookie or of a key.
type Hash = [u8; 32];

/// Answers of a moment ago by the hash of what was shown.
pub(super) struct KnownCallers<T> {
    known: Mutex<Known<T>>,
}

struct Known<T> {
    by_hash: HashMap<Hash, (Instant, T)>,
    /// Moves when something is forgotten, so that an answer from before is not remembered after it.
    era: u64,
}

impl<T: Clone> KnownCallers<T> {
    pub(super) fn new() -> Self {
        Self { known: Mutex::new(Known { by_hash: HashMap::new(), era: 0 }) }
    }

    fn known(&self) -> MutexGuard<'_, Known<T>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer that still holds, or the era to give to [`Self::remember`] with what the database says.
    pub(super) fn get(&self, hash: &Hash) -> Result<T, u64> {
        let known = self.known();
        match known.by_hash.get(hash) {
            Some((since, caller)) if since.elapsed() < HOLDS => Ok(caller.clone()),
            _ => Err(known.era),
        }
    }

    /// Keeps what the database said, unless something was forgotten since `era`.
    pub(super) fn remember(&self, era: u64, hash: Hash, caller: &T) {
        let mut known = self.known();
        if known.era != era {
            return;
        }
        if known.by_hash.len() >= REMEMBERED {
            known.by_hash.retain(|_, (since, _)| since.elapsed() < HOLDS);
        }
        known.by_hash.insert(hash, (Instant::now(), caller.clone()));
    }

    /// Forgets one answer at once.
    pub(super) fn forget(&self, hash: &Hash) {
        let mut known = self.known();
        known.era += 1;
        known.by_hash.remove(hash);
    }

    /// Forgets all answers at once: what somebody may do has changed.
    pub(super) fn forget_all(&self) {
        let mut known = self.known();
        known.era += 1;
        known.by_hash.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_it_is_forgotten() {
        let callers = KnownCallers::new();
        let era = callers.get(&[1; 32]).unwrap_err();
        callers.remember(era, [1; 32], &"Ann");
        assert_eq!(callers.get(&[1; 32]), Ok("Ann"));
        callers.forget(&[1; 32]);
        assert!(callers.get(&[1; 32]).is_err());
    }

    #[test]
    fn an_answer_from_before_is_not_remembered_after() {
        let callers = KnownCallers::new();
        let era = callers.get(&[1; 32]).unwrap_err();
        callers.forget(&[1; 32]);
        callers.remember(era, [1; 32], &"Ann");
        assert!(callers.get(&[1; 32]).is_err());
        let era = callers.get(&[1; 32]).unwrap_err();
        callers.forget_all();
        callers.remember(era, [1; 32], &"Ann");
        assert!(callers.get(&[1; 32]).is_err());
    }
}
