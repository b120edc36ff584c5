use proptest::prelude::*;

use super::super::{sniff, sniff_in};
use super::*;
use crate::domain::blueprint::sheet::MOST_FIELDS;
use crate::domain::value::MOST_CELL_BYTES;

/// Gives a few bytes at a time, as a network does.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(self.0.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

struct Seen {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    report: ReadReport,
}

fn read_as(bytes: &[u8], dialect: &Dialect) -> Result<Seen, CsvError> {
    let mut reader = CsvReader::new(Trickle(bytes, 7), dialect)?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        rows.push(row.cells().map(String::from).collect());
    }
    assert_eq!(reader.bytes_read(), bytes.len() as u64);
    Ok(Seen { headers: reader.headers().to_vec(), rows, report: reader.report() })
}

fn read(bytes: &[u8]) -> Result<Seen, CsvError> {
    read_as(bytes, &sniff(&bytes[..bytes.len().min(1 << 16)], bytes.len() <= 1 << 16))
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = "\u{FEFF}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn files_of_all_kinds_are_read() {
    let table: &[(&str, Vec<u8>, &[&[&str]])] = &[
        ("plain", b"a,b\n1,2\n3,4\n".to_vec(), &[&["1", "2"], &["3", "4"]]),
        ("no newline at the end", b"a,b\n1,2".to_vec(), &[&["1", "2"]]),
        ("ends with a separator", b"a,b\n1,".to_vec(), &[&["1", ""]]),
        ("Windows line ends", b"a,b\r\n1,2\r\n\"3\",\"4\"\r\n".to_vec(), &[&["1", "2"], &["3", "4"]]),
        ("old line ends", b"a,b\r1,\"x\ry\"\r".to_vec(), &[&["1", "x\ry"]]),
        ("a carriage return inside", b"a,b\n1\r2,3\n".to_vec(), &[&["1\r2", "3"]]),
        ("quoted line breaks", b"a,b\n\"x\ny\",2\n3,4\n".to_vec(), &[&["x\ny", "2"], &["3", "4"]]),
        (
            "quoted separators and quotes",
            b"a,b\n\"x,y\",\"say \"\"hi\"\"\"\n".to_vec(),
            &[&["x,y", "say \"hi\""]],
        ),
        ("only quotes", b"a,b\n\"\"\"\",\"\"\n".to_vec(), &[&["\"", ""]]),
        ("blanks behind a quote", b"a,b\n\"x\" ,\"y\"\t\n".to_vec(), &[&["x", "y"]]),
        ("quotes that end nothing", b"a,b\n\"the \"best\" one\",2\n".to_vec(), &[&["the \"best\" one", "2"]]),
        ("a quote inside a plain value", b"a,b\n5\" pipe,2\n".to_vec(), &[&["5\" pipe", "2"]]),
        ("semicolons", b"a;b\n1,5;2\n2,5;3\n".to_vec(), &[&["1,5", "2"], &["2,5", "3"]]),
        ("tabs", b"a\tb\n1\t2\n".to_vec(), &[&["1", "2"]]),
        ("a mark before UTF-8", b"\xEF\xBB\xBFa,b\n\xC3\xA9,2\n".to_vec(), &[&["é", "2"]]),
        ("UTF-16LE", utf16("a,b\n\u{1F600},\"é\n\"\n", false), &[&["\u{1F600}", "é\n"]]),
        ("UTF-16BE", utf16("a,b\r\n\u{1F600},é\r\n", true), &[&["\u{1F600}", "é"]]),
        (
            "Windows-1252",
            b"name,city\nJos\xe9,M\xfcnchen\nZo\xeb,Orl\xe9ans\n".to_vec(),
            &[&["José", "München"], &["Zoë", "Orléans"]],
        ),
        ("blank lines", b"a,b\n\n1,2\n\n,\n\"\",\n3,4\n\n".to_vec(), &[&["1", "2"], &["3", "4"]]),
        (
            "too few cells",
            b"a,b,c\n1\n2,3\n4,5,6\n".to_vec(),
            &[&["1", "", ""], &["2", "3", ""], &["4", "5", "6"]],
        ),
        ("too many cells", b"a,b\n1,2,3\n4,5,,\n".to_vec(), &[&["1", "2"], &["4", "5"]]),
        ("header only", b"a,b\n".to_vec(), &[]),
        ("titles above the header", b"Report,\n\na,b,c\n1,2,3\n".to_vec(), &[&["1", "2", "3"]]),
    ];
    for (name, bytes, rows) in table {
        let seen = read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(seen.rows, *rows, "{name}");
        assert_eq!(seen.report.rows, rows.len() as u64, "{name}");
    }
}

