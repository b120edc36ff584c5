//! The table in a file, when nobody is asked: how it is read, and what its columns are called.

use std::fs::File;
use std::io::{Read, Seek};

use super::detect::{Dialect, SAMPLE_BYTES, sniff};
use super::preview::{PreviewError, refuse_foreign};
use super::read_csv::{CsvReader, first_rows};
use crate::domain::header_row::{Header, HeaderOptions};
use crate::domain::limits::Limits;

/// Most rows among which a header is looked for.
const MOST_ROWS: usize = 1_000;

/// How a table is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How the file is written.
    pub dialect: Dialect,
    /// Its columns, and what stands above the data.
    pub header: Header,
}

/// Judges a file. What stands between its cells is guessed unless it is told, and so is the header.
///
/// # Errors
/// When it is no table of text, or its header is not where the options say.
pub fn table(
    mut file: File,
    separator: Option<u8>,
    options: Option<&HeaderOptions>,
    limits: &Limits,
) -> Result<Table, PreviewError> {
    let size = file.metadata()?.len();
    let mut sample = Vec::new();
    (&mut file).take(SAMPLE_BYTES as u64).read_to_end(&mut sample)?;
    refuse_foreign(&sample)?;
    let mut dialect = sniff(&sample, sample.len() as u64 == size);
    dialect.separator = separator.unwrap_or(dialect.separator);
    file.rewind()?;
    let header = match options {
        None => {
            let reader = CsvReader::within(file, &dialect, limits)?;
            Header { names: reader.headers().to_vec(), skip: dialect.header_row + 1 }
        }
        Some(options) => {
            let rows = first_rows(file, &dialect, limits, options.rows().min(MOST_ROWS))?;
            let header = options.find(&rows).map_err(|error| PreviewError::Choice(error.to_string()))?;
            if header.names.iter().all(|name| name.trim().is_empty()) {
                let message = "there are no names of columns where the options look for them";
                return Err(PreviewError::Choice(message.to_string()));
            }
            header
        }
    };
    Ok(Table { dialect, header })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use serde_json::{Value, json};

    use super::*;

    fn judged(name: &str, text: &str, separator: Option<u8>, options: Value) -> Result<Table, PreviewError> {
        let path = std::env::temp_dir().join(format!("inlet-table-{name}-{}", std::process::id()));
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        let options: Option<HeaderOptions> = serde_json::from_value(options).unwrap();
        table(File::open(&path).unwrap(), separator, options.as_ref(), &Limits::default())
    }

    #[test]
    fn the_header_is_guessed_or_told() {
        let text = "Report,,\n\nname,city,zip\nAda,Bonn,1\n";
        let rows = json!({ "algorithm": "specificRows", "rowNumbers": [0, 2] });
        let names = json!({ "algorithm": "explicitHeaders", "headers": ["a", "b"], "skip": 3 });
        for (name, options, expected, skip) in [
            ("guessed", json!(null), vec!["name", "city", "zip"], 3),
            ("default", json!({ "algorithm": "default" }), vec!["name", "city", "zip"], 3),
            ("first", json!({ "algorithm": "default", "rowsToSearch": 1 }), vec!["Report", "", ""], 1),
            ("rows", rows, vec!["Report name", "city", "zip"], 3),
            ("names", names, vec!["a", "b"], 3),
        ] {
            let table = judged(name, text, None, options).unwrap();
            assert_eq!(
                (table.header.names, table.header.skip),
                (expected.iter().map(ToString::to_string).collect(), skip)
            );
        }
        let far = json!({ "algorithm": "specificRows", "rowNumbers": [99] });
        assert!(judged("far", text, None, far).unwrap_err().to_string().contains("no names of columns"));
        let unnamed = json!({ "algorithm": "explicitHeaders" });
        assert!(judged("unnamed", text, None, unnamed).unwrap_err().to_string().contains("options.headers"));
    }

    #[test]
    fn a_separator_that_is_told_is_not_guessed() {
        let table = judged("told", "a,b|c\n1,2|3\n1,2|3\n", Some(b'|'), json!(null)).unwrap();
        assert_eq!(table.header.names, ["a,b", "c"]);
    }

    /// A header beyond the bytes that a file is judged by.
    #[test]
    fn a_wide_header_is_read_whole() {
        let names: Vec<String> = (0..10_000).map(|number| format!("column{number}")).collect();
        let text = format!("{0}\n{0}\n", names.join(","));
        for (name, options) in [("wide", json!(null)), ("wide-told", json!({ "algorithm": "default" }))] {
            let table = judged(name, &text, None, options).unwrap();
            assert_eq!((table.header.names.len(), table.header.skip), (10_000, 1));
        }
    }
}
