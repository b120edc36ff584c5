//! Decoded chunks by their id, within a budget of bytes; the least recently used goes first.
//!
//! A chunk never changes and its id is never used again, so the cache is never wrong.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::chunk::Chunk;

/// The cache; shared by all sheets.
#[derive(Debug)]
pub(super) struct ChunkCache {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    entries: HashMap<i64, Entry>,
    /// Uses in order; a use that is not the last of its chunk counts for nothing.
    uses: VecDeque<(i64, u64)>,
    clock: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    chunk: Arc<Chunk>,
    bytes: usize,
    used: u64,
}

impl ChunkCache {
    /// A cache that holds at most so many bytes.
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, state: Mutex::default() }
    }

    pub(super) fn get(&self, id: i64) -> Option<Arc<Chunk>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let clock = state.clock;
        let entry = state.entries.get_mut(&id)?;
        entry.used = clock;
        let chunk = entry.chunk.clone();
        state.uses.push_back((id, clock));
        state.forget_old_uses();
        Some(chunk)
    }

    pub(super) fn put(&self, id: i64, chunk: Arc<Chunk>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let (used, bytes) = (state.clock, chunk.memory());
        if let Some(before) = state.entries.insert(id, Entry { chunk, bytes, used }) {
            state.bytes -= before.bytes;
        }
        state.bytes += bytes;
        state.uses.push_back((id, used));
        state.shrink(self.budget);
    }

    /// Forgets everything.
    #[cfg(test)]
    pub(super) fn clear(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

impl State {
    fn shrink(&mut self, budget: usize) {
        while self.bytes > budget {
            let Some((id, used)) = self.uses.pop_front() else { return };
            if self.entries.get(&id).is_some_and(|entry| entry.used == used)
                && let Some(entry) = self.entries.remove(&id)
            {
                self.bytes -= entry.bytes;
            }
        }
        self.forget_old_uses();
    }

    fn forget_old_uses(&mut self) {
        if self.uses.len() > self.entries.len() * 4 + 1024 {
            let entries = &self.entries;
            self.uses.retain(|(id, used)| entries.get(id).is_some_and(|entry| entry.used == *used));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::RecordNumber;

    fn chunk() -> Arc<Chunk> {
        Arc::new(Chunk::Numbers(vec![RecordNumber(1); 100]))
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let cache = ChunkCache::new(chunk().memory() * 3);
        for id in 1..=3 {
            cache.put(id, chunk());
        }
        assert!(cache.get(1).is_some());
        cache.put(4, chunk());
        assert!(cache.get(2).is_none());
        assert!(cache.get(1).is_some() && cache.get(3).is_some() && cache.get(4).is_some());
    }

    #[test]
    fn the_list_of_uses_stays_short() {
        let cache = ChunkCache::new(1 << 20);
        cache.put(1, chunk());
        for _ in 0..100_000 {
            cache.get(1);
        }
        assert!(cache.state.lock().unwrap().uses.len() < 2048);
    }
}
