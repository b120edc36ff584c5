//! What somebody may do is remembered for a moment outside; a commit that changes it moves a number, by which whoever
//! remembers knows that it holds no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often commits of this server changed what somebody may do; clones share the number.
#[derive(Debug, Clone, Default)]
pub struct Rights(Arc<AtomicU64>);

impl Rights {
    /// The number of now. Take it before you ask the database: what it says holds while the number stays.
    pub fn era(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// What somebody may do has changed.
    pub fn changed(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}
