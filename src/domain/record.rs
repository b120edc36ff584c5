//! Records and their cells, as the layers hand them to one another.
//!
//! A record has a number, unique in its sheet and never used again. Its id for clients is made from
//! that number and the sheet's key, so that a million records store no ids: the first half is the
//! number mixed with the key, the second half a check by which ids of other sheets are refused.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::blueprint::Level;
use super::ids::{Id, IdError, RecordId, from_base62, put_base62};

/// The number of a record in its sheet, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordNumber(pub u64);

/// The number of a field in its sheet; it never changes, whatever becomes of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldNumber(pub u32);

/// Where a message comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageSource {
    /// A required cell is empty.
    RequiredConstraint,
    /// Another record has the same value.
    UniqueConstraint,
    /// A listener or a built-in validator said so.
    #[default]
    CustomLogic,
    /// A reference leads nowhere.
    Unlinked,
    /// Not one of the options, or not readable as the field's type.
    InvalidOption,
    /// A leftover of an extraction.
    IsArtifact,
}

/// A remark on a cell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Message {
    /// Only an error makes the cell invalid.
    pub level: Level,
    /// Who says it.
    pub source: MessageSource,
    /// Whether the server derived it from the blueprint; such messages are made anew with each change.
    pub derived: bool,
    /// What it says.
    pub text: String,
    /// Of what in the cell, as `$.value[0]` for an item of a list; nothing for the whole.
    pub path: Option<String>,
}

impl Message {
    /// What stands on a cell whose text came with U+0000, which PostgreSQL cannot hold: it was removed. Like the
    /// messages of listeners it stays until the cell changes.
    pub fn character_removed() -> Self {
        let text = "A character that cannot be stored was removed".to_string();
        Self { level: Level::Warn, source: MessageSource::CustomLogic, derived: false, text, path: None }
    }
}

/// The sheet's part of its records' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordKey(pub u64);

const HALF: usize = 11;

impl RecordKey {
    /// The id of a record, as clients see it.
    pub fn id(self, number: RecordNumber) -> String {
        self.id_bytes(number).into_iter().map(char::from).collect()
    }

    /// The id of a record without its prefix.
    pub fn tail(self, number: RecordNumber) -> String {
        self.id_bytes(number)[RecordId::PREFIX.len()..].iter().copied().map(char::from).collect()
    }

    /// The whole id as its ASCII characters.
    pub fn id_bytes(self, number: RecordNumber) -> [u8; RecordId::PREFIX.len() + 2 * HALF] {
        let mut id = [b'0'; RecordId::PREFIX.len() + 2 * HALF];
        let (prefix, tail) = id.split_at_mut(RecordId::PREFIX.len());
        let (mixed, check) = tail.split_at_mut(HALF);
        prefix.copy_from_slice(RecordId::PREFIX.as_bytes());
        put_base62(mixed, mix(number.0 ^ self.0));
        put_base62(check, self.check(number));
        id
    }

    /// The number behind an id; nothing when the id belongs to another sheet.
    pub fn number(self, id: &str) -> Result<Option<RecordNumber>, IdError> {
        let id = RecordId::parse(id)?;
        let tail = id.as_str().strip_prefix(RecordId::PREFIX).unwrap_or("");
        if tail.len() != 2 * HALF {
            return Ok(None);
        }
        let half = |text: &str| from_base62(text).and_then(|value| u64::try_from(value).ok());
        let (Some(mixed), Some(check)) = (half(&tail[..HALF]), half(&tail[HALF..])) else { return Ok(None) };
        let number = RecordNumber(unmix(mixed) ^ self.0);
        Ok((self.check(number) == check).then_some(number))
    }

    fn check(self, number: RecordNumber) -> u64 {
        mix(mix(number.0.wrapping_add(self.0.rotate_left(32))) ^ self.0.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }
}

/// A bijection of 64 bits (the finaliser of splitmix64).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The inverse of [`mix`].
fn unmix(value: u64) -> u64 {
    let value = (value ^ (value >> 31) ^ (value >> 62)).wrapping_mul(0x3196_42B2_D24D_8EC3);
    let value = (value ^ (value >> 27) ^ (value >> 54)).wrapping_mul(0x96DE_1B17_3F11_9089);
    value ^ (value >> 30) ^ (value >> 60)
}

/// One cell of a record, with everything that is known of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Exactly what a person or file gave; nothing for an empty cell.
    pub text: Option<String>,
    /// Remarks, errors first.
    pub messages: Vec<Message>,
}

impl Cell {
    /// Whether no message is an error.
    pub fn is_valid(&self) -> bool {
        self.messages.iter().all(|message| message.level != Level::Error)
    }
}

/// One record read from a sheet: a cell for each field asked for, in that order.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number.
    pub number: RecordNumber,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// The customer's own data; nothing means `{}`.
    pub metadata: Option<Value>,
    /// `{readonly, fields, markedForDeletion}`; nothing means `{}`.
    pub config: Option<Value>,
}

impl Record {
    /// Whether no cell has an error.
    pub fn is_valid(&self) -> bool {
        self.cells.iter().all(Cell::is_valid)
    }
}

/// How many records a sheet or a view has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Those without an error.
    pub valid: u64,
    /// Those with an error.
    pub error: u64,
}

/// What is known of the cells of one field of some records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldCounts {
    /// All of them.
    pub total: u64,
    /// Those without an error.
    pub valid: u64,
    /// Those with an error.
    pub error: u64,
    /// Those without a value.
    pub empty: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_read_back_from_the_id() {
        let key = RecordKey(0x0123_4567_89AB_CDEF);
        for number in [0, 1, 2, 4096, u64::MAX / 3, u64::MAX] {
            let id = key.id(RecordNumber(number));
            assert_eq!(id.len(), RecordId::PREFIX.len() + 22);
            assert_eq!(key.number(&id), Ok(Some(RecordNumber(number))));
        }
    }

    #[test]
    fn the_id_of_another_sheet_is_nobodys() {
        let id = RecordKey(1).id(RecordNumber(7));
        assert_eq!(RecordKey(2).number(&id), Ok(None));
        assert!(RecordKey(2).number("us_sh_0123456789").is_err());
    }

    #[test]
    fn ids_of_neighbours_share_no_tail() {
        let key = RecordKey(99);
        let (one, two) = (key.id(RecordNumber(1)), key.id(RecordNumber(2)));
        assert_ne!(one[..one.len() - 3], two[..two.len() - 3]);
    }
}
