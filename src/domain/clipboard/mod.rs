//! Cells on the clipboard: the text that spreadsheets exchange, tab between cells and a line for each row, and the
//! HTML table beside it.
//!
//! A cell that holds a tab or a line break, or begins with a quote, stands in double quotes, and quotes in it are
//! doubled. Readers take a quote at the beginning of a cell as such only when its partner ends the cell, since not
//! every program doubles.

mod html;

use serde::{Deserialize, Serialize};

pub use html::{OURS, read_html};

/// Rows of cells of the same number; an empty text is an empty cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    columns: usize,
    texts: Vec<String>,
}

impl Table {
    /// Rows, filled up with empty cells to the longest; at least one cell.
    pub fn of_rows(rows: Vec<Vec<String>>) -> Self {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut texts = Vec::with_capacity(rows.len().max(1) * columns);
        for row in rows {
            let end = texts.len() + columns;
            texts.extend(row);
            texts.resize(end, String::new());
        }
        texts.resize(texts.len().max(columns), String::new());
        Self { columns, texts }
    }

    /// Texts row after row; nothing unless they make whole rows.
    pub fn of_texts(columns: usize, texts: Vec<String>) -> Option<Self> {
        let whole = !texts.is_empty() && columns > 0 && texts.len().is_multiple_of(columns);
        whole.then_some(Self { columns, texts })
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.texts.len() / self.columns.max(1)
    }

    /// All texts, row after row.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The text of a cell.
    pub fn text(&self, row: usize, column: usize) -> &str {
        self.texts.get(row * self.columns + column).map_or("", String::as_str)
    }

    /// These columns of it, in this order.
    pub fn pick(self, columns: &[usize]) -> Self {
        if columns.iter().copied().eq(0..self.columns) {
            return self;
        }
        let rows = 0..self.rows();
        let texts = rows.flat_map(|row| columns.iter().map(move |column| (row, *column)));
        let texts = texts.map(|(row, column)| self.text(row, column).to_string()).collect();
        Self { columns: columns.len(), texts }
    }

    /// Reads the text of a clipboard.
    pub fn read(text: &str) -> Self {
        let mut rows = Vec::new();
        let mut row = Vec::new();
        let mut rest = text;
        loop {
            let (cell, after) = cell(rest);
            row.push(cell);
            let mut next = after.chars();
            match next.next() {
                Some('\t') => rest = next.as_str(),
                Some(end) => {
                    rows.push(std::mem::take(&mut row));
                    rest = next.as_str();
                    if end == '\r' {
                        rest = rest.strip_prefix('\n').unwrap_or(rest);
                    }
                    // The last line may have an end as well.
                    if rest.is_empty() {
                        break;
                    }
                }
                None => {
                    rows.push(row);
                    break;
                }
            }
        }
        Self::of_rows(rows)
    }

    /// The text for a clipboard.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for (place, row) in self.texts.chunks(self.columns.max(1)).enumerate() {
            if place > 0 {
                text.push('\n');
            }
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                write_cell(cell, &mut text);
            }
        }
        // A reader passes over the last line break.
        if text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

/// The first cell of a text, and what follows it.
fn cell(text: &str) -> (String, &str) {
    if let Some(found) = text.strip_prefix('"').and_then(quoted) {
        return found;
    }
    let end = text.find(['\t', '\n', '\r']).unwrap_or(text.len());
    (text[..end].to_string(), &text[end..])
}

/// The cell that a quote begins; nothing when no quote ends it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        cell.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None if after.is_empty() || after.starts_with(['\t', '\n', '\r']) => return Some((cell, after)),
            None => return None,
        }
    }
}

fn write_cell(cell: &str, text: &mut String) {
    if !cell.starts_with('"') && !cell.contains(['\t', '\n', '\r']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    for (place, part) in cell.split('"').enumerate() {
        if place > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        Table::of_rows(rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect())
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        for (text, wanted) in [
            // Excel ends each row with CR and LF, and quotes a cell with a line break.
            ("a\tb\r\n1\t2\r\n", table(&[&["a", "b"], &["1", "2"]])),
            ("\"two\nlines\"\tx\r\n", table(&[&["two\nlines", "x"]])),
            ("\"say \"\"hi\"\"\nthen\"\r\n", table(&[&["say \"hi\"\nthen"]])),
            // Google Sheets ends the last row with nothing, and quotes no cell without a line break.
            ("a\tb\n1\t", table(&[&["a", "b"], &["1", ""]])),
            ("say \"hi\"\t5\" pipe", table(&[&["say \"hi\"", "5\" pipe"]])),
            ("\"hi\" there\t1", table(&[&["\"hi\" there", "1"]])),
            ("\"open\tb", table(&[&["\"open", "b"]])),
            // LibreOffice ends each row with LF.
            ("1\t2\n3\t4\n", table(&[&["1", "2"], &["3", "4"]])),
            // An old Mac, an empty clipboard, rows of different lengths, empty rows.
            ("a\rb", table(&[&["a"], &["b"]])),
            ("", table(&[&[""]])),
            ("a\tb\tc\nd", table(&[&["a", "b", "c"], &["d", "", ""]])),
            ("a\n\nb\n\n", table(&[&["a"], &[""], &["b"], &[""]])),
        ] {
            assert_eq!(Table::read(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn plain_cells_are_written_without_quotes() {
        let text = table(&[&["a \"b\"", "1,5"], &["", "\"c\""], &["x\ty", "d\r\ne"]]).write();
        assert_eq!(text, "a \"b\"\t1,5\n\t\"\"\"c\"\"\"\n\"x\ty\"\t\"d\r\ne\"");
    }

    #[test]
    fn columns_are_picked() {
        let wide = table(&[&["a", "b", "c"], &["d", "e", "f"]]);
        assert_eq!(wide.clone().pick(&[2, 0]), table(&[&["c", "a"], &["f", "d"]]));
        assert_eq!(wide.clone().pick(&[0, 1, 2]), wide);
        assert_eq!(Table::of_texts(2, vec!["a".to_string()]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(columns in 1usize..5, texts in prop::collection::vec("[a\"\t\n\r é]{0,4}", 1..30)) {
            let rows = texts.len() / columns;
            prop_assume!(rows > 0);
            let made = Table::of_texts(columns, texts[..rows * columns].to_vec()).unwrap();
            prop_assert_eq!(Table::read(&made.write()), made);
        }
    }
}
