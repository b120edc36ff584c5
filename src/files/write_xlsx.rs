//! Rows become a sheet of Excel. Cells with errors are coloured, and say why in a note.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{Color, Format, Note, Workbook, Worksheet, XlsxError};

use super::write_rows::{RowWriter, WriteError};
use crate::domain::blueprint::{Field, FieldType, Level};
use crate::domain::record::Message;
use crate::domain::value::{PlainText, read_boolean, read_number};

/// Records in a sheet, the row of the labels apart.
pub const MOST_RECORDS: u32 = (1 << 20) - 1;
/// Columns of a sheet.
pub const MOST_COLUMNS: usize = 16_384;
/// Characters of a cell, as UTF-16 counts them.
pub const MOST_CHARACTERS: usize = 32_767;
/// Notes are held in memory until the end; beyond this number cells are only coloured.
const MOST_NOTES: usize = 10_000;
/// Whole numbers beyond this lose digits in Excel: they stay texts.
const SURELY_EXACT: f64 = 9_007_199_254_740_991.0;

/// Writes records into a workbook of one sheet; the rows wait in a file of the scratch folder.
pub struct XlsxWriter {
    workbook: Workbook,
    fields: Vec<(String, FieldType, PlainText)>,
    error: Format,
    rows: u32,
    notes: usize,
}

impl XlsxWriter {
    /// Begins a sheet with the labels of the fields.
    ///
    /// # Errors
    /// When there are too many, or the folder cannot be written to.
    pub fn new(name: &str, fields: &[&Field], scratch: &Path) -> Result<Self, WriteError> {
        if fields.len() > MOST_COLUMNS {
            return Err(WriteError::TooMuchForExcel);
        }
        let mut workbook = Workbook::new();
        workbook.set_tempdir(scratch)?;
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(sheet_name(name))?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, field) in (0u16..).zip(fields) {
            sheet.write_string_with_format(0, column, &field.label, &bold)?;
        }
        let column = |field: &&Field| {
            (field.label.clone(), field.field_type.clone(), PlainText::new(&field.field_type))
        };
        let fields = fields.iter().map(column).collect();
        let error = Format::new().set_background_color(Color::RGB(0xFFC7CE));
        Ok(Self { workbook, fields, error, rows: 0, notes: 0 })
    }

    /// The row of the sheet that comes next.
    fn next_row(&mut self) -> Result<u32, WriteError> {
        if self.rows == MOST_RECORDS {
            return Err(WriteError::TooMuchForExcel);
        }
        self.rows += 1;
        Ok(self.rows)
    }
}

impl RowWriter for XlsxWriter {
    fn row(&mut self, cells: &[Option<&str>], messages: &[(usize, &Message)]) -> Result<(), WriteError> {
        let row = self.next_row()?;
        let plain = Format::default();
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, ((label, field_type, values), text)) in self.fields.iter().zip(cells).enumerate() {
            let on_cell = || messages.iter().filter(|(of, _)| *of == place).map(|(_, message)| *message);
            let faulty = on_cell().any(|message| message.level == Level::Error);
            let text = text.map(|text| values.of(text));
            let length = text.as_ref().map_or(0, |text| text.encode_utf16().count());
            if length > MOST_CHARACTERS {
                let (row, field) = (row.into(), label.clone());
                return Err(WriteError::TooLongForExcel { row, field, length });
            }
            let format = if faulty { &self.error } else { &plain };
            let column = place as u16;
            put(sheet, (row, column), field_type, text.as_deref(), format)?;
            if faulty && self.notes < MOST_NOTES {
                self.notes += 1;
                let said: Vec<&str> = on_cell().map(|message| message.text.as_str()).collect();
                sheet.insert_note(row, column, &Note::new(said.join("\n")).add_author_prefix(false))?;
            }
        }
        Ok(())
    }

    /// Nothing: the parts of the file are put together at its end.
    fn take(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn finish(mut self: Box<Self>, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
        Ok(self.workbook.save_to_writer(out)?)
    }
}

/// Writes a cell as what its text means for the field.
fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    field_type: &FieldType,
    text: Option<&str>,
    format: &Format,
) -> Result<(), XlsxError> {
    let Some(text) = text else { return sheet.write_blank(row, column, format).map(drop) };
    let number = match field_type {
        FieldType::Number => read_number(text).filter(|number| number.abs() <= SURELY_EXACT),
        _ => None,
    };
    let flag = match field_type {
        FieldType::Boolean { .. } => read_boolean(text),
        _ => None,
    };
    match (number, flag) {
        (Some(number), _) => sheet.write_number_with_format(row, column, number, format),
        (_, Some(flag)) => sheet.write_boolean_with_format(row, column, flag, format),
        _ => sheet.write_string_with_format(row, column, text, format),
    }
    .map(drop)
}

/// A name that Excel takes: 31 characters, without some signs.
fn sheet_name(name: &str) -> String {
    let name: String = name.chars().filter(|sign| !"[]:*?/\\".contains(*sign)).take(31).collect();
    let name = name.trim_matches(|sign: char| sign == '\'' || sign.is_whitespace() || sign.is_control());
    if name.is_empty() { "Records".to_string() } else { name.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::MessageSource;
    use serde_json::{Value, json};

    fn field(config: Value) -> Field {
        serde_json::from_value(config).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let field = field(json!({"key": "a", "type": "string", "label": "Notes"}));
        let mut writer = XlsxWriter::new("a[b]:c*/'", &[&field], &std::env::temp_dir()).unwrap();
        let long = "é".repeat(MOST_CHARACTERS);
        writer.row(&[Some(&long)], &[]).unwrap();
        let longer = format!("{long}x");
        let refusal = writer.row(&[Some(&longer)], &[]).unwrap_err().to_string();
        assert!(refusal.starts_with("record 2, Notes: a cell of Excel holds 32767 characters"), "{refusal}");
        writer.rows = MOST_RECORDS;
        let refusal = writer.row(&[None], &[]).unwrap_err().to_string();
        assert!(refusal.contains("1048575 records"), "{refusal}");
    }

    #[test]
    fn a_file_for_excel_is_a_zip() {
        let fields =
            [field(json!({"key": "a", "type": "number"})), field(json!({"key": "b", "type": "boolean"}))];
        let mut writer = XlsxWriter::new("", &fields.each_ref(), &std::env::temp_dir()).unwrap();
        let message = Message {
            level: Level::Error,
            source: MessageSource::InvalidOption,
            derived: true,
            text: "no number".to_string(),
            path: None,
        };
        writer.row(&[Some("1,000"), Some("yes")], &[]).unwrap();
        writer.row(&[Some("many"), None], &[(0, &message)]).unwrap();
        assert!(writer.take().is_empty());
        let mut bytes = Vec::new();
        Box::new(writer).finish(&mut bytes).unwrap();
        assert!(bytes.starts_with(b"PK\x03\x04"));
    }
}
