//! What a file becomes by its extraction: a workbook of its own, whose fields are the columns of the file.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::blueprint::{Field, FieldKey, SheetConfig, WorkbookConfig};
use super::file::{File, FileMode};
use super::ids::FileId;
use super::parse::{ParseError, from_value};
use super::workbook::Workbook;

/// The second half of the name of the jobs that do it; the first is `file`.
pub const OPERATION: &str = "extract";
/// The label of workbooks that were made of files.
const LABEL: &str = "file";
/// The member of such a workbook that names its file.
const FILE_ID: &str = "fileId";
/// The files that the server reads, and what stands between their cells where that is certain. The others are left to
/// listeners (section 2.10 of the contract).
const EXTENSIONS: [(&str, Option<u8>); 3] = [("csv", None), ("tsv", Some(b'\t')), ("psv", Some(b'|'))];
/// Most characters of a key that is made of a header.
const LONGEST_KEY: usize = 240;

/// Whether the server itself makes a workbook of a file that arrives.
pub fn is_native(file: &File) -> bool {
    file.mode == FileMode::Import && extension(file).is_some()
}

/// What stands between the cells of a file, as far as its name tells.
pub fn separator(file: &File) -> Option<u8> {
    extension(file).and_then(|(_, separator)| *separator)
}

fn extension(file: &File) -> Option<&'static (&'static str, Option<u8>)> {
    EXTENSIONS.iter().find(|(extension, _)| file.extension().eq_ignore_ascii_case(extension))
}

/// The blueprint of the workbook of a file whose columns have these names: one sheet, every field a text.
///
/// # Errors
/// Never, as long as names become keys.
pub fn workbook_of(file: &File, names: &[String]) -> Result<WorkbookConfig, ParseError> {
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    let name = if stem.trim().is_empty() { "Sheet1" } else { stem };
    let sheet: SheetConfig = from_value(json!({ "name": name, "fields": [] }))?;
    let sheets = vec![SheetConfig { fields: fields(names)?, ..sheet }];
    let workbook: WorkbookConfig =
        from_value(json!({ "name": format!("[file] {}", file.name), "labels": [LABEL] }))?;
    Ok(WorkbookConfig { sheets, ..workbook })
}

/// The members of that workbook that say where it comes from.
pub fn origin_of(file: &FileId) -> Map<String, Value> {
    let members = [("treatments", json!(["EXTRACTED_FROM_SOURCE"])), (FILE_ID, json!(file))];
    members.map(|(name, value)| (name.to_string(), value)).into_iter().collect()
}

/// Whether a workbook was made of a file of any kind, by whomever.
pub fn is_extracted(workbook: &Workbook) -> bool {
    workbook.labels.iter().any(|label| label == LABEL)
}

/// Whether a workbook was made of that file: by the server, or by an extractor, which names it at the file. A file that
/// was imported into the workbook of another names it too, with the sheet.
pub fn is_extracted_from(workbook: &Workbook, file: &File) -> bool {
    is_extracted(workbook)
        && match workbook.extra.get(FILE_ID).and_then(Value::as_str) {
            Some(origin) => origin == file.id.to_string(),
            None => file.workbook_id.as_ref() == Some(&workbook.id) && file.sheet_id.is_none(),
        }
}

/// A field for each column. A name that stands there again gets a number, and one that is missing that of its column.
fn fields(names: &[String]) -> Result<Vec<Field>, ParseError> {
    let mut taken = HashSet::new();
    let field = |(column, name): (usize, &String)| {
        let plain: String = name.chars().filter(|character| !character.is_control()).collect();
        let name = match plain.trim() {
            "" => format!("Column {}", column + 1),
            name => name.chars().take(LONGEST_KEY).collect(),
        };
        let numbered = (1..).map(|number| format!("{name}_{number}"));
        let key = std::iter::once(name.clone()).chain(numbered).find(|key| taken.insert(key.to_lowercase()));
        let key = key.unwrap_or(name);
        let parsed = FieldKey::parse(&key).map_err(|message| ParseError::at("", message))?;
        Ok(Field::text(parsed, key))
    };
    names.iter().enumerate().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_gets_a_field_of_its_own() {
        let names = ["Name", " name ", "", "Name_1", "a\u{7}b", "", "Column 3"].map(str::to_string);
        let keys: Vec<String> = fields(&names).unwrap().iter().map(|field| field.key.to_string()).collect();
        assert_eq!(keys, ["Name", "name_1", "Column 3", "Name_1_1", "ab", "Column 6", "Column 3_1"]);
        let long = ["ä".repeat(999), "Ä".repeat(999)];
        let fields = fields(&long).unwrap();
        assert!(fields.iter().all(|field| field.key.as_str().chars().count() <= 255));
        let config = SheetConfig { fields, ..from_value(json!({ "name": "S", "fields": [] })).unwrap() };
        config.check().unwrap();
    }
}