#[test]
fn oddities_are_counted_with_their_lines() {
    let bytes = b"a,b\n1\n\"x\ny\",2,3\n4,5,\n\n\"o\"o\",\xFF\xFE\n\0z\0,1\n";
    let seen = read_as(bytes, &Dialect { encoding: encoding_rs::UTF_8, ..sniff(b"a,b\n", true) }).unwrap();
    let places = |count, lines: &[u64]| Places { count, lines: lines.to_vec() };
    let expected = ReadReport {
        rows: 5,
        skipped_rows: 0,
        short_rows: places(1, &[2]),
        long_rows: places(1, &[3]),
        empty_rows: places(1, &[6]),
        odd_quotes: places(1, &[7]),
        invalid_text: places(2, &[7]),
        nul_characters: places(2, &[8]),
    };
    assert_eq!(seen.report, expected);
    assert_eq!(seen.rows[3], ["o\"o", "\u{FFFD}\u{FFFD}"]);
    assert_eq!(seen.rows[4], ["z", "1"]);
    let warnings = seen.report.warnings();
    assert_eq!(warnings[0], "Rows with fewer cells than the header; the missing cells are empty: 1 (line 2)");
    assert_eq!(warnings.len(), 5);
}

#[test]
fn bytes_that_are_no_text_are_counted_in_other_encodings_too() {
    let dialect = sniff_in(b"a,b\n", true, "shift_jis").unwrap();
    let seen = read_as(b"a,b\n\x83\x65,1\n2,\xFF\n", &dialect).unwrap();
    assert_eq!(seen.rows, [["テ", "1"], ["2", "\u{FFFD}"]]);
    assert_eq!(seen.report.invalid_text, Places { count: 1, lines: vec![3] });
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let long = |length: usize| "x".repeat(length);
    let wide = ",".repeat(MOST_FIELDS);
    let table: [(&str, String, &str); 11] = [
        ("empty", String::new(), "the file is empty"),
        ("a mark alone", "\u{FEFF}".to_string(), "the file is empty"),
        ("blank lines alone", "\n\n  \n".to_string(), "the file is empty"),
        (
            "an open quote",
            "a,b\n1,2\n3,\"open\n4,5\n".to_string(),
            "line 3, column 2: the quote that opens here is never closed",
        ),
        ("an open quote after line breaks", "a,b\n\"1\n1\",\"2\n".to_string(), "line 3, column 2: the quote"),
        (
            "an open quote before another value",
            "a,b\n1,\"open\n2,\"shut\"\n".to_string(),
            "line 2, column 2: the quote",
        ),
        ("an open quote in the header", "a,\"b\n1,2\n".to_string(), "line 1, column 2: the quote"),
        (
            "an open quote of more than a cell",
            format!("a,b\n1,\"{}\n\",2\n", long(MOST_CELL_BYTES + 9)),
            "line 2, column 2",
        ),
        (
            "a cell too long",
            format!("a,b\n1,2\n{},3\n", long(MOST_CELL_BYTES + 1)),
            "line 3, column 1: the value is longer than 1048576",
        ),
        ("too many columns", format!("a,b\n1,2\n{wide}\n"), "line 3: the row has more than 16384 columns"),
        (
            "a row too long",
            format!("a,b\n1{}\n", format!(",{}", long(1 << 20)).repeat(65)),
            "line 2: the row is longer than 67108864",
        ),
    ];
    for (name, text, words) in table {
        let error = read_with_dialect(&text);
        assert!(error.contains(words), "{name}: {error}");
    }
}

/// Reads quickly, with the plain dialect: the message of the error.
fn read_with_dialect(text: &str) -> String {
    let outcome = CsvReader::new(text.as_bytes(), &sniff(b"a,b\n", true)).and_then(|mut reader| {
        while reader.next_row()?.is_some() {}
        Ok(())
    });
    outcome.map_or_else(|error| error.to_string(), |()| "no error".to_string())
}

#[test]
fn the_largest_cell_is_read() {
    let cell = "x".repeat(MOST_CELL_BYTES);
    for text in [format!("a,b\n{cell},1\n"), format!("a,b\n\"{cell}\",1\n")] {
        assert_eq!(read(text.as_bytes()).unwrap().rows[0][0].len(), MOST_CELL_BYTES);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(
        proptest::sample::select(b"a,;\"\n\r \t\0\xC3\xA9\xFF1".to_vec()), 0..80)) {
        if let Ok(seen) = read(&bytes) {
            prop_assert!(seen.rows.iter().all(|row| row.len() == seen.headers.len()));
        }
    }

    #[test]
    fn well_formed_files_are_read_as_the_csv_crate_reads_them(
        rows in proptest::collection::vec(proptest::collection::vec("[ab\",\n\r \u{e9}]{0,5}", 3), 1..5)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["first", "second", "third"]).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let bytes = writer.into_inner().unwrap();
        let mut expected = Vec::new();
        for record in csv::Reader::from_reader(&bytes[..]).records() {
            let record: Vec<String> = record.unwrap().iter().map(String::from).collect();
            if record.iter().any(|cell| !cell.is_empty()) {
                expected.push(record);
            }
        }
        let dialect = sniff(b"a,b,c\n1,2,3\n", true);
        prop_assert_eq!(read_as(&bytes, &dialect).unwrap().rows, expected);
    }
}
