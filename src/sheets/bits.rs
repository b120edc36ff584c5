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
        Self::of_words(vec![u64::MAX; length.div_ceil(64)], length)
    }

    /// The first `length` bits of these words, the lowest bit of each first.
    pub(super) fn of_words(words: Vec<u64>, length: usize) -> Self {
        let mut bits = Self { words, length };
        bits.words.resize(length.div_ceil(64), 0);
        bits.clear_end();
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

    /// The bits, 64 in a word, the lowest first; those beyond the end are off.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The places of those that are on, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = usize> + '_ {
        self.each_from(0)
    }

    /// The same from the word of a place on.
    pub(super) fn each_from(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let words = self.words.iter().enumerate().skip(place / 64);
        words.flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let next = (rest > 0).then(|| place * 64 + rest.trailing_zeros() as usize);
                rest &= rest.wrapping_sub(1);
                next
            })
        })
    }

    /// Keeps those that are on in `other` too.
    pub(super) fn and(&mut self, other: &Self) {
        for (place, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(place).copied().unwrap_or(0);
        }
    }

    /// Adds those that are on in `other`.
    pub(super) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self.clear_end();
    }

    /// Switches those off that are on in `other`.
    pub(super) fn without(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
    }

    /// Switches all over.
    pub(super) fn flip(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.clear_end();
    }

    /// How many are on in both.
    pub(super) fn common(&self, other: &Self) -> usize {
        let pairs = self.words.iter().zip(&other.words);
        pairs.map(|(word, other)| (word & other).count_ones() as usize).sum()
    }

    /// Adds `other` from a place on.
    pub(super) fn lay(&mut self, start: usize, other: &Self) {
        let (first, shift) = (start / 64, start % 64);
        for (place, word) in other.words.iter().enumerate() {
            if let Some(low) = self.words.get_mut(first + place) {
                *low |= word << shift;
            }
            if shift > 0
                && let Some(high) = self.words.get_mut(first + place + 1)
            {
                *high |= word >> (64 - shift);
            }
        }
        self.clear_end();
    }

    /// The bits from a place on.
    pub(super) fn part(&self, start: usize, length: usize) -> Self {
        let (first, shift) = (start / 64, start % 64);
        let word = |place: usize| self.words.get(place).copied().unwrap_or(0);
        let shifted = (first..first + length.div_ceil(64)).map(|place| match shift {
            0 => word(place),
            _ => word(place) >> shift | word(place + 1) << (64 - shift),
        });
        Self::of_words(shifted.collect(), length)
    }

    /// Makes it longer by bits that are off, or shorter.
    pub(super) fn resize(&mut self, length: usize) {
        self.words.resize(length.div_ceil(64), 0);
        self.length = length;
        self.clear_end();
    }

    fn clear_end(&mut self) {
        let used = self.length % 64;
        if used > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(given: &[bool]) -> Bits {
        let mut bits = Bits::default();
        given.iter().for_each(|on| bits.push(*on));
        bits
    }

    fn read(bits: &Bits) -> Vec<bool> {
        (0..bits.len()).map(|place| bits.get(place)).collect()
    }

    proptest! {
        #[test]
        fn bits_are_what_a_list_of_booleans_is(
            pairs in prop::collection::vec(any::<(bool, bool)>(), 0..300),
            laid in prop::collection::vec(any::<bool>(), 0..150),
            start in 0usize..150,
        ) {
            let one: Vec<bool> = pairs.iter().map(|pair| pair.0).collect();
            let other: Vec<bool> = pairs.iter().map(|pair| pair.1).collect();
            let with = |change: &dyn Fn(&mut Bits)| {
                let mut bits = of(&one);
                change(&mut bits);
                read(&bits)
            };
            let each = |join: &dyn Fn(bool, bool) -> bool| {
                pairs.iter().map(|(one, other)| join(*one, *other)).collect::<Vec<_>>()
            };
            prop_assert_eq!(with(&|bits| bits.and(&of(&other))), each(&|one, other| one && other));
            prop_assert_eq!(with(&|bits| bits.or(&of(&other))), each(&|one, other| one || other));
            prop_assert_eq!(with(&|bits| bits.without(&of(&other))), each(&|one, other| one && !other));
            prop_assert_eq!(with(&|bits| bits.flip()), each(&|one, _| !one));
            let on: Vec<usize> = (0..one.len()).filter(|place| one[*place]).collect();
            prop_assert_eq!(of(&one).each().collect::<Vec<_>>(), on.clone());
            prop_assert_eq!(of(&one).ones(), on.len());
            prop_assert_eq!(of(&one).common(&of(&other)), pairs.iter().filter(|pair| pair.0 && pair.1).count());
            let mut longer = one.clone();
            longer.resize(start, false);
            prop_assert_eq!(with(&|bits| bits.resize(start)), longer);
            let part: Vec<bool> = (start..start + 70).map(|place| one.get(place) == Some(&true)).collect();
            prop_assert_eq!(read(&of(&one).part(start, 70)), part);
            let mut over = one.clone();
            for (place, on) in laid.iter().enumerate().filter(|(place, _)| start + place < one.len()) {
                over[start + place] |= *on;
            }
            prop_assert_eq!(with(&|bits| bits.lay(start, &of(&laid))), over);
            prop_assert_eq!(Bits::all_on(start).ones(), start);
        }
    }
}
