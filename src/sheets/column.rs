//! The values of one field in one segment, as they are held in memory.
//!
//! Either each record has its own text, or, where the segment repeats itself, a code into the distinct
//! texts. The exact text is always kept.

use super::bits::Bits;
use super::bytes::hash;

/// A column with more distinct values than this is stored as it is.
const MOST_DISTINCT: usize = 2048;
/// After so many records it is clear whether a column repeats itself.
const SAMPLE: usize = 1024;
/// A field that did not repeat itself is tried again after so many columns.
const COLUMNS_UNTRIED: u8 = 16;

/// Texts one after another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) text: String,
    pub(super) ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    pub(super) fn get(&self, place: usize) -> &str {
        let begin = if place == 0 { 0 } else { self.ends.get(place - 1).copied().unwrap_or(0) as usize };
        let end = self.ends.get(place).copied().unwrap_or(0) as usize;
        self.text.get(begin..end).unwrap_or("")
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// The values of one field in one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) count: usize,
    /// Which records have a value; nothing when all have.
    pub(super) present: Option<Bits>,
    pub(super) texts: Texts,
    /// For each record the place of its text; nothing when the texts stand in the order of the records.
    pub(super) codes: Option<Vec<u16>>,
}

impl Column {
    /// The value of a record.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        let place = self.place(row)?;
        Some(self.texts.get(place))
    }

    /// Where the text of a record stands; equal places are equal texts.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        if row >= self.count || self.present.as_ref().is_some_and(|present| !present.get(row)) {
            return None;
        }
        match &self.codes {
            Some(codes) => codes.get(row).map(|code| usize::from(*code)),
            None => Some(row),
        }
    }

    /// Whether no record has a value.
    pub(super) fn is_blank(&self) -> bool {
        self.present.as_ref().is_some_and(|present| present.ones() == 0)
    }

    pub(super) fn memory(&self) -> usize {
        self.texts.text.capacity()
            + self.texts.ends.capacity() * 4
            + self.codes.as_ref().map_or(0, |codes| codes.capacity() * 2)
            + self.present.as_ref().map_or(0, Bits::memory)
    }
}

/// Collects the values of one field, record by record.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder {
    count: usize,
    /// From the first gap on.
    present: Option<Bits>,
    texts: Texts,
    dictionary: Option<Dictionary>,
    memory: usize,
    /// In how many columns to come no dictionary is tried, because this field did not repeat itself before.
    untried: u8,
}

impl ColumnBuilder {
    /// Adds the value of the next record. The answer is the code of its text as long as the column
    /// repeats itself, so that a caller can remember what it found out about that text.
    pub(super) fn push(&mut self, value: Option<&str>) -> Option<u16> {
        if self.count == 0 && self.untried == 0 {
            self.dictionary = Some(Dictionary::default());
        }
        self.count += 1;
        let Some(text) = value else {
            self.push_gap();
            return None;
        };
        if let Some(present) = &mut self.present {
            present.push(true);
        }
        self.memory += text.len();
        if let Some(dictionary) = &mut self.dictionary {
            if let Some(code) = dictionary.code(text, &mut self.texts) {
                return Some(code);
            }
            self.give_up();
        }
        self.texts.push(text);
        None
    }

    fn push_gap(&mut self) {
        let present = self.present.get_or_insert_with(|| Bits::all_on(self.count - 1));
        present.push(false);
        match &mut self.dictionary {
            Some(dictionary) => dictionary.codes.push(0),
            None => self.texts.push(""),
        }
    }

    /// How many bytes of text were pushed.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Stores the texts as they are from now on.
    fn give_up(&mut self) {
        let Some(dictionary) = self.dictionary.take() else { return };
        self.untried = COLUMNS_UNTRIED;
        let distinct = std::mem::take(&mut self.texts);
        for (row, code) in dictionary.codes.into_iter().enumerate() {
            let is_present = self.present.as_ref().is_none_or(|present| present.get(row));
            self.texts.push(if is_present { distinct.get(usize::from(code)) } else { "" });
        }
    }

    /// The column, and an empty builder in its place.
    pub(super) fn finish(&mut self) -> Column {
        self.untried = self.untried.saturating_sub(1);
        if self.dictionary.is_some() && self.texts.len() * 2 > self.count {
            self.give_up();
        }
        let done = std::mem::take(self);
        // The next column will be about as large; what is too small by a byte would become twice as large.
        self.untried = done.untried;
        self.texts.text.reserve(done.texts.text.len() + done.texts.text.len() / 16);
        self.texts.ends.reserve(done.texts.ends.len());
        let codes = done.dictionary.map(|dictionary| dictionary.codes);
        Column { count: done.count, present: done.present, texts: done.texts, codes }
    }
}

/// The distinct texts of a column that repeats itself, found again by their hashes.
#[derive(Debug)]
struct Dictionary {
    codes: Vec<u16>,
    /// A code and one, or 0 for an empty place; searched from where the hash says.
    places: Vec<u16>,
}

/// Four places for each text that a dictionary can have.
const PLACES: usize = MOST_DISTINCT * 4;

impl Default for Dictionary {
    fn default() -> Self {
        Self { codes: Vec::with_capacity(SAMPLE), places: vec![0; PLACES] }
    }
}

impl Dictionary {
    /// The code of the next record's text; nothing when the column does not repeat itself enough.
    fn code(&mut self, text: &str, texts: &mut Texts) -> Option<u16> {
        let mut place = (short_hash(text.as_bytes()) >> 32) as usize % PLACES;
        loop {
            match self.places[place] {
                0 => break,
                held if texts.get(usize::from(held - 1)) == text => {
                    self.codes.push(held - 1);
                    return Some(held - 1);
                }
                _ => place = (place + 1) % PLACES,
            }
        }
        let (rows, distinct) = (self.codes.len(), texts.len());
        if distinct >= MOST_DISTINCT || (rows >= SAMPLE && distinct * 2 > rows) {
            return None;
        }
        self.places[place] = distinct as u16 + 1;
        texts.push(text);
        self.codes.push(distinct as u16);
        Some(distinct as u16)
    }
}

/// A hash of a text that is mostly short: two reads that may overlap, and the whole when it is longer.
fn short_hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let word = match bytes {
        [] => 0,
        [first, ..] if bytes.len() < 4 => {
            u64::from(*first)
                | u64::from(bytes[bytes.len() / 2]) << 8
                | u64::from(bytes[bytes.len() - 1]) << 16
        }
        _ if bytes.len() <= 8 => {
            let four =
                |part: &[u8]| part.first_chunk().map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
            four(bytes) | four(&bytes[bytes.len() - 4..]) << 32
        }
        _ => hash(bytes),
    };
    (word ^ bytes.len() as u64).wrapping_mul(FACTOR)
}

/// For keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BuildPlain;

impl std::hash::BuildHasher for BuildPlain {
    type Hasher = Plain;

    fn build_hasher(&self) -> Plain {
        Plain(0)
    }
}

/// Hands the key through.
pub(super) struct Plain(u64);

impl std::hash::Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= hash(bytes);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
