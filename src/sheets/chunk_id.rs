//! Ids of chunks: never used twice, not even after a transaction was undone, so that a cached chunk can
//! never be taken for another. They grow with time, which keeps the table's pages full.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::store;

/// 2026-01-01 in milliseconds since 1970; 41 bits of milliseconds last until 2095.
const BEGINNING: i64 = 1_767_225_600_000;
/// Bits below the milliseconds. They begin at random, so that servers that share a database differ.
const BITS: u32 = 22;

static LAST: AtomicI64 = AtomicI64::new(0);

/// Takes so many ids that follow one another; the answer is the first.
pub(super) fn reserve(count: usize) -> i64 {
    let random = i64::from(u32::from_le_bytes(store::random_bytes()) >> (32 - BITS));
    let fresh = (store::now().0 - BEGINNING).max(0) << BITS | random;
    let count = i64::try_from(count).unwrap_or(i64::MAX >> 1);
    let next = |last: i64| Some(fresh.max(last + 1) + count);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or(0);
    fresh.max(last + 1)
}
