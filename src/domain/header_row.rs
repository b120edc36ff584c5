//! Which row of a table has the names of its columns: the algorithms of section 2.10 of the contract, as the
//! published extractors have them.

use serde::Deserialize;

use super::parse::ParseError;

/// Among how many rows the header is looked for, when nobody says.
const ROWS_TO_SEARCH: usize = 10;

/// How a header is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderAlgorithm {
    /// The fullest of the first rows; of equals the first.
    #[serde(alias = "aiDetection")]
    Default,
    /// The names are given; the table has none.
    ExplicitHeaders,
    /// The names of some rows are put together.
    SpecificRows,
    /// As the default, but the row above the first that holds data, and a row below that says the same more exactly.
    DataRowAndSubHeaderDetection,
}

/// `HeaderDetectionOptions` of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderOptions {
    /// How the header is found.
    pub algorithm: HeaderAlgorithm,
    /// Among how many rows it is looked for.
    pub rows_to_search: Option<usize>,
    /// How many rows stand above the data, for the algorithms that are told where the names are.
    pub skip: Option<usize>,
    /// The names, for `explicitHeaders`.
    pub headers: Option<Vec<String>>,
    /// Which rows have the names, from 0, for `specificRows`.
    pub row_numbers: Option<Vec<usize>>,
}

/// The header of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The names of the columns, as they stand there.
    pub names: Vec<String>,
    /// How many rows stand above the data, the header among them.
    pub skip: usize,
}

impl Header {
    /// The letters of its columns, as spreadsheets count them.
    pub fn letters(&self) -> Vec<String> {
        (0..self.names.len()).map(letters).collect()
    }
}

impl HeaderOptions {
    /// How many of the first rows have to be seen.
    pub fn rows(&self) -> usize {
        match self.algorithm {
            HeaderAlgorithm::ExplicitHeaders => 0,
            HeaderAlgorithm::SpecificRows => self.last_row().map_or(0, |last| last.saturating_add(1)),
            HeaderAlgorithm::Default | HeaderAlgorithm::DataRowAndSubHeaderDetection => {
                self.rows_to_search.filter(|rows| *rows > 0).unwrap_or(ROWS_TO_SEARCH)
            }
        }
    }

    /// Finds the header by the first rows of a table. A table without any text has none.
    ///
    /// # Errors
    /// When the algorithm lacks the names or the numbers of rows that it goes by.
    pub fn find(&self, rows: &[Vec<String>]) -> Result<Header, ParseError> {
        let searched = &rows[..rows.len().min(self.rows())];
        match self.algorithm {
            HeaderAlgorithm::Default => Ok(fullest(searched)),
            HeaderAlgorithm::DataRowAndSubHeaderDetection => Ok(above_data(searched)),
            HeaderAlgorithm::ExplicitHeaders => match &self.headers {
                Some(names) if !names.is_empty() => {
                    Ok(Header { names: names.clone(), skip: self.skip.unwrap_or(0) })
                }
                _ => Err(ParseError::at("options.headers", "`explicitHeaders` needs at least one name")),
            },
            HeaderAlgorithm::SpecificRows => {
                let Some(last) = self.last_row() else {
                    let message = "`specificRows` needs the number of at least one row, from 0";
                    return Err(ParseError::at("options.rowNumbers", message));
                };
                let numbers = self.row_numbers.as_deref().unwrap_or_default();
                let named: Vec<(usize, &Vec<String>)> =
                    searched.iter().enumerate().filter(|(number, _)| numbers.contains(number)).collect();
                let width = named.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
                let name = |column: usize| {
                    let parts = named.iter().filter_map(|(_, row)| row.get(column)).map(|part| part.trim());
                    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
                };
                let skip = self.skip.unwrap_or(last.saturating_add(1));
                Ok(Header { names: (0..width).map(name).collect(), skip })
            }
        }
    }

    fn last_row(&self) -> Option<usize> {
        self.row_numbers.as_ref()?.iter().copied().max()
    }
}

/// How many cells of a row hold text.
fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn fullest(rows: &[Vec<String>]) -> Header {
    let mut found = Header::default();
    for (number, row) in rows.iter().enumerate() {
        if filled(row) > filled(&found.names) {
            found = Header { names: row.clone(), skip: number + 1 };
        }
    }
    found
}

fn above_data(rows: &[Vec<String>]) -> Header {
    let (mut header, mut skip): (&[String], usize) = (&[], 0);
    let mut before: Option<&[String]> = None;
    for (number, row) in rows.iter().enumerate() {
        if filled(row) > filled(header) {
            (header, skip) = (row, number + 1);
        }
        if let Some(before) = before
            && looks_like_data(row)
            && filled(before) == filled(header)
            && !looks_like_data(before)
        {
            (header, skip) = (before, number);
        }
        before = Some(row);
    }
    let is_more_exact = |row: &[String]| {
        let said = header.iter().enumerate().filter(|(column, name)| says(name, row.get(*column)));
        filled(row) == filled(header) && said.count() * 2 > header.len()
    };
    let below = rows.iter().enumerate().skip(skip).rfind(|(_, row)| is_more_exact(row));
    let (names, skip) = below.map_or((header, skip), |(number, row)| (row, number + 1));
    Header { names: names.to_vec(), skip }
}

