//! Which record has a value: a table from the hash of the value to the number of its record, in 12 bytes a
//! place. A sheet of ten million records has one for each unique rule, so no byte is wasted on the many
//! values that one record has; the few that several have stand in a map beside it.

use std::collections::{BTreeSet, HashMap};

use super::column::BuildPlain;
use crate::domain::record::RecordNumber;

/// The first byte of the hash chooses one of so many tables: each grows by itself, so that no moment needs twice
/// the memory of the whole.
const SHARDS: usize = 256;
/// How full a table may be: four fifths.
const FULL: (usize, usize) = (4, 5);
const SMALLEST: usize = 8;
const LARGE: usize = 16_384;
/// How many times the records that are there an expectation may make room for.
const MOST_AHEAD: usize = 8;
/// Stands for a number when several records have the value.
const SEVERAL: u64 = (1 << 40) - 1;

/// How many records have a value, and the first of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) count: usize,
    pub(super) first: Option<RecordNumber>,
}

/// The records of each value under one rule.
#[derive(Debug, Default)]
pub(super) struct Holders {
    shards: Vec<Shard>,
    several: HashMap<u64, BTreeSet<RecordNumber>, BuildPlain>,
}

impl Holders {
    /// Makes room for so many records in all, so that the tables need not grow on the way there.
    pub(super) fn reserve(&mut self, records: usize) {
        // Hashes spread evenly but not exactly: the fullest table has some more than the average.
        let average = records / SHARDS;
        let each = room_for(average + 4 * average.isqrt());
        for shard in self.shards() {
            if shard.slots.len() < each {
                shard.grow(each);
            }
        }
    }

    /// Makes room for what is about to be added to `records`, of `expected` in all. Tables that grow many times
    /// leave holes of every size behind them, so there is room for all that are expected at once; but not for
    /// much more than there is already, because an expectation may be wrong.
    pub(super) fn expect(&mut self, records: usize, expected: usize) {
        let room = self.shards().iter().map(|shard| shard.slots.len()).sum::<usize>() * FULL.0 / FULL.1;
        if records > room {
            self.reserve(expected.clamp(records, records * MOST_AHEAD));
        }
    }

    /// How many records have a value.
    pub(super) fn standing(&self, key: u64) -> Standing {
        match self.shards.get(shard_of(key)).and_then(|shard| shard.get(key)) {
            None => Standing::default(),
            Some(SEVERAL) => {
                let all = self.several.get(&key);
                Standing {
                    count: all.map_or(0, BTreeSet::len),
                    first: all.and_then(|all| all.first().copied()),
                }
            }
            Some(number) => Standing { count: 1, first: Some(RecordNumber(number)) },
        }
    }

    /// Gives a value to a record; what had it before comes back when there was somebody.
    pub(super) fn add(&mut self, key: u64, number: RecordNumber) -> Option<Standing> {
        let held = self.shards()[shard_of(key)].insert(key, number.0)?;
        let before = match held {
            SEVERAL => self.standing(key),
            one => Standing { count: 1, first: Some(RecordNumber(one)) },
        };
        let all = self.several.entry(key).or_default();
        all.extend(before.first);
        if all.insert(number) && held != SEVERAL {
            self.shards()[shard_of(key)].put(key, SEVERAL);
        } else if held != SEVERAL {
            // The record had it already.
            self.several.remove(&key);
        }
        Some(before)
    }

    /// Takes a value from a record.
    pub(super) fn remove(&mut self, key: u64, number: RecordNumber) {
        let Some(shard) = self.shards.get_mut(shard_of(key)) else { return };
        match shard.get(key) {
            Some(SEVERAL) => {
                let Some(all) = self.several.get_mut(&key) else { return };
                all.remove(&number);
                if let (1, Some(last)) = (all.len(), all.first().copied()) {
                    shard.put(key, last.0);
                    self.several.remove(&key);
                }
            }
            Some(one) if one == number.0 => shard.remove(key),
            _ => {}
        }
    }

    /// The records whose value another has too, in no order.
    pub(super) fn doubled(&self) -> impl Iterator<Item = RecordNumber> {
        self.several.values().flatten().copied()
    }

    fn shards(&mut self) -> &mut [Shard] {
        if self.shards.is_empty() {
            self.shards.resize_with(SHARDS, Shard::default);
        }
        &mut self.shards
    }
}

fn shard_of(key: u64) -> usize {
    (key >> 56) as usize
}

fn room_for(values: usize) -> usize {
    (values * FULL.1 / FULL.0 + 1).max(SMALLEST)
}

/// 56 bits of a hash and 40 of a number; an empty place has the number 0.
#[derive(Debug, Clone, Copy, Default)]
struct Slot([u32; 3]);

impl Slot {
    fn new(key: u64, number: u64) -> Self {
        let middle = (key >> 32) as u32 & 0xFF_FFFF | ((number >> 32) as u32) << 24;
        Self([key as u32, middle, number as u32])
    }

    fn number(self) -> u64 {
        u64::from(self.0[1] >> 24) << 32 | u64::from(self.0[2])
    }

    fn key(self) -> u64 {
        u64::from(self.0[1] & 0xFF_FFFF) << 32 | u64::from(self.0[0])
    }

