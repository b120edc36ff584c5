//! How large things may become. An operator may set each of them; see `inlet --help`.

use super::blueprint::sheet::MOST_FIELDS;
use super::value::MOST_CELL_BYTES;

/// What is more than a limit allows; the words name the limit and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Too many fields in a sheet.
    #[error("{0} fields are more than the {1} a sheet may have: leave some out, or make two sheets")]
    Columns(usize, usize),
    /// A value is too long.
    #[error("a cell holds at most {1} bytes, this value has {0}: shorten it")]
    Cell(usize, usize),
    /// The values of a record are too long together.
    #[error("a record holds at most {1} bytes, this one has {0}: shorten its values")]
    Row(usize, usize),
}

/// The limits of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most fields of a sheet, and columns of a file.
    pub columns: usize,
    /// Most bytes of a cell.
    pub cell_bytes: usize,
    /// Most bytes of a record, and of a row of a file.
    pub row_bytes: usize,
    /// Most records of a sheet, and rows of a file.
    pub rows: u64,
    /// Most bytes of an uploaded file.
    pub file_bytes: u64,
    /// Most bytes of the body of an API request, unpacked, and of what a page sends.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            columns: MOST_FIELDS,
            cell_bytes: MOST_CELL_BYTES,
            row_bytes: 64 << 20,
            rows: 10_000_000,
            file_bytes: 2 << 30,
            body_bytes: 64 << 20,
        }
    }
}

impl Limits {
    /// Whether a sheet may have so many fields.
    ///
    /// # Errors
    /// [`LimitError::Columns`].
    pub fn check_columns(&self, fields: usize) -> Result<(), LimitError> {
        if fields > self.columns { Err(LimitError::Columns(fields, self.columns)) } else { Ok(()) }
    }

    /// Whether a cell may hold the text.
    ///
    /// # Errors
    /// [`LimitError::Cell`].
    pub fn check_cell(&self, text: &str) -> Result<(), LimitError> {
        if text.len() > self.cell_bytes { Err(LimitError::Cell(text.len(), self.cell_bytes)) } else { Ok(()) }
    }

    /// Whether a record may hold texts of so many bytes together.
    ///
    /// # Errors
    /// [`LimitError::Row`].
    pub fn check_row(&self, bytes: usize) -> Result<(), LimitError> {
        if bytes > self.row_bytes { Err(LimitError::Row(bytes, self.row_bytes)) } else { Ok(()) }
    }
}
