//! Bytes and rows: where uploaded and made files lie, how CSV is read, and what rows are written as.
//!
//! Nothing here knows of sheets or tenants. Reading is blocking and takes constant memory, so that it
//! runs on a thread of its own; [`store`] is asynchronous.

mod arrival;
pub mod detect;
pub mod preview;
pub mod read_csv;
pub mod store;
pub mod table;
pub mod write_csv;
pub mod write_json;
pub mod write_rows;
pub mod write_xlsx;

pub use arrival::ArrivingFile;
pub use detect::{Dialect, SAMPLE_BYTES, sniff, sniff_in};
pub use preview::{DialectChoice, FOREIGN_BYTES, Preview, PreviewError, preview, preview_of, refuse_foreign};
pub use read_csv::{CsvError, CsvReader, Places, ReadReport, Row};
pub use store::{FileError, FileStore, FileWriter, Finished};
pub use table::{Table, table};
pub use write_csv::unmarked;
pub use write_rows::{RowWriter, WriteError, writer};
