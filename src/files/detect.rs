//! What kind of CSV a file is, judged by its beginning.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use serde::{Deserialize, Serialize};

use super::read_csv::shapes;

/// How many bytes of a file are enough to judge it.
pub const SAMPLE_BYTES: usize = 64 << 10;
/// The separators that are tried; of equals the first wins.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many rows the separator is judged by.
const JUDGED_ROWS: usize = 25;
/// Among how many rows the header is looked for.
const HEADER_ROWS: usize = 10;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "DialectText", into = "DialectText")]
pub struct Dialect {
    /// The encoding of its text.
    pub encoding: &'static Encoding,
    /// Whether the encoding is known and not guessed: a byte order mark, a person's choice, or valid UTF-8.
    pub certain: bool,
    /// What stands between cells.
    pub separator: u8,
    /// What stands around values with separators or line breaks in them.
    pub quote: u8,
    /// What ends a line: `\n` (with or without `\r` before it) or `\r`.
    pub terminator: u8,
    /// Which row has the names of the columns, from 0. Blank lines count.
    pub header_row: usize,
}

/// A dialect as a job keeps it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DialectText {
    encoding: String,
    certain: bool,
    separator: u8,
    quote: u8,
    terminator: u8,
    header_row: usize,
}

impl From<Dialect> for DialectText {
    fn from(dialect: Dialect) -> Self {
        let Dialect { encoding, certain, separator, quote, terminator, header_row } = dialect;
        Self { encoding: encoding.name().to_string(), certain, separator, quote, terminator, header_row }
    }
}

impl TryFrom<DialectText> for Dialect {
    type Error = String;

    fn try_from(text: DialectText) -> Result<Self, String> {
        let DialectText { encoding, certain, separator, quote, terminator, header_row } = text;
        let unknown = || format!("`{encoding}` is not an encoding");
        let encoding = Encoding::for_label(encoding.as_bytes()).ok_or_else(unknown)?;
        Ok(Self { encoding, certain, separator, quote, terminator, header_row })
    }
}

/// Judges a file by its first [`SAMPLE_BYTES`]; `whole` says that the sample is all there is.
pub fn sniff(sample: &[u8], whole: bool) -> Dialect {
    let (encoding, certain) = encoding_of(sample, whole);
    with_encoding(sample, whole, encoding, certain)
}

/// Judges a file whose encoding a person has chosen, by a name such as `windows-1252`.
pub fn sniff_in(sample: &[u8], whole: bool, encoding: &str) -> Result<Dialect, String> {
    let encoding = Encoding::for_label(encoding.trim().as_bytes()).ok_or_else(|| {
        format!("`{encoding}` is not an encoding: use a name such as utf-8, utf-16le or windows-1252")
    })?;
    Ok(with_encoding(sample, whole, encoding, true))
}

fn with_encoding(sample: &[u8], whole: bool, encoding: &'static Encoding, certain: bool) -> Dialect {
    let (text, _) = encoding.decode_with_bom_removal(sample);
    let terminator = if !text.contains('\n') && text.contains('\r') { b'\r' } else { b'\n' };
    let plain = Dialect { encoding: UTF_8, certain, separator: b',', quote: b'"', terminator, header_row: 0 };
    let rows = |separator: u8| first_rows(&text, whole, &Dialect { separator, ..plain });
    let stated = text
        .strip_prefix("sep=")
        .and_then(|rest| rest.bytes().next())
        .filter(|byte| SEPARATORS.contains(byte));
    let separator = stated.unwrap_or_else(|| {
        // `max_by_key` takes the last of equals.
        SEPARATORS.into_iter().rev().max_by_key(|separator| consistency(&rows(*separator))).unwrap_or(b',')
    });
    let header_row = header_row(&rows(separator));
    Dialect { encoding, separator, header_row, ..plain }
}

/// A byte order mark, zeros as UTF-16 has them, strict UTF-8, or a guess.
fn encoding_of(sample: &[u8], whole: bool) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return (encoding, true);
    }
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd.max(even) * 5 > sample.len() {
        return (if odd > even { UTF_16LE } else { UTF_16BE }, false);
    }
    match str::from_utf8(sample) {
        Ok(_) => (UTF_8, true),
        Err(error) if error.error_len().is_none() && !whole => (UTF_8, true),
        Err(_) => {
            let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
            detector.feed(sample, whole);
            (detector.guess(None, chardetng::Utf8Detection::Deny), false)
        }
    }
}

/// For each of the first rows how many cells it has, and how many of them hold text.
fn first_rows(text: &str, whole: bool, dialect: &Dialect) -> Vec<(usize, usize)> {
    let mut rows = shapes(text.as_bytes(), dialect, JUDGED_ROWS + 1);
    if !whole && rows.len() > 1 && rows.len() <= JUDGED_ROWS {
        rows.pop();
    }
    rows.truncate(JUDGED_ROWS);
    rows
}

