//! What references are compared by: the values of a column and of the one that narrows it, as hashes.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use super::chunk::Part;
use super::fetch::Wanted;
use super::reading::Reading;
use crate::domain::record::FieldNumber;

/// Hashes of values have a secret of this process, so that nobody can make two collide.
static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A column that references lead to, and the one that narrows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LinkColumns {
    value: LinkColumn,
    narrows: Option<LinkColumn>,
}

/// One column and how its texts are read: `1,000` leads to `1000` where both stand for a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LinkColumn {
    field: FieldNumber,
    reading: Reading,
}

impl LinkColumn {
    pub(super) fn new(field: FieldNumber, reading: Reading) -> Self {
        Self { field, reading }
    }
}

impl LinkColumns {
    pub(super) fn new(value: LinkColumn, narrows: Option<LinkColumn>) -> Self {
        Self { value, narrows }
    }

    /// The fields, that of the value first.
    pub(super) fn fields(self) -> impl Iterator<Item = FieldNumber> {
        std::iter::once(self.value).chain(self.narrows).map(|column| column.field)
    }

    /// What has to be read of a record.
    pub(super) fn wanted(self) -> Wanted {
        Wanted::Parts(self.fields().map(Part::field).collect())
    }

    /// The place of a field among [`Self::fields`].
    pub(super) fn place(self, field: FieldNumber) -> usize {
        usize::from(field != self.value.field)
    }

    /// The hash of what stands in a record of the columns' sheet; nothing where there is no value.
    pub(super) fn key_of<'a>(self, text: impl Fn(FieldNumber) -> Option<&'a str>) -> Option<u64> {
        let value = text(self.value.field).map(str::trim).filter(|value| !value.is_empty())?;
        Some(self.key(value, self.narrows.map(|column| text(column.field).unwrap_or(""))))
    }

    /// The hash of what a reference asks for.
    pub(super) fn key(self, value: &str, narrowed: Option<&str>) -> u64 {
        let value = self.value.reading.rank(Some(value.trim()));
        match self.narrows.zip(narrowed) {
            None => SECRET.hash_one(value),
            Some((column, narrowed)) => SECRET.hash_one((value, column.reading.rank(Some(narrowed.trim())))),
        }
    }
}
