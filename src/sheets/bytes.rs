//! The small pieces of the stored formats: numbers of variable length, texts, and the seal around a
//! whole block (compression and a check, so that damaged bytes are noticed and never believed).

use std::cell::RefCell;

use super::error::Damage;

/// No block unpacks to more than this, whatever its first bytes say.
const LARGEST: u64 = 1 << 30;
/// Smaller blocks are not worth compressing.
const COMPRESSED_FROM: usize = 96;
const PLAIN: u8 = 1;
const ZSTD: u8 = 2;

/// Appends a number, 7 bits a byte.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a text after its length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads what the `put_` functions wrote.
pub(super) struct Source<'a> {
    rest: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damage("a block ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn number(&mut self) -> Result<u64, Damage> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damage("a number is too long"))
    }

    /// A number that counts things of at least one byte each, so that it can be trusted with memory.
    pub(super) fn length(&mut self) -> Result<usize, Damage> {
        let length = self.number()?;
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= self.rest.len())
            .ok_or(Damage("a length is larger than its block"))
    }

    pub(super) fn small(&mut self) -> Result<u32, Damage> {
        u32::try_from(self.number()?).map_err(|_| Damage("a number is too large"))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Damage> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Damage("a text is not UTF-8"))
    }

    pub(super) fn end(&self) -> Result<(), Damage> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damage("a block has bytes after its end")) }
    }
}

thread_local! {
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

/// Closes a block: how it is packed, its length, a check, and the bytes.
pub(super) fn seal(block: &[u8]) -> Vec<u8> {
    let packed = if block.len() < COMPRESSED_FROM { None } else { compress(block) };
    let packed = packed.filter(|packed| packed.len() < block.len());
    let bytes = packed.as_deref().unwrap_or(block);
    let mut sealed = Vec::with_capacity(bytes.len() + 12);
    sealed.push(if packed.is_some() { ZSTD } else { PLAIN });
    put_number(&mut sealed, block.len() as u64);
    sealed.extend_from_slice(&(hash(bytes) as u32).to_le_bytes());
    sealed.extend_from_slice(bytes);
    sealed
}

fn compress(block: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        if compressor.is_none() {
            *compressor = zstd::bulk::Compressor::new(1).ok();
        }
        compressor.as_mut()?.compress(block).ok()
    })
}

/// Opens a sealed block.
pub(super) fn unseal(sealed: &[u8]) -> Result<Vec<u8>, Damage> {
    let mut source = Source::new(sealed);
    let packing = source.byte()?;
    let length = source.number()?;
    if length > LARGEST {
        return Err(Damage("a block is too large"));
    }
    let check = source.take(4)?;
    let damaged = Damage("a block is not what was written");
    if (hash(source.rest) as u32).to_le_bytes() != check {
        return Err(damaged);
    }
    let block = match packing {
        PLAIN => source.rest.to_vec(),
        ZSTD => zstd::bulk::decompress(source.rest, length as usize)
            .map_err(|_| Damage("a block cannot be decompressed"))?,
        _ => return Err(Damage("a block is packed in an unknown way")),
    };
    if block.len() as u64 == length { Ok(block) } else { Err(damaged) }
}

/// A quick hash of 64 bits for checks and dictionaries; not for keys that an attacker may choose.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let fold = |state: u64, word: u64| {
        let wide = u128::from(state ^ word).wrapping_mul(u128::from(FACTOR) << 1 | 1);
        (wide as u64) ^ ((wide >> 64) as u64)
    };
    let mut words = bytes.chunks_exact(8);
    let mut state = FACTOR ^ bytes.len() as u64;
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        state = fold(state, u64::from_le_bytes(eight)).wrapping_add(FACTOR);
    }
    let mut last = [0; 8];
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    fold(fold(state, u64::from_le_bytes(last)), FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_back() {
        let mut out = Vec::new();
        for number in [0, 1, 127, 128, 300, u64::MAX] {
            put_number(&mut out, number);
        }
        put_text(&mut out, "Grüße");
        let mut source = Source::new(&out);
        for number in [0, 1, 127, 128, 300, u64::MAX] {
            assert_eq!(source.number(), Ok(number));
        }
        assert_eq!(source.text(), Ok("Grüße"));
        assert_eq!(source.end(), Ok(()));
        assert!(source.byte().is_err());
    }

    #[test]
    fn every_damaged_or_missing_byte_of_a_sealed_block_is_noticed() {
        for block in [b"short".to_vec(), b"a longer block, a longer block, ".repeat(20)] {
            let sealed = seal(&block);
            assert_eq!(unseal(&sealed), Ok(block));
            for position in 0..sealed.len() {
                let mut damaged = sealed.clone();
                damaged[position] ^= 0x10;
                assert!(unseal(&damaged).is_err(), "byte {position}");
                assert!(unseal(&sealed[..position]).is_err(), "cut at {position}");
            }
        }
    }
}
