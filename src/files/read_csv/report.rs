//! What was odd in a file, counted, with the first places.

use std::fmt;

/// How many places are named.
const NAMED: usize = 10;

/// How often something was seen, and on which lines first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// How often.
    pub count: u64,
    /// The first different lines, at most ten, from 1.
    pub lines: Vec<u64>,
}

impl Places {
    pub(super) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < NAMED && self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }
}

/// What was read, and what was odd about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReport {
    /// Rows handed out.
    pub rows: u64,
    /// Rows above the header.
    pub skipped_rows: u64,
    /// Rows without any text, left out.
    pub empty_rows: Places,
    /// Rows with fewer cells than the header.
    pub short_rows: Places,
    /// Rows with text in more cells than the header.
    pub long_rows: Places,
    /// Quotes inside quoted values that should have been doubled.
    pub odd_quotes: Places,
    /// Bytes that are no text in the file's encoding.
    pub invalid_text: Places,
    /// NUL characters, removed.
    pub nul_characters: Places,
}

impl ReadReport {
    /// Each oddity that a person should know of, in words.
    pub fn warnings(&self) -> Vec<String> {
        let table: [(&Places, &str); 5] = [
            (&self.short_rows, "Rows with fewer cells than the header; the missing cells are empty"),
            (&self.long_rows, "Rows with text beyond the last column of the header; that text was left out"),
            (&self.odd_quotes, "Quotes inside quoted values that are not doubled; they were kept as text"),
            (&self.invalid_text, "Bytes that are no text in the encoding of the file; each became �"),
            (&self.nul_characters, "NUL characters; they were removed"),
        ];
        let above = format!("Rows above the column names; they were left out: {}", self.skipped_rows);
        let above = (self.skipped_rows > 0).then_some(above);
        let odd = table.into_iter().filter(|(places, _)| places.count > 0);
        above.into_iter().chain(odd.map(|(places, words)| format!("{words}: {places}"))).collect()
    }
}

impl fmt::Display for Places {
    /// As in `3 (lines 2, 5, 9)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.lines.iter().map(u64::to_string).collect();
        let more = if self.lines.len() == NAMED && self.count > NAMED as u64 { ", …" } else { "" };
        let word = if lines.len() == 1 { "line" } else { "lines" };
        write!(formatter, "{} ({word} {}{more})", self.count, lines.join(", "))
    }
}
