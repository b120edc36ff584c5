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
    /// Every record of the view but these, never none.
    AllBut(BTreeSet<RecordName>),
}

impl Selection {
    /// Whether a record is selected.
    pub fn contains(&self, record: RecordName) -> bool {
        match self {
            Self::None => false,
            Self::Records(records) => records.contains(&record),
            Self::All => true,
            Self::AllBut(records) => !records.contains(&record),
        }
    }

    /// How many records of a view of `total` are selected.
    pub fn count(&self, total: u64) -> u64 {
        match self {
            Self::None => 0,
            Self::Records(records) => records.len() as u64,
            Self::All => total,
            Self::AllBut(records) => total.saturating_sub(records.len() as u64),
        }
    }

    /// Takes a record in, or out.
    pub fn toggle(&mut self, record: RecordName) {
        let flip = |mut records: BTreeSet<RecordName>| {
            if !records.remove(&record) {
                records.insert(record);
            }
            records
        };
        *self = match std::mem::take(self) {
            Self::Records(records) => Self::of(flip(records)),
            Self::None => Self::of(flip(BTreeSet::new())),
            Self::AllBut(records) => Self::all_but(flip(records)),
            Self::All => Self::all_but(flip(BTreeSet::new())),
        };
    }

    /// Takes records in.
    pub fn add(&mut self, more: impl IntoIterator<Item = RecordName>) {
        *self = match std::mem::take(self) {
            Self::Records(mut records) => {
                records.extend(more);
                Self::of(records)
            }
            // One after the other: code that sorts them first would be sent to every browser for this.
            Self::None => {
                let mut records = BTreeSet::new();
                records.extend(more);
                Self::of(records)
            }
            Self::AllBut(mut records) => {
                for record in more {
                    records.remove(&record);
                }
                Self::all_but(records)
            }
            Self::All => Self::All,
        };
    }

    /// The ids to name in a request; empty for none and for all.
    pub fn ids(&self) -> Vec<String> {
        match self {
            Self::Records(records) => records.iter().map(|record| record.id()).collect(),
            Self::None | Self::All | Self::AllBut(_) => Vec::new(),
        }
    }

    /// The ids to leave out in a request.
    pub fn except(&self) -> Vec<String> {
        match self {
            Self::AllBut(records) => records.iter().map(|record| record.id()).collect(),
            Self::None | Self::All | Self::Records(_) => Vec::new(),
        }
    }

    fn all_but(records: BTreeSet<RecordName>) -> Self {
        if records.is_empty() { Self::All } else { Self::AllBut(records) }
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
    fn all_but_some_are_selected() {
        let mut selection = Selection::All;
        assert_eq!(selection.count(7), 7);
        selection.toggle(record(3));
        selection.toggle(record(4));
        assert_eq!((selection.count(7), selection.ids().len(), selection.except().len()), (5, 0, 2));
        assert!(!selection.contains(record(3)) && selection.contains(record(5)));
        selection.add([record(3), record(5)]);
        selection.toggle(record(4));
        assert_eq!(selection, Selection::All);
    }
}