    fn is_empty(self) -> bool {
        self.number() == 0
    }
}

/// One table: places are searched from where the hash says to the next empty one.
#[derive(Debug, Default)]
struct Shard {
    slots: Vec<Slot>,
    used: usize,
}

const KEY: u64 = (1 << 56) - 1;

impl Shard {
    fn home(&self, key: u64) -> usize {
        ((u128::from(key & KEY) * self.slots.len() as u128) >> 56) as usize
    }

    fn next(&self, place: usize) -> usize {
        if place + 1 == self.slots.len() { 0 } else { place + 1 }
    }

    /// Where the value stands, or the empty place where it would. A table always has an empty place.
    fn find(&self, key: u64) -> usize {
        let mut place = self.home(key);
        while !self.slots[place].is_empty() && self.slots[place].key() != key & KEY {
            place = self.next(place);
        }
        place
    }

    fn get(&self, key: u64) -> Option<u64> {
        if self.slots.is_empty() {
            return None;
        }
        Some(self.slots[self.find(key)].number()).filter(|number| *number != 0)
    }

    /// Puts a value in unless it is there already; then the number that has it comes back.
    fn insert(&mut self, key: u64, number: u64) -> Option<u64> {
        if (self.used + 1) * FULL.1 > self.slots.len() * FULL.0 {
            // Large tables grow by little, so that little of them is empty.
            let more = if self.slots.len() < LARGE { self.slots.len() / 2 } else { self.slots.len() / 8 };
            self.grow((self.slots.len() + more).max(SMALLEST));
        }
        let place = self.find(key);
        if !self.slots[place].is_empty() {
            return Some(self.slots[place].number());
        }
        self.slots[place] = Slot::new(key, number);
        self.used += 1;
        None
    }

    fn put(&mut self, key: u64, number: u64) {
        let place = self.find(key);
        self.slots[place] = Slot::new(key, number);
    }

    /// Empties a place and moves those behind it up that would not be found any more.
    fn remove(&mut self, key: u64) {
        let mut hole = self.find(key);
        self.used -= 1;
        let mut place = self.next(hole);
        while !self.slots[place].is_empty() {
            let home = self.home(self.slots[place].key());
            let reaches =
                if hole <= place { home <= hole || home > place } else { home <= hole && home > place };
            if reaches {
                self.slots[hole] = self.slots[place];
                hole = place;
            }
            place = self.next(place);
        }
        self.slots[hole] = Slot::default();
    }

    fn grow(&mut self, room: usize) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); room]);
        for slot in old.into_iter().filter(|slot| !slot.is_empty()) {
            let place = self.find(slot.key());
            self.slots[place] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator of numbers that look random (xorshift).
    fn next(state: &mut u64) -> u64 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state
    }

    #[test]
    fn an_expectation_makes_room_once_and_never_for_much_more_than_there_is() {
        let room = |holders: &Holders| holders.shards.iter().map(|shard| shard.slots.len()).sum::<usize>();
        let mut holders = Holders::default();
        holders.expect(100_000, 500_000);
        let made = room(&holders);
        assert!((500_000 * 5 / 4..700_000).contains(&made), "{made}");
        let mut state = 11;
        for number in 1..=500_000 {
            holders.expect(number, 500_000);
            holders.add(next(&mut state), RecordNumber(number as u64));
        }
        assert_eq!(room(&holders), made);
        holders.expect(600_000, usize::MAX / 100);
        assert!(room(&holders) < 600_000 * MOST_AHEAD * 3 / 2);
    }

    #[test]
    fn it_is_a_map_from_values_to_sets_of_records() {
        let mut holders = Holders::default();
        let mut model: HashMap<u64, BTreeSet<RecordNumber>> = HashMap::new();
        let mut state = 7;
        for step in 0..60_000 {
            // Few values in few tables, so that places collide and several records have one.
            let key = (next(&mut state) % 3_000).wrapping_mul(0x0400_0000_0000_0401);
            let number = RecordNumber(1 + next(&mut state) % 5 + (step % 3) * (1 << 33));
            if next(&mut state) % 5 < 3 {
                holders.add(key, number);
                model.entry(key).or_default().insert(number);
            } else if let Some(all) = model.get_mut(&key) {
                all.remove(&number);
                holders.remove(key, number);
            } else {
                holders.remove(key, number);
            }
            let all = model.get(&key);
            let expected = Standing {
                count: all.map_or(0, BTreeSet::len),
                first: all.and_then(|all| all.first().copied()),
            };
            assert_eq!(holders.standing(key), expected, "step {step}");
        }
        for (key, all) in &model {
            assert_eq!(holders.standing(*key).count, all.len());
        }
    }

    #[test]
    fn a_million_values_take_sixteen_bytes_each_when_their_number_is_known() {
        let mut holders = Holders::default();
        let values = 1_000_000;
        holders.reserve(values);
        let mut state = 99;
        for number in 1..=values as u64 {
            assert_eq!(holders.add(next(&mut state), RecordNumber(number)), None);
        }
        let bytes: usize =
            holders.shards.iter().map(|shard| shard.slots.capacity() * size_of::<Slot>()).sum();
        assert!(bytes <= 16 * values, "{bytes}");
    }
}
