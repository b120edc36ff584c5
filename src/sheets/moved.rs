//! Which sheets were written to: a set that one reader empties now and then.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// The numbers of sheets that were written to since they were last taken.
#[derive(Debug, Default)]
pub struct Moved {
    numbers: Mutex<BTreeSet<i64>>,
    news: Notify,
}

impl Moved {
    /// A sheet has a new version that readers see.
    pub(super) fn add(&self, number: i64) {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
        self.news.notify_one();
    }

    /// Waits until there are some, and takes them all.
    pub async fn take(&self) -> BTreeSet<i64> {
        loop {
            let taken = std::mem::take(&mut *self.numbers.lock().unwrap_or_else(PoisonError::into_inner));
            if !taken.is_empty() {
                return taken;
            }
            self.news.notified().await;
        }
    }
}
