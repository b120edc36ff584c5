//! Finds the cells of one row in a buffer, without copying them.

use std::ops::Range;

use crate::domain::limits::Limits;
use crate::files::detect::Dialect;

/// Where a cell's text is in its row. A row has at most 64 MiB, so 32 bits hold every place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
    /// Whether it holds doubled quotes that stand for one.
    pub doubled: bool,
    /// Whether NUL characters were removed from it.
    pub cleaned: bool,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32, doubled: false, cleaned: false }
    }

    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// What is wrong with a row; places are bytes from its beginning, columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    UnclosedQuote { at: usize, column: usize },
    CellTooLong { at: usize, column: usize },
    TooManyColumns,
}

/// What follows a quote that may close a value.
enum After {
    Separator(usize),
    RowEnd(usize),
    Unknown,
    Text,
}

/// Knows the dialect, and the cells of the row it has seen last.
pub(crate) struct RowScanner {
    separator: u8,
    pub quote: u8,
    terminator: u8,
    /// The cells of the row.
    pub spans: Vec<Span>,
    /// Whether the row has a quoted value, so that it may go over several lines.
    pub quoted: bool,
    /// Whether a value holds doubled quotes.
    pub doubled: bool,
    /// How many quotes inside quoted values stand for themselves.
    pub odd_quotes: u64,
    most_columns: usize,
    most_bytes: usize,
}

/// Bytes of a cell that are looked at word by word.
const SHORT: usize = 24;
/// The lowest bit of each byte.
const LOWEST: u64 = 0x0101_0101_0101_0101;

/// Marks the bytes that are zero by their highest bit; of several, the first is marked for sure.
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOWEST) & !word & (LOWEST << 7)
}

impl RowScanner {
    pub fn new(dialect: &Dialect, limits: &Limits) -> Self {
        Self {
            separator: dialect.separator,
            quote: dialect.quote,
            terminator: dialect.terminator,
            spans: Vec::new(),
            quoted: false,
            doubled: false,
            odd_quotes: 0,
            most_columns: limits.columns,
            most_bytes: limits.cell_bytes,
        }
    }

    /// The length of the row at the beginning of `bytes` with its line's end, or nothing when the row
    /// goes on behind them. `last` says that nothing is behind them.
    pub fn scan(&mut self, bytes: &[u8], last: bool) -> Result<Option<usize>, Problem> {
        self.spans.clear();
        (self.quoted, self.doubled, self.odd_quotes) = (false, false, 0);
        let mut at = 0;
        loop {
            if self.spans.len() == self.most_columns {
                return Err(Problem::TooManyColumns);
            }
            let after = if bytes.get(at) == Some(&self.quote) {
                self.quoted_cell(bytes, at, last)?
            } else {
                self.plain_cell(bytes, at, last)?
            };
            match after {
                After::Separator(next) => at = next,
                After::RowEnd(length) => return Ok(Some(length)),
                After::Unknown | After::Text => return Ok(None),
            }
        }
    }

    fn plain_cell(&mut self, bytes: &[u8], at: usize, last: bool) -> Result<After, Problem> {
        let found = self.find_end(&bytes[at..]).map(|length| at + length);
        let end = found.unwrap_or(bytes.len());
        if end - at > self.most_bytes {
            return Err(Problem::CellTooLong { at, column: self.spans.len() + 1 });
        }
        let (text_end, after) = match found {
            Some(end) if bytes[end] == self.separator => (end, After::Separator(end + 1)),
            Some(end) if self.terminator == b'\n' && bytes[at..end].ends_with(b"\r") => {
                (end - 1, After::RowEnd(end + 1))
            }
            Some(end) => (end, After::RowEnd(end + 1)),
            None if last => (end, After::RowEnd(end)),
            None => return Ok(After::Unknown),
        };
        self.spans.push(Span::new(at, text_end));
        Ok(after)
    }

    /// The first separator or terminator. Most cells are short: a few words are looked at before the search that
    /// has more to set up.
    fn find_end(&self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()).filter(|_| at < SHORT) {
            let word = u64::from_le_bytes(*word);
            let hits = zero_bytes(word ^ (LOWEST * u64::from(self.separator)))
                | zero_bytes(word ^ (LOWEST * u64::from(self.terminator)));
            if hits != 0 {
                return Some(at + hits.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        memchr::memchr2(self.separator, self.terminator, &bytes[at..]).map(|length| at + length)
    }

    fn quoted_cell(&mut self, bytes: &[u8], open: usize, last: bool) -> Result<After, Problem> {
        self.quoted = true;
        let column = self.spans.len() + 1;
        let mut doubled = false;
        let mut several_lines = false;
        let mut at = open + 1;
        loop {
            let found = memchr::memchr(self.quote, &bytes[at..]).map(|length| at + length);
            let length = found.unwrap_or(bytes.len()) - open;
            let Some(quote) = found else {
                let never = last || length > self.most_bytes + 2;
                return if never {
                    Err(Problem::UnclosedQuote { at: open, column })
                } else {
                    Ok(After::Unknown)
                };
            };
            several_lines |= memchr::memchr(self.terminator, &bytes[at..quote]).is_some();
            if bytes.get(quote + 1) == Some(&self.quote) {
                doubled = true;
                at = quote + 2;
                continue;
            }
            let after = self.after_quote(bytes, quote + 1, last);
            match after {
                After::Unknown if length > self.most_bytes + 2 => {
                    return Err(Problem::CellTooLong { at: open, column });
                }
                After::Unknown => return Ok(after),
                After::Text if length > self.most_bytes || (several_lines && self.opens(bytes, quote)) => {
                    return Err(Problem::UnclosedQuote { at: open, column });
                }
                After::Text => {
                    self.odd_quotes += 1;
                    at = quote + 1;
                }
                After::Separator(_) | After::RowEnd(_) => {
                    if length > self.most_bytes + 1 {
                        return Err(Problem::CellTooLong { at: open, column });
                    }
                    self.doubled |= doubled;
                    self.spans.push(Span { doubled, ..Span::new(open + 1, quote) });
                    return Ok(after);
                }
            }
        }
    }

    /// Whether a quote stands where a value begins: on a later line than the quote before it, it
    /// tells that the one before was never closed.
    fn opens(&self, bytes: &[u8], quote: usize) -> bool {
        bytes[..quote].last().is_some_and(|byte| *byte == self.separator || *byte == self.terminator)
    }

    /// A closing quote may have blanks behind it, then a separator or the row's end.
    fn after_quote(&self, bytes: &[u8], at: usize, last: bool) -> After {
        let blank = |byte: &u8| *byte == b' ' || (*byte == b'\t' && self.separator != b'\t');
        let at = at + bytes[at..].iter().take_while(|byte| blank(byte)).count();
        match bytes.get(at..) {
            None | Some([]) if last => After::RowEnd(bytes.len()),
            None | Some([]) => After::Unknown,
            Some([byte, ..]) if *byte == self.separator => After::Separator(at + 1),
            Some([byte, ..]) if *byte == self.terminator => After::RowEnd(at + 1),
            Some([b'\r', b'\n', ..]) => After::RowEnd(at + 2),
            Some([b'\r']) if last => After::RowEnd(at + 1),
            Some([b'\r']) => After::Unknown,
            Some(_) => After::Text,
        }
    }
}
