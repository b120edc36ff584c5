//! Which records have the same value where it must be unique: for each rule an index from the hash of
//! the value to the records that have it.
//!
//! The index is built by one scan, kept beside the head of an open sheet, and moved on by each commit.

use std::collections::HashMap;
use std::sync::Arc;

use super::cache::ChunkCache;
use super::chunk::Part;
use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::holders::{Holders, Standing};
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::slice::Slice;
use super::state::State;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// The index of one sheet at one version.
pub(super) struct UniqueIndex {
    pub(super) rules: Arc<Rules>,
    pub(super) version: i64,
    holders: Vec<Holders>,
    /// What a value had before the current change touched it; values nobody had are left out.
    before: HashMap<(usize, u64), Standing>,
}

/// A record that was not touched itself and whose standing under a rule changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Partner {
    pub(super) number: RecordNumber,
    pub(super) rule: usize,
    pub(super) doubled: bool,
}

impl UniqueIndex {
    /// An index of a sheet without records.
    pub(super) fn new(rules: Arc<Rules>, version: i64) -> Self {
        let holders = rules.unique.iter().map(|_| Holders::default()).collect();
        Self { rules, version, holders, before: HashMap::new() }
    }

    /// Makes room for so many records in all.
    pub(super) fn reserve(&mut self, records: usize) {
        self.holders.iter_mut().for_each(|holders| holders.reserve(records));
    }

    /// Makes room for what is about to be added to so many records, of so many expected in all.
    pub(super) fn expect(&mut self, records: usize, expected: usize) {
        self.holders.iter_mut().for_each(|holders| holders.expect(records, expected));
    }

    /// Scans the records.
    pub(super) async fn build(
        cache: &Arc<ChunkCache>,
        tx: &mut Tx,
        state: &Arc<State>,
        rules: &Arc<Rules>,
    ) -> Result<Self, SheetError> {
        let mut index = Self::new(rules.clone(), state.version);
        index.reserve(state.counts.total as usize);
        let wanted = Wanted::Parts(rules.unique_fields().map(Part::field).collect());
        let segments: Vec<usize> = (0..state.manifest.segments().len()).collect();
        for group in segments.chunks(SCANNED_TOGETHER) {
            let rows = fetch::rows(cache, tx, state, group.iter().copied(), &wanted).await?;
            let group = group.to_vec();
            index = blocking(move || {
                for segment in group {
                    index.scan(&rows, segment);
                }
                Ok(index)
            })
            .await?;
        }
        let rows = Rows::new(state.clone(), HashMap::new());
        for (place, (number, _)) in state.tail.iter().enumerate() {
            let keys = rules.keys(|field| rows.text(Place::Tail(place), field));
            index.take_in(&keys, *number);
        }
        Ok(index)
    }

    fn scan(&mut self, rows: &Rows, segment: usize) {
        let rules = self.rules.clone();
        let fields: Vec<FieldNumber> = rules.unique_fields().collect();
        let Some(slice) = Slice::new(rows, segment, &fields) else { return };
        for row in (0..slice.records()).filter(|row| slice.is_live(*row)) {
            let text = |field: FieldNumber| slice.text(row, fields.iter().position(|other| *other == field)?);
            self.take_in(&rules.keys(text), slice.number(row));
        }
    }

    fn take_in(&mut self, keys: &[Option<u64>], number: RecordNumber) {
        for (holders, key) in self.holders.iter_mut().zip(keys) {
            if let Some(key) = key {
                holders.add(*key, number);
            }
        }
    }

    /// A record gets a value; whether another record has it already.
    pub(super) fn add(&mut self, rule: usize, key: u64, number: RecordNumber) -> bool {
        let Some(standing) = self.holders[rule].add(key, number) else { return false };
        self.before.entry((rule, key)).or_insert(standing);
        true
    }

    /// A record no longer has a value.
    pub(super) fn remove(&mut self, rule: usize, key: u64, number: RecordNumber) {
        let standing = self.holders[rule].standing(key);
        if standing.count > 0 {
            self.before.entry((rule, key)).or_insert(standing);
            self.holders[rule].remove(key, number);
        }
    }

    /// Whether several records have a value.
    pub(super) fn is_doubled(&self, rule: usize, key: u64) -> bool {
        self.holders[rule].standing(key).count > 1
    }

    /// The records that have a double under a rule, in order.
    pub(super) fn doubles(&self, rule: usize) -> Vec<RecordNumber> {
        let mut doubles: Vec<RecordNumber> = self.holders[rule].doubled().collect();
        doubles.sort_unstable();
        doubles
    }

    /// Ends the current change: which of the records it did not touch begin or cease to have a double.
    pub(super) fn settle(&mut self, is_touched: impl Fn(RecordNumber) -> bool) -> Vec<Partner> {
        let mut partners = Vec::new();
        for ((rule, key), before) in std::mem::take(&mut self.before) {
            let after = self.holders[rule].standing(key);
            let doubled = after.count > 1;
            let concerned = match (before.count > 1, doubled) {
                (false, true) => before.first,
                (true, false) => after.first,
                _ => None,
            };
            if let Some(number) = concerned.filter(|number| !is_touched(*number)) {
                partners.push(Partner { number, rule, doubled });
            }
        }
        partners.sort_by_key(|partner| (partner.number, partner.rule));
        partners
    }
}
