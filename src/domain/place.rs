//! Where new records come to stand.

use super::record::RecordNumber;

/// Empty records that a person inserts above or below others at once.
pub const MOST_INSERTED: u64 = 1_000;

/// Where new records come to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InsertAt {
    /// After all others.
    #[default]
    End,
    /// Right above a record.
    Before(RecordNumber),
    /// Right below a record.
    After(RecordNumber),
}

impl InsertAt {
    /// The record that they stand by.
    pub fn beside(self) -> Option<RecordNumber> {
        match self {
            Self::End => None,
            Self::Before(record) | Self::After(record) => Some(record),
        }
    }
}
