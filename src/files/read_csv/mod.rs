//! CSV becomes rows of text, in constant memory, with every oddity counted and none hidden.
//!
//! The reader is our own because an import must be able to say what the common ones cannot: on which
//! line a quote opens that is never closed, which rows hold quotes that end nothing, which lines
//! had bytes that are no text. It also hands out slices of its buffer and copies nothing.
//!
//! What it makes of odd files:
//! - Rows with fewer cells than the header get empty ones; rows with more lose the extra cells. Both
//!   are counted, the second only where an extra cell holds text.
//! - Rows without any text are left out and counted.
//! - A quote inside a quoted value that is neither doubled nor followed by a separator or a line's end
//!   stands for itself, and is counted: `"the "best" one"` is `the "best" one`.
//! - Bytes that are no text in the file's encoding become U+FFFD and are counted. NUL characters are
//!   removed and counted.
//! - A value without its closing quote is an error: one that runs to the end of the file or beyond the
//!   size of a cell, or over a line's end to a quote that opens another value.

mod decode;
mod report;
mod scan;

use std::io::{self, Read};

pub use report::{Places, ReadReport};

use self::decode::Decoder;
use self::scan::{Problem, RowScanner, Span};
use super::detect::Dialect;
use crate::domain::header_row::Header;
use crate::domain::limits::Limits;

/// Bytes read at once, while rows are shorter.
const CHUNK: usize = 256 << 10;

/// Why a file cannot be read to its end. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// There is no text in it.
    #[error("the file is empty: choose a file with a line of column names and records below it")]
    Empty,
    /// A quote opens a value and nothing closes it.
    #[error(
        "line {line}, column {column}: the quote that opens here is never closed. Close it, or double the quotes that belong to the text"
    )]
    UnclosedQuote {
        /// Where the quote is.
        line: u64,
        /// The column of the value.
        column: usize,
    },
    /// A value is too long.
    #[error("line {line}, column {column}: the value is longer than {most} bytes, the most a cell may hold")]
    CellTooLong {
        /// Where the value begins.
        line: u64,
        /// The column of the value.
        column: usize,
        /// The limit.
        most: usize,
    },
    /// A row is too long.
    #[error("line {line}: the row is longer than {most} bytes. Is the file a CSV file?")]
    RowTooLong {
        /// Where the row begins.
        line: u64,
        /// The limit.
        most: usize,
    },
    /// A row has too many cells.
    #[error("line {line}: the row has more than {most} columns, the most a sheet may have")]
    TooManyColumns {
        /// Where the row begins.
        line: u64,
        /// The limit.
        most: usize,
    },
    /// There are too many rows.
    #[error("the file has more than {0} rows, the most a sheet may have: split it")]
    TooManyRows(u64),
    /// The bytes could not be had.
    #[error("the file could not be read: {0}")]
    Io(#[from] io::Error),
}

/// One row, with exactly as many cells as the header.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    text: &'a str,
    spans: &'a [Span],
    width: usize,
    is_mended: bool,
}

impl<'a> Row<'a> {
    /// The text of a cell; nothing beyond the header, and empty where the file has no cell.
    pub fn get(&self, column: usize) -> Option<&'a str> {
        let span = self.spans.get(column).map_or("", |span| &self.text[span.range()]);
        (column < self.width).then_some(span)
    }

    /// The columns whose text came with NUL characters, which were removed.
    pub fn cleaned(self) -> impl Iterator<Item = usize> {
        let spans = if self.is_mended { self.spans } else { &[] };
        spans.iter().take(self.width).enumerate().filter(|(_, span)| span.cleaned).map(|(column, _)| column)
    }

    /// The cells, as many as the header has.
    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.width).map(move |column| self.get(column).unwrap_or_default())
    }
}

/// Reads the rows below the header, one after the other.
pub struct CsvReader<R> {
    decoder: Decoder<R>,
    scanner: RowScanner,
    terminator: u8,
    buffer: String,
    /// Where the next row begins in the buffer.
    next: usize,
    ended: bool,
    /// The line on which the next row begins.
    line: u64,
    /// The current row: its place in the buffer, or its mended text.
    row: std::ops::Range<usize>,
    row_line: u64,
    mended: String,
    is_mended: bool,
    headers: Vec<String>,
    report: ReadReport,
    limits: Limits,
}

