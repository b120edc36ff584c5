//! One page of the grid as it travels: columns of texts and sparse messages in a few kilobytes.
//!
//! JSON would name every field in every row and the browser half would carry its parser on the hot
//! path. The form is ours alone and both halves come from one build; a version byte refuses a page of
//! another build, so that the browser can ask for a reload.

mod decode;
mod encode;

pub use decode::{FrameError, decode};
pub use encode::encode;

use super::blueprint::Level;

/// The version of the form; it moves whenever the form does.
pub const FRAME_VERSION: u8 = 2;

/// A page of records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// The sheet's version that the page shows.
    pub version: i64,
    /// Records in the view.
    pub total: u64,
    /// Place in the view of the first row.
    pub offset: u64,
    /// The records in the order of the view.
    pub rows: Vec<FrameRow>,
    /// The cells; each column has as many as there are rows.
    pub columns: Vec<FrameColumn>,
    /// Remarks on cells.
    pub messages: Vec<FrameMessage>,
}

/// One record of a page, without its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRow {
    /// The record's id without its prefix.
    pub id: String,
    /// Place of the record in the whole sheet, from 0.
    pub position: u64,
    /// What its messages are.
    pub flags: RowFlags,
}

/// Which levels of messages a record has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowFlags(u8);

impl RowFlags {
    /// The same and `level` with them.
    pub fn with(self, level: Level) -> Self {
        Self(self.0 | 1 << level as u8)
    }

    /// Whether there is a message of that level.
    pub fn has(self, level: Level) -> bool {
        self.0 & 1 << level as u8 != 0
    }
}

impl FromIterator<Level> for RowFlags {
    fn from_iter<T: IntoIterator<Item = Level>>(levels: T) -> Self {
        levels.into_iter().fold(Self::default(), Self::with)
    }
}

/// The cells of one field: all texts in one buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameColumn {
    field: String,
    text: String,
    /// For each cell whether it has a value, and where its text ends.
    cells: Vec<(bool, u32)>,
}

impl FrameColumn {
    /// A column without cells.
    pub fn new(field: impl Into<String>) -> Self {
        Self { field: field.into(), ..Self::default() }
    }

    /// The key of its field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Adds the cell of the next row.
    pub fn push(&mut self, text: Option<&str>) {
        self.text.push_str(text.unwrap_or_default());
        self.cells.push((text.is_some(), u32::try_from(self.text.len()).unwrap_or(u32::MAX)));
    }

    /// The text of the cell in that row of the page; nothing when it has no value.
    pub fn get(&self, row: usize) -> Option<&str> {
        let (has_value, end) = *self.cells.get(row)?;
        let start = row.checked_sub(1).and_then(|before| self.cells.get(before)).map_or(0, |(_, end)| *end);
        if has_value { self.text.get(start as usize..end as usize) } else { None }
    }

    /// The memory that its cells take.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.cells.len() * size_of::<(bool, u32)>()
    }

    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// A remark on one cell of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameMessage {
    /// The row in the page, from 0.
    pub row: u32,
    /// The column in the page, from 0.
    pub column: u32,
    /// How serious.
    pub level: Level,
    /// A listener says it; else it is one of our rules.
    pub hosts: bool,
    /// What it says.
    pub text: String,
}

/// The levels in the order of their numbers in a frame.
const LEVELS: [Level; 3] = [Level::Info, Level::Warn, Level::Error];
const MAGIC: [u8; 2] = *b"If";

#[cfg(test)]
mod tests;
