//! What the grid needs to know of its rows. The grid asks through [`Rows`], so that it can be tested
//! and measured without a server.

use crate::domain::blueprint::Level;
use crate::domain::ids::{Id, RecordId, base62, from_base62};

/// A record's id as a number: both halves of its random part, 64 bits each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName(u128);

/// Digits of one half.
const HALF: usize = 11;

impl RecordName {
    /// Reads the part of an id that follows its prefix.
    pub fn read(tail: &str) -> Option<Self> {
        let (high, low) = tail.split_at_checked(HALF)?;
        let half = |text: &str| u64::try_from(from_base62(text)?).ok();
        (low.len() == HALF).then_some(())?;
        Some(Self(u128::from(half(high)?) << 64 | u128::from(half(low)?)))
    }

    /// The whole id.
    pub fn id(self) -> String {
        let tail = base62(self.0 >> 64, HALF) + &base62(self.0 & u128::from(u64::MAX), HALF);
        format!("{}{tail}", RecordId::PREFIX)
    }
}

/// The start of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowHead {
    /// The record, as edits and selections name it.
    pub record: RecordName,
    /// Its place in the sheet, counted from 1, whatever the view leaves out.
    pub position: u64,
    /// Some cell of it has an error.
    pub invalid: bool,
}

/// A remark on a cell, as the tooltip shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How serious it is.
    pub level: Level,
    /// A listener says it.
    pub hosts: bool,
    /// What it says.
    pub text: String,
}

/// Rows by their place in the view, as far as they are here.
pub trait Rows {
    /// How many rows the view has.
    fn total(&self) -> u64;
    /// The start of a row; nothing while it is not here.
    fn head(&self, row: u64) -> Option<RowHead>;
    /// The text of a cell; nothing while it is not here or when it is empty.
    fn text(&self, row: u64, column: usize) -> Option<&str>;
    /// Remarks on a cell, errors first.
    fn remarks(&self, row: u64, column: usize) -> &[Remark];

    /// The most serious remark on a cell.
    fn level(&self, row: u64, column: usize) -> Option<Level> {
        self.remarks(row, column).iter().map(|remark| remark.level).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::{RecordKey, RecordNumber};

    #[test]
    fn a_name_is_read_back_as_the_same_id() {
        for number in [0, 1, 77, u64::MAX] {
            let id = RecordKey(0x0123_4567_89AB_CDEF).id(RecordNumber(number));
            let tail = id.strip_prefix(RecordId::PREFIX).unwrap();
            assert_eq!(RecordName::read(tail).map(RecordName::id), Some(id.clone()));
        }
        for broken in
            ["", "short", "aaaaaaaaaaaaaaaaaaaaaa!", "zzzzzzzzzzzzzzzzzzzzzz", "ääääääääääääääääääääää"]
        {
            assert_eq!(RecordName::read(broken), None, "{broken}");
        }
    }
}
