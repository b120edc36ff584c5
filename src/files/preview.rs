//! The beginning of a CSV file: how it is read, its columns, its first rows.

use std::io::Read;

use super::detect::{Dialect, SAMPLE_BYTES, sniff, sniff_in};
use super::read_csv::{CsvError, CsvReader};
use super::write_csv::unmarked;

/// How files begin that people take for CSV files, and what they are.
const FOREIGN: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "an Excel or ZIP file"),
    (b"\xD0\xCF\x11\xE0", "an old Excel file"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1F\x8B", "a compressed file"),
    (b"SQLite format 3\0", "a database"),
];

/// As many bytes tell whether a file is foreign.
pub const FOREIGN_BYTES: usize = 16;

/// What a person says of a file; what is absent is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialectChoice {
    /// A name such as `utf-8` or `windows-1252`.
    pub encoding: Option<String>,
    /// What stands between cells.
    pub separator: Option<u8>,
    /// Which row has the names of the columns, from 0.
    pub header_row: Option<usize>,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How it is read.
    pub dialect: Dialect,
    /// The names of its columns.
    pub headers: Vec<String>,
    /// Its first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows it has, as far as its first ones tell.
    pub rows_estimate: u64,
}

/// Why a beginning cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// It cannot be read as CSV.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// The disk failed.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It begins as files of another kind do.
    #[error("this is {0}, not a CSV file: save the table as CSV and choose that file")]
    Foreign(&'static str),
    /// What the person said does not fit.
    #[error("{0}")]
    Choice(String),
}

/// Refuses a file that begins as those do that are no CSV files.
///
/// # Errors
/// [`PreviewError::Foreign`].
pub fn refuse_foreign(beginning: &[u8]) -> Result<(), PreviewError> {
    match FOREIGN.iter().find(|(start, _)| beginning.starts_with(start)) {
        Some((_, what)) => Err(PreviewError::Foreign(what)),
        None => Ok(()),
    }
}

/// Judges a file and reads its first rows.
pub fn preview(
    mut file: std::fs::File,
    choice: &DialectChoice,
    most: usize,
) -> Result<Preview, PreviewError> {
    let size = file.metadata()?.len();
    let mut sample = Vec::new();
    file.by_ref().take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    preview_of(&sample, size, choice, most)
}

/// The same by the first [`SAMPLE_BYTES`] of a file of so many bytes.
pub fn preview_of(
    sample: &[u8],
    size: u64,
    choice: &DialectChoice,
    most: usize,
) -> Result<Preview, PreviewError> {
    let whole = sample.len() as u64 == size;
    refuse_foreign(sample)?;
    let mut dialect = match &choice.encoding {
        Some(encoding) => sniff_in(sample, whole, encoding).map_err(PreviewError::Choice)?,
        None => sniff(sample, whole),
    };
    dialect.separator = choice.separator.unwrap_or(dialect.separator);
    dialect.header_row = choice.header_row.unwrap_or(dialect.header_row);
    let mut reader = CsvReader::new(sample, &dialect)?;
    let headers = reader.headers().to_vec();
    let mut rows = Vec::new();
    let mut counted = 0;
    loop {
        match reader.next_row() {
            Ok(Some(row)) if rows.len() < most => {
                rows.push(row.cells().map(|text| unmarked(text).to_string()).collect())
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) if whole => return Err(error.into()),
            // The sample may end within a row: that one is not shown, and is no fault.
            Err(_) => break,
        }
        counted += 1;
    }
    let rows_estimate = if whole { counted } else { counted * size / sample.len().max(1) as u64 };
    Ok(Preview { dialect, headers, rows, rows_estimate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    fn shown(text: &[u8], choice: &DialectChoice) -> Result<Preview, PreviewError> {
        let mut file = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(
            std::env::temp_dir().join(format!("inlet-preview-{}-{}", std::process::id(), text.len())),
        )?;
        file.write_all(text)?;
        file.rewind()?;
        preview(file, choice, 2)
    }

    #[test]
    fn what_is_no_csv_is_refused_before_anything_is_imported() {
        for (bytes, words) in [
            (&b"\x89PNG\r\n\x1a\n, b"[..], "this is a picture"),
            (b"PK\x03\x04 sheet", "this is an Excel or ZIP file"),
            (b"a,b\n1,\"2\n3,4\n", "line 2, column 2: the quote"),
        ] {
            let error = shown(bytes, &DialectChoice::default()).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }

    #[test]
    fn few_bytes_tell_what_is_foreign() {
        for (start, _) in FOREIGN {
            assert!(start.len() <= FOREIGN_BYTES && refuse_foreign(start).is_err());
        }
        assert!(refuse_foreign(b"a,b\n1,2").is_ok() && refuse_foreign(b"").is_ok());
    }

    #[test]
    fn the_first_rows_are_shown_and_the_rest_estimated() {
        let preview = shown(b"a;b\n1;2\n3;4\n5;6\n", &DialectChoice::default()).unwrap();
        assert_eq!(preview.headers, ["a", "b"]);
        assert_eq!((preview.rows.len(), preview.rows_estimate, preview.dialect.separator), (2, 3, b';'));
        let long: Vec<u8> =
            b"a,b\n".iter().copied().chain(b"123,456\n".iter().copied().cycle().take(800_000)).collect();
        let estimate = shown(&long, &DialectChoice::default()).unwrap().rows_estimate;
        assert!((98_000..102_000).contains(&estimate), "{estimate}");
    }

    #[test]
    fn what_a_person_says_wins() {
        let choice = DialectChoice { separator: Some(b','), header_row: Some(1), ..DialectChoice::default() };
        assert_eq!(shown(b"a;b\nx,y\n1,2\n", &choice).unwrap().headers, ["x", "y"]);
        let wrong = DialectChoice { encoding: Some("latin-99".into()), ..DialectChoice::default() };
        assert!(shown(b"a\n1\n", &wrong).unwrap_err().to_string().contains("latin-99"));
    }
}
