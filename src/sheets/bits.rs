//! A row of bits, one for each record of a segment.

use super::bytes::{Source, put_number};
use super::error::Damage;

/// Bits with a fixed number of places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits {
    words: Vec<u64>,
    length: usize,
}

impl Bits {
    /// So many bits, all off.
    pub(super) fn zeros(length: usize) -> Self {
        Self { words: vec![0; length.div_ceil(64)], length }
    }

    /// So many bits, all on.
    pub(super) fn all_on(length: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; length.div_ceil(64)], length };
        if let Some(last) = bits.words.last_mut().filter(|_| !length.is_multiple_of(64)) {
            *last = (1 << (length % 64)) - 1;
        }
        bits
    }

    /// Adds a bit at the end.
    pub(super) fn push(&mut self, on: bool) {
        if self.length.is_multiple_of(64) {
            self.words.push(0);
        }
        self.length += 1;
        if on {
            self.set(self.length - 1);
        }
    }

    /// Switches a bit on; a place beyond the end is passed over.
    pub(super) fn set(&mut self, place: usize) {
        if place < self.length {
            self.words[place / 64] |= 1 << (place % 64);
        }
    }

    /// Switches a bit on or off; a place beyond the end is passed over.
    pub(super) fn put_at(&mut self, place: usize, on: bool) {
        if place < self.length {
            self.words[place / 64] &= !(1 << (place % 64));
            self.words[place / 64] |= u64::from(on) << (place % 64);
        }
    }

    /// Whether a bit is on; those beyond the end are off.
    pub(super) fn get(&self, place: usize) -> bool {
        place < self.length && self.words[place / 64] >> (place % 64) & 1 == 1
    }

    /// How many bits are on.
    pub(super) fn ones(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn memory(&self) -> usize {
        self.words.len() * 8
    }

    /// Appends the length and the bits.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.length as u64);
        let bytes = self.words.iter().flat_map(|word| word.to_le_bytes());
        out.extend(bytes.take(self.length.div_ceil(8)));
    }

    /// Reads what [`Bits::put`] wrote.
    pub(super) fn read(source: &mut Source<'_>) -> Result<Self, Damage> {
        let length = source.small()? as usize;
        let bytes = source.take(length.div_ceil(8))?;
        let words = bytes.chunks(8).map(|part| {
            let mut eight = [0; 8];
            eight[..part.len()].copy_from_slice(part);
            u64::from_le_bytes(eight)
        });
        Ok(Self { words: words.collect(), length })
    }
}