/// How well a separator explains the rows: the share of rows with the commonest number of cells above
/// one, in thousandths, then that number.
fn consistency(rows: &[(usize, usize)]) -> (usize, usize) {
    let filled = || rows.iter().filter(|(_, filled)| *filled > 0).map(|(cells, _)| *cells);
    let share =
        |cells: usize| filled().filter(|other| *other == cells).count() * 1000 / filled().count().max(1);
    filled().filter(|cells| *cells > 1).map(|cells| (share(cells), cells)).max().unwrap_or((0, 0))
}

/// The first row, among ten, that is about as full as the fullest of them.
///
/// Flatfile takes the fullest; a data row with one cell too many would then become the header and
/// push the real one out. Titles above a header fill a cell or two.
fn header_row(rows: &[(usize, usize)]) -> usize {
    let filled = || rows.iter().take(HEADER_ROWS).map(|(_, filled)| *filled);
    let fullest = filled().max().unwrap_or(0);
    filled().position(|filled| filled * 3 >= fullest * 2).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool, bom: bool) -> Vec<u8> {
        let mark = if bom { "\u{FEFF}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn files_are_judged_by_their_beginning() {
        let windows = b"name;city\nJos\xe9;M\xfcnchen\nZo\xeb;Orl\xe9ans\nBj\xf6rn;G\xf6teborg\n".to_vec();
        let table: [(&str, Vec<u8>, &str, bool, u8, usize); 15] = [
            ("plain", b"a,b\n1,2\n".to_vec(), "UTF-8", true, b',', 0),
            (
                "semicolons and decimal commas",
                b"a;b;c\n1,5;2,5;x\n1,0;2,0;y\n".to_vec(),
                "UTF-8",
                true,
                b';',
                0,
            ),
            ("tabs and commas in text", b"a\tb\nx, y\tz\nu, v\tw\n".to_vec(), "UTF-8", true, b'\t', 0),
            ("bars", b"a|b|c\n1|2|3\n".to_vec(), "UTF-8", true, b'|', 0),
            (
                "separators inside quotes",
                b"a;b\n\"1,2,3\";\"x, y\nz\"\n\"1,2,3\";4\n".to_vec(),
                "UTF-8",
                true,
                b';',
                0,
            ),
            ("one column", b"a\n1\n2\n".to_vec(), "UTF-8", true, b',', 0),
            (
                "titles above the header",
                b"Report\n\nname,city,zip\nA,B,1\nC,,\n".to_vec(),
                "UTF-8",
                true,
                b',',
                2,
            ),
            ("one cell too many", b"a,b,c\n1,2,3\n1,2,3,4\n1,2,3,4\n".to_vec(), "UTF-8", true, b',', 0),
            ("a stated separator", b"sep=;\na;b,c\n1;2,3\n".to_vec(), "UTF-8", true, b';', 1),
            ("byte order mark", b"\xEF\xBB\xBFa,b\n".to_vec(), "UTF-8", true, b',', 0),
            ("UTF-16LE", utf16("a;b\nä;ö\n", false, true), "UTF-16LE", true, b';', 0),
            ("UTF-16BE", utf16("a\tb\nä\tö\n", true, true), "UTF-16BE", true, b'\t', 0),
            ("UTF-16LE without a mark", utf16("a;b\nä;ö\n", false, false), "UTF-16LE", false, b';', 0),
            ("Windows-1252", windows, "windows-1252", false, b';', 0),
            ("nothing", Vec::new(), "UTF-8", true, b',', 0),
        ];
        for (name, bytes, encoding, certain, separator, header_row) in table {
            let dialect = sniff(&bytes, true);
            let seen =
                (dialect.encoding.name(), dialect.certain, char::from(dialect.separator), dialect.header_row);
            assert_eq!(seen, (encoding, certain, char::from(separator), header_row), "{name}");
        }
    }

    #[test]
    fn a_character_cut_in_two_is_still_utf8() {
        let sample = "a,b\nä,ö".as_bytes();
        let cut = &sample[..sample.len() - 1];
        assert_eq!(sniff(cut, false).encoding, UTF_8);
        assert_ne!(sniff(cut, true).encoding, UTF_8);
    }

    #[test]
    fn old_line_ends_are_seen() {
        assert_eq!(sniff(b"a,b\r1,2\r", true).terminator, b'\r');
        assert_eq!(sniff(b"a,b\r\n1,2\r\n", true).terminator, b'\n');
    }

    #[test]
    fn a_chosen_encoding_is_taken_by_its_name() {
        let dialect = sniff_in(b"a,b\n\xe9,1\n", true, "Latin1").unwrap();
        assert_eq!((dialect.encoding.name(), dialect.certain), ("windows-1252", true));
        assert!(sniff_in(b"", true, "klingon").unwrap_err().contains("`klingon` is not an encoding"));
    }
}
