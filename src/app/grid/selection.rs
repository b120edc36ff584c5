//! The records that a person selected by their row numbers.

use std::collections::BTreeSet;

use super::rows::RecordName;

/// Selected records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// None.
    #[default]
    None,
    /// These, by their numbers; never empty.
    Records(BTreeSet<RecordName>),
    /// Every record of the view.
    All,
}

impl Selection {
    /// Whether a record is selected.
    pub fn contains(&self, record: RecordName) -> bool {
        match self {
            Self::None => false,
            Self::Records(records) => records.contains(&record),
            Self::All => true,
        }
    }

    /// How many records of a view of `total` are selected.
    pub fn count(&self, total: u64) -> u64 {
        match self {
            Self::None => 0,
            Self::Records(records) => records.len() as u64,
            Self::All => total,
        }
    }

    /// Takes a record in, or out. "All but this one" cannot be said: after "all", none is selected, so that
    /// nothing happens to the one that was meant to be spared.
    pub fn toggle(&mut self, record: RecordName) {
        let mut records = match std::mem::take(self) {
            Self::Records(records) => records,
            Self::None => BTreeSet::new(),
            Self::All => return,
        };
        if !records.remove(&record) {
            records.insert(record);
        }
        *self = Self::of(records);
    }

    /// Takes records in.
    pub fn add(&mut self, more: impl IntoIterator<Item = RecordName>) {
        let mut records = match std::mem::take(self) {
            Self::Records(records) => records,
            Self::None | Self::All => BTreeSet::new(),
        };
        records.extend(more);
        *self = Self::of(records);
    }

    /// The ids to name in a request; empty for none and for all.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Self::Records(records) => records.iter().map(|record| record.id()).collect(),
            Self::None | Self::All => Vec::new(),
        }
    }

    fn of(records: BTreeSet<RecordName>) -> Self {
        if records.is_empty() { Self::None } else { Self::Records(records) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u8) -> RecordName {
        RecordName::read(&format!("0000000000{number}00000000000")).unwrap()
    }

    #[test]
    fn the_last_record_taken_out_leaves_none() {
        let mut selection = Selection::default();
        selection.toggle(record(3));
        selection.add([record(4), record(5)]);
        assert_eq!(selection.count(100), 3);
        for record in [3, 4, 5].map(record) {
            assert!(selection.contains(record));
            selection.toggle(record);
        }
        assert_eq!(selection, Selection::None);
    }

    #[test]
    fn nothing_happens_to_one_that_is_taken_out_of_all() {
        let mut selection = Selection::All;
        assert_eq!(selection.count(7), 7);
        selection.toggle(record(3));
        assert_eq!(selection, Selection::None);
    }
}
