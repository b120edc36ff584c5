//! The forms in which records leave: as files for people and for programs.

use serde::{Deserialize, Serialize};

/// A form of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportFormat {
    /// For people with a spreadsheet: text that it would run as a formula is marked.
    #[default]
    #[serde(rename = "csv")]
    Csv,
    /// For programs: every text exactly as it is.
    #[serde(rename = "csv-raw")]
    RawCsv,
    /// Exact texts between tabs.
    #[serde(rename = "tsv")]
    Tsv,
    /// One array of objects from field keys to values.
    #[serde(rename = "json")]
    Json,
    /// The same objects, one a line.
    #[serde(rename = "jsonl")]
    JsonLines,
    /// A workbook for Excel; cells with errors are coloured and say why.
    #[serde(rename = "xlsx")]
    Excel,
}

impl ExportFormat {
    /// All of them, the most wanted first.
    pub const ALL: [Self; 6] = [Self::Csv, Self::RawCsv, Self::Tsv, Self::Json, Self::JsonLines, Self::Excel];

    /// What the button says.
    pub fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV for spreadsheets",
            Self::RawCsv => "CSV, exact text",
            Self::Tsv => "TSV",
            Self::Json => "JSON",
            Self::JsonLines => "JSON Lines",
            Self::Excel => "Excel",
        }
    }

    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv | Self::RawCsv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Excel => "xlsx",
        }
    }

    /// The kind of bytes, as headers say it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::RawCsv => "text/csv; charset=utf-8",
            Self::Tsv => "text/tab-separated-values; charset=utf-8",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The name of a file of what has that name.
    pub fn file_name(self, of: &str) -> String {
        format!("{}.{}", of.replace(['/', '\\'], "-"), self.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_sheet_and_form() {
        assert_eq!(ExportFormat::Excel.file_name("In/Out"), "In-Out.xlsx");
        let named: ExportFormat = serde_json::from_str("\"csv-raw\"").unwrap();
        assert_eq!((named, ExportFormat::default()), (ExportFormat::RawCsv, ExportFormat::Csv));
    }
}
