//! Chosen positions in the order of the sheet, a bit for each position, found by their rank.

use super::bits::Bits;

/// Words of bits that are counted together.
const BLOCK: usize = 16;

/// Chosen positions.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    bits: Bits,
    /// How many are chosen before each block; one entry more, for all of them.
    before: Vec<u32>,
}

impl Marked {
    pub(super) fn new(bits: Bits) -> Self {
        let mut before = vec![0];
        let mut count = 0;
        for block in bits.words().chunks(BLOCK) {
            count += ones(block);
            before.push(count);
        }
        Self { bits, before }
    }

    pub(super) fn bits(&self) -> &Bits {
        &self.bits
    }

    pub(super) fn len(&self) -> usize {
        self.before.last().copied().unwrap_or(0) as usize
    }

    /// How many chosen positions come before one.
    pub(super) fn before(&self, position: u32) -> usize {
        let position = (position as usize).min(self.bits.len());
        let word = position / 64;
        let words = self.bits.words().get(word / BLOCK * BLOCK..word).unwrap_or(&[]);
        let within = self.bits.words().get(word).map_or(0, |word| word & ((1 << (position % 64)) - 1));
        let counted = self.before.get(word / BLOCK).copied().unwrap_or(0);
        (counted + ones(words) + within.count_ones()) as usize
    }

    /// The chosen positions from the `offset`th on.
    pub(super) fn page(&self, offset: usize, limit: usize) -> Vec<u32> {
        if offset >= self.len() {
            return Vec::new();
        }
        let block = self.before.partition_point(|before| *before as usize <= offset) - 1;
        let passed = self.before.get(block).copied().unwrap_or(0) as usize;
        let start = block * BLOCK * 64;
        let rest = self.bits.each_from(start);
        rest.skip(offset - passed).take(limit).map(|position| position as u32).collect()
    }

    pub(super) fn memory(&self) -> usize {
        self.bits.memory() + self.before.len() * 4
    }
}

fn ones(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranks_and_pages_are_those_of_a_list(
            seeds in prop::collection::vec(any::<u64>(), 0..60),
            offset in 0usize..4_000,
            limit in 0usize..200,
            sparse in any::<bool>(),
        ) {
            let words = seeds.iter().map(|seed| if sparse { seed & seed.rotate_left(9) & seed.rotate_left(31) } else { *seed });
            let bits = Bits::of_words(words.collect(), seeds.len() * 64);
            let list: Vec<u32> = bits.each().map(|position| position as u32).collect();
            let marked = Marked::new(bits);
            prop_assert_eq!(marked.len(), list.len());
            let page: Vec<u32> = list.iter().skip(offset).take(limit).copied().collect();
            prop_assert_eq!(marked.page(offset, limit), page);
            let before = list.iter().filter(|position| (**position as usize) < offset).count();
            prop_assert_eq!(marked.before(offset as u32), before);
        }
    }
}