impl<R: Read> CsvReader<R> {
    /// Reads up to the header row.
    pub fn new(source: R, dialect: &Dialect) -> Result<Self, CsvError> {
        Self::within(source, dialect, &Limits::default())
    }

    /// The same, within other limits than the standard ones.
    pub fn within(source: R, dialect: &Dialect, limits: &Limits) -> Result<Self, CsvError> {
        let mut reader = Self::begun(source, dialect, limits);
        for _ in 0..=dialect.header_row {
            if !reader.advance()? {
                return Err(CsvError::Empty);
            }
        }
        let (text, spans) = (reader.row_text(), &reader.scanner.spans);
        let headers: Vec<String> = spans.iter().map(|span| text[span.range()].trim().to_string()).collect();
        if headers.iter().all(String::is_empty) {
            return Err(CsvError::Empty);
        }
        reader.headers = headers;
        reader.report.skipped_rows = dialect.header_row as u64;
        Ok(reader)
    }

    /// Reads a file whose columns are known already, up to its data.
    pub fn below(source: R, dialect: &Dialect, limits: &Limits, header: Header) -> Result<Self, CsvError> {
        let mut reader = Self { headers: header.names, ..Self::begun(source, dialect, limits) };
        for _ in 0..header.skip {
            reader.advance()?;
        }
        Ok(reader)
    }

    fn begun(source: R, dialect: &Dialect, limits: &Limits) -> Self {
        Self {
            decoder: Decoder::new(source, dialect.encoding, dialect.terminator),
            scanner: RowScanner::new(dialect, limits),
            terminator: dialect.terminator,
            buffer: String::new(),
            next: 0,
            ended: false,
            line: 1,
            row: 0..0,
            row_line: 1,
            mended: String::new(),
            is_mended: false,
            headers: Vec::new(),
            report: ReadReport::default(),
            limits: *limits,
        }
    }

