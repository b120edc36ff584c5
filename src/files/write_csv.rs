//! Rows become CSV, for spreadsheets or as they are.

use std::io::Write;

use super::write_rows::{RowWriter, WriteError};
use crate::domain::blueprint::{Field, FieldType};
use crate::domain::record::Message;
use crate::domain::value::{PlainText, is_number};

/// For whom the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvForm {
    /// For people with a spreadsheet: text that it would run as a formula gets a `'` before it, lines end as
    /// Windows has them, and a mark at the beginning says that it is UTF-8.
    Spreadsheet,
    /// For programs: nothing is put before a text.
    Raw,
    /// The same with tabs between the values.
    Tabs,
}

impl CsvForm {
    fn separator(self) -> u8 {
        if self == Self::Tabs { b'\t' } else { b',' }
    }
}

/// Characters at the beginning of a text that make a spreadsheet see a formula.
const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '＠'];

/// The text without the mark that [`CsvForm::Spreadsheet`] put before it, so that a file which people mend and
/// bring back holds what it held.
pub fn unmarked(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| needs_mark(rest)).unwrap_or(text)
}

/// Whether it begins as a formula, or as one that is marked: that mark is the text's own.
fn needs_mark(text: &str) -> bool {
    if text.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    text.trim_start_matches('\'').starts_with(FORMULA_STARTS)
}

/// Writes rows into a buffer that its owner empties from time to time, so that memory stays bounded.
#[derive(Debug)]
pub struct CsvWriter {
    line: Line,
    /// For each column how its values are written, and whether they are numbers, which may begin with a sign.
    columns: Vec<(PlainText, bool)>,
    buffer: Vec<u8>,
}

/// How a line is made of texts.
#[derive(Debug)]
struct Line {
    form: CsvForm,
    /// Bytes that a text without quotes cannot have.
    odd: [bool; 256],
}

impl CsvWriter {
    /// Begins a file with the labels of the fields.
    pub fn new(form: CsvForm, fields: &[&Field]) -> Self {
        let mut odd = [false; 256];
        for byte in [form.separator(), b'"', b'\n', b'\r'] {
            odd[usize::from(byte)] = true;
        }
        let mut writer = Self { line: Line { form, odd }, columns: Vec::new(), buffer: Vec::new() };
        if form == CsvForm::Spreadsheet {
            writer.buffer.extend(b"\xEF\xBB\xBF");
        }
        let labels: Vec<_> = fields.iter().map(|field| Some(field.label.as_str())).collect();
        writer.put_row(&labels);
        let types = fields.iter().map(|field| &field.field_type);
        writer.columns = types.map(|kind| (PlainText::new(kind), *kind == FieldType::Number)).collect();
        writer
    }

    /// Adds a row; no value is written as an empty one.
    fn put_row(&mut self, cells: &[Option<&str>]) {
        let separator = self.line.form.separator();
        for (column, text) in cells.iter().enumerate() {
            if column > 0 {
                self.buffer.push(separator);
            }
            let Some(text) = text else { continue };
            match self.columns.get(column) {
                Some((values, is_number)) => self.line.cell(&mut self.buffer, &values.of(text), *is_number),
                None => self.line.cell(&mut self.buffer, text, false),
            }
        }
        self.buffer.extend_from_slice(match self.line.form {
            CsvForm::Spreadsheet => b"\r\n",
            CsvForm::Raw | CsvForm::Tabs => b"\n",
        });
    }
}

impl Line {
    fn cell(&self, buffer: &mut Vec<u8>, text: &str, number: bool) {
        let marked = self.form == CsvForm::Spreadsheet && needs_mark(text) && !(number && is_number(text));
        if self.is_plain(text) {
            if marked {
                buffer.push(b'\'');
            }
            buffer.extend_from_slice(text.as_bytes());
            return;
        }
        buffer.extend_from_slice(if marked { b"\"'" } else { b"\"" });
        for (place, part) in text.split('"').enumerate() {
            buffer.extend_from_slice(if place > 0 { b"\"\"" } else { b"" });
            buffer.extend_from_slice(part.as_bytes());
        }
        buffer.push(b'"');
    }

