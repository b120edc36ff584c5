//! The beginning of a CSV file: how it is read, its columns, its first rows.

use std::io::{Read, Seek};

use super::detect::{Dialect, SAMPLE_BYTES, sniff, sniff_in};
use super::read_csv::{CsvError, CsvReader};

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
    /// What the person said does not fit.
    #[error("{0}")]
    Choice(String),
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
    let whole = sample.len() as u64 == size;
    let mut dialect = match &choice.encoding {
        Some(encoding) => sniff_in(&sample, whole, encoding).map_err(PreviewError::Choice)?,
        None => sniff(&sample, whole),
    };
    dialect.separator = choice.separator.unwrap_or(dialect.separator);
    dialect.header_row = choice.header_row.unwrap_or(dialect.header_row);
    file.rewind()?;
    let mut reader = CsvReader::new(file.take(SAMPLE_BYTES as u64), &dialect)?;
    let headers = reader.headers().to_vec();
    let mut rows = Vec::new();
    let mut counted = 0;
    // The sample may end within a row: that one is not shown, and is no fault.
    while let Ok(Some(row)) = reader.next_row() {
        if rows.len() < most {
            rows.push(row.cells().map(str::to_string).collect());
        }
        counted += 1;
    }
    let rows_estimate = if whole { counted } else { counted * size / sample.len().max(1) as u64 };
    Ok(Preview { dialect, headers, rows, rows_estimate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn shown(text: &[u8], choice: &DialectChoice) -> Result<Preview, PreviewError> {
        let mut file = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(
            std::env::temp_dir().join(format!("inlet-preview-{}-{}", std::process::id(), text.len())),
        )?;
        file.write_all(text)?;
        file.rewind()?;
        preview(file, choice, 2)
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
