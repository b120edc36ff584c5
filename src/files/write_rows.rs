//! What all forms of exported files have in common: records come one after another, bytes are taken from
//! time to time, and memory does not grow with the file.

use std::io::{self, Write};
use std::path::Path;

use super::write_csv::{CsvForm, CsvWriter};
use super::write_json::JsonWriter;
use super::write_xlsx::{self, XlsxWriter};
use crate::domain::blueprint::Field;
use crate::domain::export::ExportFormat;
use crate::domain::record::Message;

/// Writes records into a file of one form.
pub trait RowWriter: Send {
    /// Adds a record: a text for each field, and its messages with the places of their fields.
    ///
    /// # Errors
    /// When the form cannot hold the record.
    fn row(&mut self, cells: &[Option<&str>], messages: &[(usize, &Message)]) -> Result<(), WriteError>;

    /// The bytes since the last time.
    fn take(&mut self) -> Vec<u8>;

    /// Writes what was not taken, and the end of the file.
    ///
    /// # Errors
    /// When nobody takes it.
    fn finish(self: Box<Self>, out: &mut (dyn Write + Send)) -> Result<(), WriteError>;
}

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Excel's sheets end before.
    #[error(
        "a sheet of Excel holds {} records and {} columns at most: narrow the view, or choose CSV",
        write_xlsx::MOST_RECORDS,
        write_xlsx::MOST_COLUMNS
    )]
    TooMuchForExcel,
    /// Excel's cells end before.
    #[error(
        "record {row}, {field}: a cell of Excel holds {} characters at most and this text has {length}: choose CSV",
        write_xlsx::MOST_CHARACTERS
    )]
    TooLongForExcel {
        /// Which of the exported records, from 1.
        row: u64,
        /// The label of the field.
        field: String,
        /// The characters of the text.
        length: usize,
    },
    /// The library that makes Excel's files gave up.
    #[error("the file for Excel could not be made: {0}")]
    Excel(#[from] rust_xlsxwriter::XlsxError),
    /// The bytes could not be put anywhere.
    #[error("the file could not be written: {0}")]
    Io(#[from] io::Error),
}

/// A writer for so many records in that form. `scratch` is a folder for what does not fit into memory.
///
/// # Errors
/// When the form cannot hold as many records or fields, or the folder cannot be written to.
pub fn writer(
    format: ExportFormat,
    name: &str,
    fields: &[&Field],
    records: u64,
    scratch: &Path,
) -> Result<Box<dyn RowWriter>, WriteError> {
    if format == ExportFormat::Excel && records > write_xlsx::MOST_RECORDS.into() {
        return Err(WriteError::TooMuchForExcel);
    }
    Ok(match format {
        ExportFormat::Csv => Box::new(CsvWriter::new(CsvForm::Spreadsheet, fields)),
        ExportFormat::RawCsv => Box::new(CsvWriter::new(CsvForm::Raw, fields)),
        ExportFormat::Tsv => Box::new(CsvWriter::new(CsvForm::Tabs, fields)),
        ExportFormat::Json => Box::new(JsonWriter::array(fields)),
        ExportFormat::JsonLines => Box::new(JsonWriter::lines(fields)),
        ExportFormat::Excel => Box::new(XlsxWriter::new(name, fields, scratch)?),
    })
}
