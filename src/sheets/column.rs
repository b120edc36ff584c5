//! The values of one field in one segment, as they are held in memory.
//!
//! Either each record has its own text, or, where the segment repeats itself, a code into the distinct
//! texts. The exact text is always kept.

use std::collections::HashMap;

use super::bits::Bits;
use super::bytes::hash;

/// A column with more distinct values than this is stored as it is.
const MOST_DISTINCT: usize = 2048;
/// After so many records it is clear whether a column repeats itself.
const SAMPLE: usize = 1024;

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
        self.texts.text.len()
            + self.texts.ends.len() * 4
            + self.codes.as_ref().map_or(0, |codes| codes.len() * 2)
            + self.present.as_ref().map_or(0, Bits::memory)
    }
}

/// Collects the values of one field, record by record.
#[derive(Debug, Default)]
pub(super) struct ColumnBuilder {
    present: Bits,
    absent: usize,
    texts: Texts,
    dictionary: Dictionary,
    memory: usize,
}

#[derive(Debug)]
enum Dictionary {
    Open { codes: Vec<u16>, places: HashMap<u64, u16, BuildPlain> },
    GivenUp,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::Open { codes: Vec::new(), places: HashMap::default() }
    }
}

impl ColumnBuilder {
    /// Adds the value of the next record. The answer is the code of its text as long as the column
    /// repeats itself, so that a caller can remember what it found out about that text.
    pub(super) fn push(&mut self, value: Option<&str>) -> Option<u16> {
        self.present.push(value.is_some());
        let Some(text) = value else {
            self.absent += 1;
            match &mut self.dictionary {
                Dictionary::Open { codes, .. } => codes.push(0),
                Dictionary::GivenUp => self.texts.push(""),
            }
            return None;
        };
        self.memory += text.len();
        if let Some(code) = self.code(text) {
            return Some(code);
        }
        self.texts.push(text);
        None
    }

    /// How many bytes of text were pushed.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    fn code(&mut self, text: &str) -> Option<u16> {
        let Dictionary::Open { codes, places } = &mut self.dictionary else { return None };
        let key = hash(text.as_bytes());
        let known = places.get(&key).copied();
        let (rows, distinct) = (codes.len(), self.texts.len());
        let collides = known.is_some_and(|code| self.texts.get(usize::from(code)) != text);
        let hopeless = distinct >= MOST_DISTINCT || (rows >= SAMPLE && distinct * 2 > rows);
        if collides || (known.is_none() && hopeless) {
            self.give_up();
            return None;
        }
        let code = known.unwrap_or(distinct as u16);
        if known.is_none() {
            places.insert(key, code);
            self.texts.push(text);
        }
        codes.push(code);
        Some(code)
    }

    fn give_up(&mut self) {
        if let Dictionary::Open { codes, .. } = std::mem::replace(&mut self.dictionary, Dictionary::GivenUp) {
            let distinct = std::mem::take(&mut self.texts);
            for (row, code) in codes.into_iter().enumerate() {
                let text = if self.present.get(row) { distinct.get(usize::from(code)) } else { "" };
                self.texts.push(text);
            }
        }
    }

    /// The column, and an empty builder in its place.
    pub(super) fn finish(&mut self) -> Column {
        let count = self.present.len();
        if self.texts.len() * 2 > count {
            self.give_up();
        }
        let done = std::mem::take(self);
        let codes = match done.dictionary {
            Dictionary::Open { codes, .. } => Some(codes),
            Dictionary::GivenUp => None,
        };
        Column { count, present: (done.absent > 0).then_some(done.present), texts: done.texts, codes }
    }
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