    /// Whether it needs no quotes: white space around a text would not be seen as part of it.
    fn is_plain(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let bounded = match bytes {
            [] | [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => true,
            _ => text.trim() == text,
        };
        bounded && !bytes.iter().any(|byte| self.odd[usize::from(*byte)])
    }
}

impl RowWriter for CsvWriter {
    fn row(&mut self, cells: &[Option<&str>], _messages: &[(usize, &Message)]) -> Result<(), WriteError> {
        self.put_row(cells);
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        let room = self.buffer.len();
        std::mem::replace(&mut self.buffer, Vec::with_capacity(room))
    }

    fn finish(self: Box<Self>, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
        Ok(out.write_all(&self.buffer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{CsvReader, sniff};
    use proptest::prelude::*;

    fn columns(names: &[&str]) -> Vec<Field> {
        let column = |name: &&str| {
            let kind = if name.starts_with("number") { "number" } else { "string" };
            serde_json::from_value(serde_json::json!({"key": "a", "type": kind, "label": name})).unwrap()
        };
        names.iter().map(column).collect()
    }

    fn written(form: CsvForm, names: &[&str], rows: &[&[Option<&str>]]) -> String {
        let mut writer = CsvWriter::new(form, &columns(names).iter().collect::<Vec<_>>());
        rows.iter().for_each(|row| writer.row(row, &[]).unwrap());
        let text = String::from_utf8(writer.take()).unwrap();
        text.trim_start_matches('\u{FEFF}').to_string()
    }

    #[test]
    fn formulas_are_disarmed_for_spreadsheets_only() {
        let cells = ["=1+1", "+49", "-7", "@x", "\tx", "a=1", "'=1", "＝1"].map(Some);
        let rows: Vec<&[Option<&str>]> = cells.iter().map(std::slice::from_ref).collect();
        let spreadsheet = written(CsvForm::Spreadsheet, &["text"], &rows);
        assert_eq!(spreadsheet, "text\r\n'=1+1\r\n'+49\r\n'-7\r\n'@x\r\n\"'\tx\"\r\na=1\r\n''=1\r\n'＝1\r\n");
        let raw = written(CsvForm::Raw, &["text"], &rows[..2]);
        assert_eq!(raw, "text\n=1+1\n+49\n");
        let number = written(CsvForm::Spreadsheet, &["number"], &[&[Some("-7")], &[Some("-7+cmd()")]]);
        assert_eq!(number, "number\r\n-7\r\n'-7+cmd()\r\n");
        assert!(written(CsvForm::Spreadsheet, &["=name"], &[]).starts_with("'=name"));
    }

    #[test]
    fn a_mark_goes_again_and_an_apostrophe_of_the_text_stays() {
        let texts = ["=1+1", "+49-030-1", "-7", "@x", "\tx", "a=1", "O'Neil", "'tis", "'=1", "''-", "'", ""];
        for text in texts {
            let line = written(CsvForm::Spreadsheet, &["text"], &[&[Some(text)]]);
            let cell = line.trim_start_matches("text\r\n").trim_end_matches("\r\n").trim_matches('"');
            assert_eq!(unmarked(cell), text);
        }
    }

    #[test]
    fn only_what_needs_quotes_gets_them() {
        let row = ["plain", "a,b", "say \"hi\"", "two\nlines", " blank", ""].map(Some);
        let text = written(CsvForm::Raw, &["a", "b", "c", "d", "e", "f"], &[&row, &[Some("x"), None]]);
        assert_eq!(text, "a,b,c,d,e,f\nplain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" blank\",\nx,\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(form in proptest::sample::select(&[CsvForm::Raw, CsvForm::Tabs][..]), rows in proptest::collection::vec(("[a-z\",;\r\n \u{e9}\t=-]{0,6}", "\\PC{0,6}"), 1..6)) {
            let mut writer = CsvWriter::new(form, &columns(&["first", "second"]).iter().collect::<Vec<_>>());
            rows.iter().for_each(|(one, two)| writer.row(&[Some(one), Some(two)], &[]).unwrap());
            let bytes = writer.take();
            let dialect = crate::files::Dialect { separator: form.separator(), header_row: 0, terminator: b'\n', ..sniff(&bytes, true) };
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
