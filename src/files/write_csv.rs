//! Rows become CSV, for spreadsheets or as they are.

use crate::domain::value::is_number;

/// For whom the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvForm {
    /// For people with a spreadsheet: text that it would run as a formula gets a `'` before it, and
    /// lines end as Windows has them.
    Spreadsheet,
    /// For programs: every value exactly as it is.
    Raw,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsvColumn {
    /// Its name in the header.
    pub name: String,
    /// Whether its values are numbers, which may begin with a sign.
    pub is_number: bool,
}

/// Characters at the beginning of a text that make a spreadsheet see a formula.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '＠'];

/// The text without the mark that [`CsvForm::Spreadsheet`] put before it, so that a file which people mend and
/// bring back holds what it held.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_STARTS)).unwrap_or(text)
}

/// Writes rows into a buffer that its owner empties from time to time, so that memory stays bounded.
#[derive(Debug)]
pub struct CsvWriter {
    form: CsvForm,
    columns: Vec<CsvColumn>,
    buffer: Vec<u8>,
}

impl CsvWriter {
    /// Begins a file with its header row. `bom` tells old spreadsheets that it is UTF-8.
    pub fn new(form: CsvForm, bom: bool, columns: Vec<CsvColumn>) -> Self {
        let mut writer = Self { form, columns: Vec::new(), buffer: Vec::new() };
        if bom {
            writer.buffer.extend(b"\xEF\xBB\xBF");
        }
        writer.row(columns.iter().map(|column| Some(column.name.as_str())));
        writer.columns = columns;
        writer
    }

    /// Adds a row; no value is written as an empty one.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Option<&'a str>>) {
        for (column, text) in cells.into_iter().enumerate() {
            if column > 0 {
                self.buffer.push(b',');
            }
            let is_number = self.columns.get(column).is_some_and(|column| column.is_number);
            self.cell(text.unwrap_or_default(), is_number);
        }
        self.buffer.extend(match self.form {
            CsvForm::Spreadsheet => &b"\r\n"[..],
            CsvForm::Raw => b"\n",
        });
    }

    /// How many bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.buffer.len()
    }

    /// The bytes since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.buffer)
    }

    fn cell(&mut self, text: &str, number: bool) {
        let harmless =
            self.form == CsvForm::Raw || !text.starts_with(FORMULA_STARTS) || (number && is_number(text));
        let marked = if harmless { "" } else { "'" };
        let odd = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
        if !text.bytes().any(odd) && text.trim() == text {
            self.buffer.extend(marked.as_bytes());
            self.buffer.extend(text.as_bytes());
            return;
        }
        self.buffer.push(b'"');
        self.buffer.extend(marked.as_bytes());
        self.buffer.extend(text.replace('"', "\"\"").as_bytes());
        self.buffer.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{CsvReader, sniff};
    use proptest::prelude::*;

    fn columns(names: &[&str]) -> Vec<CsvColumn> {
        let column =
            |name: &&str| CsvColumn { name: name.to_string(), is_number: name.starts_with("number") };
        names.iter().map(column).collect()
    }

    fn written(form: CsvForm, bom: bool, names: &[&str], rows: &[&[Option<&str>]]) -> String {
        let mut writer = CsvWriter::new(form, bom, columns(names));
        rows.iter().for_each(|row| writer.row(row.iter().copied()));
        String::from_utf8(writer.take()).unwrap()
    }

    #[test]
    fn formulas_are_disarmed_for_spreadsheets_only() {
        let cells = ["=1+1", "+49", "-7", "@x", "\tx", "a=1", "'=1", "＝1"].map(Some);
        let rows: Vec<&[Option<&str>]> = cells.iter().map(std::slice::from_ref).collect();
        let spreadsheet = written(CsvForm::Spreadsheet, false, &["text"], &rows);
        assert_eq!(spreadsheet, "text\r\n'=1+1\r\n'+49\r\n'-7\r\n'@x\r\n\"'\tx\"\r\na=1\r\n'=1\r\n'＝1\r\n");
        let raw = written(CsvForm::Raw, true, &["text"], &rows[..2]);
        assert_eq!(raw, "\u{FEFF}text\n=1+1\n+49\n");
        let number = written(CsvForm::Spreadsheet, false, &["number"], &[&[Some("-7")], &[Some("-7+cmd()")]]);
        assert_eq!(number, "number\r\n-7\r\n'-7+cmd()\r\n");
        assert!(written(CsvForm::Spreadsheet, false, &["=name"], &[]).starts_with("'=name"));
    }

    #[test]
    fn a_mark_goes_again_and_an_apostrophe_of_the_text_stays() {
        let texts = ["=1+1", "+49-030-1", "-7", "@x", "\tx", "a=1", "O'Neil", "'tis", ""];
        for text in texts {
            let line = written(CsvForm::Spreadsheet, false, &["text"], &[&[Some(text)]]);
            let cell = line.trim_start_matches("text\r\n").trim_end_matches("\r\n").trim_matches('"');
            assert_eq!(unmarked(cell), text);
        }
    }

    #[test]
    fn only_what_needs_quotes_gets_them() {
        let row = ["plain", "a,b", "say \"hi\"", "two\nlines", " blank", ""].map(Some);
        let text = written(CsvForm::Raw, false, &["a", "b", "c", "d", "e", "f"], &[&row, &[Some("x"), None]]);
        assert_eq!(text, "a,b,c,d,e,f\nplain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" blank\",\nx,\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(rows in proptest::collection::vec(("[a-z\",;\r\n \u{e9}\t=-]{0,6}", "\\PC{0,6}"), 1..6)) {
            let mut writer = CsvWriter::new(CsvForm::Raw, true, columns(&["first", "second"]));
            rows.iter().for_each(|(one, two)| writer.row([Some(one.as_str()), Some(two.as_str())]));
            let bytes = writer.take();
            let dialect = crate::files::Dialect { separator: b',', header_row: 0, terminator: b'\n', ..sniff(&bytes, true) };
            let mut reader = CsvReader::new(&bytes[..], &dialect).unwrap();
            let mut read = Vec::new();
            while let Some(row) = reader.next_row().unwrap() {
                read.push((row.get(0).unwrap().to_string(), row.get(1).unwrap().to_string()));
            }
            let filled: Vec<_> = rows.into_iter().filter(|(one, two)| !one.is_empty() || !two.is_empty()).collect();
            prop_assert_eq!(read, filled);
        }
    }
}
