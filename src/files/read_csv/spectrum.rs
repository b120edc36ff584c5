//! What every reader of CSV must read alike: the known oddities of RFC 4180, then every dialect in
//! every encoding, cell by cell.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::super::sniff;
use super::*;

type Rows = Vec<Vec<String>>;

/// The header and the rows below it.
fn read(bytes: &[u8], dialect: &Dialect) -> Rows {
    let mut reader = CsvReader::new(bytes, dialect).unwrap();
    let mut rows = vec![reader.headers().to_vec()];
    while let Some(row) = reader.next_row().unwrap() {
        rows.push(row.cells().map(String::from).collect());
    }
    assert!(reader.is_valid_text());
    rows
}

#[test]
fn the_oddities_of_rfc_4180_are_read() {
    let table: [(&str, &str, &[&[&str]]); 12] = [
        ("simple", "a,b,c\n1,2,3\n", &[&["a", "b", "c"], &["1", "2", "3"]]),
        ("simple crlf", "a,b,c\r\n1,2,3\r\n", &[&["a", "b", "c"], &["1", "2", "3"]]),
        (
            "comma in quotes",
            "first,street,town\nAda,\"12 High St.\",\"London, UK\"\n",
            &[&["first", "street", "town"], &["Ada", "12 High St.", "London, UK"]],
        ),
        ("empty", "a,b,c\n1,\"\",\"\"\n,2,\n", &[&["a", "b", "c"], &["1", "", ""], &["", "2", ""]]),
        (
            "empty crlf",
            "a,b,c\r\n1,\"\",\"\"\r\n,2,\r\n",
            &[&["a", "b", "c"], &["1", "", ""], &["", "2", ""]],
        ),
        (
            "escaped quotes",
            "a,b\n1,\"ha \"\"ha\"\" ha\"\n\"\"\"x\"\"\",\"\"\"\"\n",
            &[&["a", "b"], &["1", "ha \"ha\" ha"], &["\"x\"", "\""]],
        ),
        (
            "json in a cell",
            "key,shape\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [4.5, 52.0]}\"\n",
            &[&["key", "shape"], &["1", "{\"type\": \"Point\", \"at\": [4.5, 52.0]}"]],
        ),
        (
            "newlines",
            "a,b\n1,\"two\nlines\"\n\"\n\",\"three\n\nlines\"\n",
            &[&["a", "b"], &["1", "two\nlines"], &["\n", "three\n\nlines"]],
        ),
        (
            "newlines crlf",
            "a,b\r\n1,\"two\r\nlines\"\r\n\"\r\n\",x\r\n",
            &[&["a", "b"], &["1", "two\r\nlines"], &["\r\n", "x"]],
        ),
        (
            "quotes and newlines",
            "a,b\n1,\"ha\n\"\"ha\"\"\nha\"\n3,4\n",
            &[&["a", "b"], &["1", "ha\n\"ha\"\nha"], &["3", "4"]],
        ),
        (
            "utf8",
            "a,b,c\n1,ʤ,€\nمرحبا,\u{1F600},日本\n",
            &[&["a", "b", "c"], &["1", "ʤ", "€"], &["مرحبا", "\u{1F600}", "日本"]],
        ),
        (
            "location coordinates",
            "Place,Coordinates\nTown Hall,\"37°49'51.6\"\"N 122°28'38.1\"\"W, gate 2\"\n",
            &[&["Place", "Coordinates"], &["Town Hall", "37°49'51.6\"N 122°28'38.1\"W, gate 2"]],
        ),
    ];
    for (name, text, rows) in table {
        assert_eq!(read(text.as_bytes(), &sniff(text.as_bytes(), true)), rows, "{name}");
        // The same without an end of the last line.
        let cut = text.trim_end_matches(['\r', '\n']);
        assert_eq!(read(cut.as_bytes(), &sniff(cut.as_bytes(), true)), rows, "{name}, cut");
    }
}

/// Words that an encoding can write, and whether a byte order mark is put before the text.
const ENCODINGS: [(&str, bool, [&str; 4]); 16] = [
    ("utf-8", false, ["é", "日本", "\u{1F600}", "ʤ"]),
    ("utf-8", true, ["é", "日本", "\u{1F600}", "ʤ"]),
    ("utf-16le", false, ["é", "日本", "\u{1F600}", "Ċ"]),
    ("utf-16le", true, ["é", "日本", "\u{1F600}", "Ċ"]),
    ("utf-16be", false, ["é", "日本", "\u{1F600}", "਀"]),
    ("utf-16be", true, ["é", "日本", "\u{1F600}", "਀"]),
    ("windows-1252", false, ["é", "€", "Œuvre", "naïve"]),
    ("windows-1250", false, ["ł", "Žižkov", "őű", "Č"]),
    ("windows-1251", false, ["Привет", "Ёж", "ї", "№"]),
    ("iso-8859-2", false, ["ł", "Žižkov", "őű", "Č"]),
    ("koi8-r", false, ["Привет", "ёж", "Ъ", "Я"]),
    ("macintosh", false, ["é", "Œ", "ß", "ñ"]),
    // The second bytes of these are those of ASCII's backslash and bar.
    ("shift_jis", false, ["表", "ソ", "ポール", "予定"]),
    ("euc-kr", false, ["한국", "서울", "가", "힣"]),
    ("gb18030", false, ["中国", "\u{1F600}", "é", "镕"]),
    ("big5", false, ["功能", "許", "中文", "蓋"]),
];