/// Whether a name has all words of a cell in it.
fn says(name: &str, cell: Option<&String>) -> bool {
    let name = name.to_lowercase();
    cell.is_none_or(|cell| cell.split_whitespace().all(|word| name.contains(&word.to_lowercase())))
}

/// Whether a row has a cell that no header has: an empty one, a number, true or false.
fn looks_like_data(row: &[String]) -> bool {
    row.iter().any(|cell| {
        let text = cell.trim();
        text.is_empty() || ["true", "false"].contains(&text.to_lowercase().as_str()) || is_number(text)
    })
}

/// Whether JavaScript, in which the algorithm is at home, reads a text as a number.
fn is_number(text: &str) -> bool {
    let unsigned = text.trim_start_matches(['+', '-']);
    if unsigned == "Infinity" && text.len() <= unsigned.len() + 1 {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        }
    }
    unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') && text.parse::<f64>().is_ok()
}

/// `A`, `B`, … `Z`, `AA`, …
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => return letters.into_iter().rev().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn find(options: Value, rows: &[&[&str]]) -> Result<Header, ParseError> {
        let options: HeaderOptions = serde_json::from_value(options).unwrap();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        options.find(&rows)
    }

    #[track_caller]
    fn finds(options: Value, rows: &[&[&str]], names: &[&str], skip: usize) {
        let found = find(options, rows).unwrap();
        assert_eq!((found.names.as_slice(), found.skip), (&names.map_owned()[..], skip));
    }

    trait Owned {
        fn map_owned(&self) -> Vec<String>;
    }

    impl Owned for &[&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(ToString::to_string).collect()
        }
    }

    const TITLED: &[&[&str]] = &[
        &["Trip", "", ""],
        &["", "", ""],
        &["Name", "Age", "City"],
        &["David", "25", "Bonn"],
        &["Sarah", "32", "Rome"],
    ];

    #[test]
    fn by_default_the_header_is_the_fullest_row_and_of_equals_the_first() {
        for algorithm in ["default", "aiDetection"] {
            finds(json!({ "algorithm": algorithm }), TITLED, &["Name", "Age", "City"], 3);
        }
        finds(json!({ "algorithm": "default", "rowsToSearch": 2 }), TITLED, &["Trip", "", ""], 1);
        finds(json!({ "algorithm": "default", "rowsToSearch": 0 }), TITLED, &["Name", "Age", "City"], 3);
        finds(json!({ "algorithm": "default" }), &[&["", " "]], &[], 0);
        finds(json!({ "algorithm": "default" }), &[], &[], 0);
        let late: Vec<&[&str]> = [&["a"][..]; 10].into_iter().chain([&["a", "b"][..]]).collect();
        finds(json!({ "algorithm": "default" }), &late, &["a"], 1);
    }

    #[test]
    fn explicit_headers_are_taken_as_they_are() {
        finds(json!({ "algorithm": "explicitHeaders", "headers": ["x", "y"] }), TITLED, &["x", "y"], 0);
        let skipping = json!({ "algorithm": "explicitHeaders", "headers": ["x"], "skip": 3 });
        finds(skipping, TITLED, &["x"], 3);
        for none in [json!(null), json!([])] {
            let error = find(json!({ "algorithm": "explicitHeaders", "headers": none }), TITLED).unwrap_err();
            assert_eq!(error.path, "options.headers");
        }
    }

    #[test]
    fn the_names_of_several_rows_are_joined() {
        let rows: &[&[&str]] = &[&["Home", "", "Work"], &["Street ", "City", "", "Floor"], &["a", "b", "c"]];
        let both = json!({ "algorithm": "specificRows", "rowNumbers": [1, 0] });
        finds(both, rows, &["Home Street", "City", "Work", "Floor"], 2);
        let told = json!({ "algorithm": "specificRows", "rowNumbers": [1], "skip": 3 });
        finds(told, rows, &["Street", "City", "", "Floor"], 3);
        finds(json!({ "algorithm": "specificRows", "rowNumbers": [9] }), rows, &[], 10);
        let error = find(json!({ "algorithm": "specificRows" }), rows).unwrap_err();
        assert_eq!(error.path, "options.rowNumbers");
    }

    #[test]
    fn the_row_above_the_data_is_the_header() {
        let options = || json!({ "algorithm": "dataRowAndSubHeaderDetection" });
        let rows: &[&[&str]] =
            &[&["All of", "our", "people"], &["Name", "Age", "City"], &["Ada", "36", "Bonn"]];
        finds(options(), rows, &["Name", "Age", "City"], 2);
        // A row below that says more than half of it again.
        let rows: &[&[&str]] =
            &[&["Full Name", "Age (years)", "City"], &["name", "years", "Town"], &["Ada", "old", "Bonn"]];
        finds(options(), rows, &["name", "years", "Town"], 2);
        let rows: &[&[&str]] = &[&["Name", "Age"], &["Ada", "x"], &["Bob", "y"]];
        finds(options(), rows, &["Name", "Age"], 1);
        finds(options(), &[], &[], 0);
    }

    #[test]
    fn numbers_are_those_of_javascript() {
        for text in ["1", "-1.5", "+.5", "1.", "1e5", "0x1F", "Infinity", "-Infinity"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "a", "nan", "inf", "infinity", "1,5", "0x", "0xg", "1 2", "--1", "1e", "."] {
            assert!(!is_number(text), "{text}");
        }
    }

    #[test]
    fn columns_have_letters() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), expected);
        }
    }
}