    /// The names of the columns, without the white space around them.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The next row that holds text; nothing at the end of the file.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, CsvError> {
        loop {
            if !self.advance()? {
                return Ok(None);
            }
            if self.scanner.spans.iter().all(Span::is_empty) {
                self.report.empty_rows.add(self.row_line);
                continue;
            }
            break;
        }
        if self.report.rows == self.limits.rows {
            return Err(CsvError::TooManyRows(self.limits.rows));
        }
        self.report.rows += 1;
        let (width, spans) = (self.headers.len(), &self.scanner.spans);
        if spans.len() < width {
            self.report.short_rows.add(self.row_line);
        } else if spans[width..].iter().any(|span| !span.is_empty()) {
            self.report.long_rows.add(self.row_line);
        }
        Ok(Some(Row { line: self.row_line, text: self.row_text(), spans, width, is_mended: self.is_mended }))
    }

    /// What was seen so far.
    pub fn report(&self) -> ReadReport {
        ReadReport { invalid_text: self.decoder.invalid().clone(), ..self.report.clone() }
    }

    /// Whether all bytes so far were text in the file's encoding.
    pub fn is_valid_text(&self) -> bool {
        self.decoder.invalid().count == 0
    }

    /// How many bytes of the source were read, for the progress.
    pub fn bytes_read(&self) -> u64 {
        self.decoder.bytes_read()
    }

    /// Goes on to the next row; false at the end.
    fn advance(&mut self) -> Result<bool, CsvError> {
        let most = self.limits.row_bytes;
        let length = loop {
            let rest = &self.buffer.as_bytes()[self.next..];
            if rest.is_empty() && self.ended {
                return Ok(false);
            }
            let scanned = if rest.is_empty() { Ok(None) } else { self.scanner.scan(rest, self.ended) };
            match scanned {
                Ok(Some(length)) if length <= most => break length,
                Ok(None) if rest.len() <= most => self.fill()?,
                Ok(_) => return Err(CsvError::RowTooLong { line: self.line, most }),
                Err(problem) => return Err(self.located(problem)),
            }
        };
        self.row = self.next..self.next + length;
        self.row_line = self.line;
        self.next += length;
        let row = &self.buffer.as_bytes()[self.row.clone()];
        self.line +=
            if self.scanner.quoted { memchr::memchr_iter(self.terminator, row).count() as u64 } else { 1 };
        for _ in 0..self.scanner.odd_quotes {
            self.report.odd_quotes.add(self.row_line);
        }
        self.is_mended = self.scanner.doubled || memchr::memchr(0, row).is_some();
        if self.is_mended {
            self.mend();
        }
        Ok(true)
    }

    fn row_text(&self) -> &str {
        if self.is_mended { &self.mended } else { &self.buffer[self.row.clone()] }
    }

    /// Copies the row with doubled quotes halved and NUL removed.
    fn mend(&mut self) {
        self.mended.clear();
        let row = &self.buffer[self.row.clone()];
        for span in &mut self.scanner.spans {
            let start = self.mended.len();
            let (mut after_quote, mut cleaned) = (false, false);
            for character in row[span.range()].chars() {
                let is_quote = character == char::from(self.scanner.quote);
                let is_second = span.doubled && is_quote && after_quote;
                after_quote = is_quote && !is_second;
                if character == '\0' {
                    self.report.nul_characters.add(self.row_line);
                    cleaned = true;
                } else if !is_second {
                    self.mended.push(character);
                }
            }
            *span = Span::new(start, self.mended.len());
            span.cleaned = cleaned;
        }
    }

    /// Reads more bytes behind the unfinished row, at least as many as there are of it.
    fn fill(&mut self) -> Result<(), CsvError> {
        self.buffer.drain(..self.next);
        self.next = 0;
        let wanted = self.buffer.len() + CHUNK.max(self.buffer.len());
        while self.buffer.len() < wanted && !self.ended {
            self.ended = !self.decoder.read_into(&mut self.buffer)?;
        }
        Ok(())
    }

    fn located(&self, problem: Problem) -> CsvError {
        let line_at = |at: usize| {
            let before = &self.buffer.as_bytes()[self.next..self.next + at];
            self.line + memchr::memchr_iter(self.terminator, before).count() as u64
        };
        match problem {
            Problem::UnclosedQuote { at, column } => CsvError::UnclosedQuote { line: line_at(at), column },
            Problem::CellTooLong { at, column } => {
                CsvError::CellTooLong { line: line_at(at), column, most: self.limits.cell_bytes }
            }
            Problem::TooManyColumns => {
                CsvError::TooManyColumns { line: self.line, most: self.limits.columns }
            }
        }
    }
}

/// The cells of the first rows, those without text among them.
pub(super) fn first_rows(
    source: impl Read,
    dialect: &Dialect,
    limits: &Limits,
    most: usize,
) -> Result<Vec<Vec<String>>, CsvError> {
    let mut reader = CsvReader::begun(source, dialect, limits);
    let mut rows = Vec::new();
    while rows.len() < most && reader.advance()? {
        let (text, spans) = (reader.row_text(), &reader.scanner.spans);
        rows.push(spans.iter().map(|span| text[span.range()].to_string()).collect());
    }
    Ok(rows)
}

/// For each of the first rows how many cells it has, and how many of them hold text; up to the first
/// row that cannot be read.
pub(super) fn shapes(text: &[u8], dialect: &Dialect, most: usize) -> Vec<(usize, usize)> {
    let mut scanner = RowScanner::new(dialect, &Limits::default());
    let mut shapes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && shapes.len() < most {
        let Ok(Some(length)) = scanner.scan(rest, true) else { break };
        let filled = scanner.spans.iter().filter(|span| !rest[span.range()].trim_ascii().is_empty()).count();
        shapes.push((scanner.spans.len(), filled));
        rest = &rest[length..];
    }
    shapes
}

#[cfg(test)]
mod spectrum;
#[cfg(test)]
mod tests;