fn encode(text: &str, encoding: &'static Encoding, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{FEFF}{text}") } else { text.to_string() };
    let units = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
    match encoding {
        encoding if encoding == UTF_16LE => units(u16::to_le_bytes),
        encoding if encoding == UTF_16BE => units(u16::to_be_bytes),
        encoding => {
            let (bytes, used, replaced) = encoding.encode(&text);
            assert!(used == encoding && !replaced, "{} cannot write {text}", encoding.name());
            bytes.into_owned()
        }
    }
}

/// Rows in which every word stands beside everything that must be quoted.
fn rows(words: [&str; 4], dialect: &Dialect) -> Rows {
    let (separator, quote) = (char::from(dialect.separator), char::from(dialect.quote));
    let odd = [
        String::new(),
        "plain".to_string(),
        format!("a{separator}b"),
        format!("{quote}all{quote}"),
        format!("in{quote}side"),
        "two\nlines".to_string(),
        "two\r\nlines".to_string(),
        "old\rlines".to_string(),
        " blanks ".to_string(),
        format!("{quote}{quote}{separator}{quote}"),
        "=1+1".to_string(),
    ];
    let mut rows = vec![vec!["first".to_string(), words[0].to_string(), "last".to_string()]];
    for (place, odd) in odd.iter().enumerate() {
        for (turn, word) in words.iter().enumerate() {
            let both = format!("{odd}{word}");
            rows.push(match (place + turn) % 3 {
                0 => vec![word.to_string(), odd.clone(), both],
                1 => vec![both, word.to_string(), odd.clone()],
                _ => vec![odd.clone(), both, word.to_string()],
            });
        }
    }
    rows
}

fn write(rows: &Rows, dialect: &Dialect, line_end: &str, always: bool) -> String {
    let (separator, quote) = (char::from(dialect.separator), char::from(dialect.quote));
    let cell = |text: &String| {
        if always || text.contains([separator, quote, '\n', '\r']) {
            format!("{quote}{}{quote}", text.replace(quote, &format!("{quote}{quote}")))
        } else {
            text.clone()
        }
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&separator.to_string());
    rows.iter().map(|row| line(row) + line_end).collect()
}

#[test]
fn every_dialect_is_read_in_every_encoding() {
    let plain = sniff(b"a,b\n", true);
    let mut read_files = 0;
    for (label, mark, words) in ENCODINGS {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        for separator in [b',', b';', b'\t', b'|', b':'] {
            for quote in [b'"', b'\''] {
                for (line_end, terminator) in [("\n", b'\n'), ("\r\n", b'\n'), ("\r", b'\r')] {
                    let dialect = Dialect { encoding, separator, quote, terminator, ..plain };
                    let rows = rows(words, &dialect);
                    for always in [false, true] {
                        let bytes = encode(&write(&rows, &dialect, line_end, always), encoding, mark);
                        let case = (label, mark, char::from(separator), char::from(quote), line_end, always);
                        assert_eq!(read(&bytes, &dialect), rows, "{case:?}");
                        read_files += 1;
                    }
                }
            }
        }
    }
    assert_eq!(read_files, 16 * 5 * 2 * 3 * 2);
}

#[test]
fn what_is_certain_of_a_dialect_is_found() {
    for (label, mark, words) in ENCODINGS {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        // Without a mark only UTF-8 is certain; the others are guessed, and a person confirms them.
        if !mark && encoding != UTF_8 {
            continue;
        }
        for separator in [b',', b';', b'\t', b'|'] {
            for line_end in ["\n", "\r\n"] {
                let dialect = Dialect { encoding, separator, ..sniff(b"a,b\n", true) };
                let rows = rows(words, &dialect);
                let bytes = encode(&write(&rows, &dialect, line_end, false), encoding, mark);
                let found = sniff(&bytes, true);
                assert!(found.certain, "{label}");
                assert_eq!(found, dialect, "{label} {line_end:?}");
                assert_eq!(read(&bytes, &found), rows);
            }
        }
    }
}
