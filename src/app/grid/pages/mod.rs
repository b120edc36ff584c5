//! The rows that are here, in pages: which to ask for next, which to let go.
//!
//! No browser in it: [`super::source`] does the asking.

mod page;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub use page::Page;
use page::Place;

use super::rows::{RecordName, Remark, RowHead, Rows};

/// Rows of one page.
pub const PAGE_ROWS: u64 = 128;
/// Most requests under way at once.
const MOST_REQUESTS: usize = 2;
/// Bytes of rows that are kept.
const MOST_BYTES: usize = 24 << 20;

/// A page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Which one.
    pub page: u64,
    /// Of which question: answers to an older one are passed over.
    question: u64,
    /// How often it failed before.
    pub failures: u32,
}

/// What an answer brought.
#[derive(Debug)]
pub struct Answer {
    /// The sheet's version.
    pub version: i64,
    /// How many rows the view has.
    pub total: u64,
    /// The rows.
    pub page: Page,
}

#[derive(Debug)]
struct Slot {
    page: Page,
    bytes: usize,
    used: u64,
    version: i64,
}

/// The rows that are here.
#[derive(Debug)]
pub struct Pages {
    columns: usize,
    /// Each shown column's place in the rows as they travel.
    shown: Vec<usize>,
    total: u64,
    version: i64,
    question: u64,
    clock: u64,
    bytes: usize,
    slots: HashMap<u64, Slot>,
    under_way: HashSet<u64>,
    failures: HashMap<u64, u32>,
    wanted: Range<u64>,
    /// The view passes over rows by the page, as under a dragged thumb.
    passing: bool,
    /// Texts that are not on the server yet, by record and column as they travel.
    laid: HashMap<(RecordName, usize), Option<Box<str>>>,
}

impl Pages {
    /// No row is here yet, but it is known how many there are, and which of the columns are shown.
    pub fn new(columns: usize, shown: Vec<usize>, total: u64, version: i64) -> Self {
        Self {
            columns,
            shown,
            total,
            version,
            question: 0,
            clock: 0,
            bytes: 0,
            slots: HashMap::new(),
            under_way: HashSet::new(),
            failures: HashMap::new(),
            wanted: 0..0,
            passing: false,
            laid: HashMap::new(),
        }
    }

    /// Other columns are shown, or in another order. From here on columns are counted as they are shown.
    pub fn arrange(&mut self, shown: Vec<usize>) {
        self.shown = shown;
    }

    /// The newest version that is known.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The version of what is shown of a row.
    pub fn version_at(&self, row: u64) -> i64 {
        let slot = self.slots.get(&(row / PAGE_ROWS));
        slot.map(|slot| slot.version).filter(|version| *version != i64::MIN).unwrap_or(self.version)
    }

    /// Another filter or search: nothing that is here or under way is of use any more.
    pub fn ask_anew(&mut self) {
        self.question += 1;
        self.slots.clear();
        self.under_way.clear();
        self.failures.clear();
        self.bytes = 0;
    }

    /// The sheet changed. What is seen stays until its successor is here; the rest is let go.
    pub fn changed(&mut self, version: i64) {
        if version <= self.version {
            return;
        }
        self.version = version;
        let seen = self.seen();
        let gone: Vec<u64> = self.slots.keys().copied().filter(|page| !seen.contains(page)).collect();
        for page in gone {
            self.drop_page(page);
        }
    }

    /// What is here may be wrong, as after an edit that the server refused: it is asked for anew.
    pub fn doubt(&mut self) {
        for slot in self.slots.values_mut() {
            slot.version = i64::MIN;
        }
    }

    /// The rows that are seen now.
    pub fn want(&mut self, rows: Range<u64>) {
        self.passing |= !self.wanted.is_empty() && self.wanted.start.abs_diff(rows.start) > PAGE_ROWS;
        // An empty view asks for its first page too: that is how it learns of new rows.
        self.wanted = rows.start..rows.end.max(rows.start + 1);
        self.clock += 1;
        for page in self.seen() {
            if let Some(slot) = self.slots.get_mut(&page) {
                slot.used = self.clock;
            }
        }
    }

    /// Whether rows are only passed over.
    pub fn is_passing(&self) -> bool {
        self.passing
    }

    /// The view rests: the neighbours of what is seen are worth having.
    pub fn rest(&mut self) {
        self.passing = false;
    }

    fn seen(&self) -> Range<u64> {
        let last = self.wanted.end.div_ceil(PAGE_ROWS);
        (self.wanted.start / PAGE_ROWS).min(last)..last
    }

    /// The next page to ask for: what is seen first, then its neighbours, which are not worth it
    /// where rows are only passed over.
    pub fn next_request(&mut self) -> Option<Request> {
        if self.under_way.len() >= MOST_REQUESTS {
            return None;
        }
        let seen = self.seen();
        let pages = self.total.div_ceil(PAGE_ROWS).max(1);
        let around =
            [seen.end, seen.start.wrapping_sub(1)].into_iter().filter(|_| !seen.is_empty() && !self.passing);
        let page = seen.clone().chain(around).filter(|page| *page < pages).find(|page| {
            let here = self.slots.get(page).is_some_and(|slot| slot.version >= self.version);
            !here && !self.under_way.contains(page)
        })?;
        self.under_way.insert(page);
        let failures = self.failures.get(&page).copied().unwrap_or(0);
        Some(Request { page, question: self.question, failures })
    }

    /// An answer is here. False when nobody waits for it any more.
    pub fn arrived(&mut self, request: Request, answer: Answer) -> bool {
        if request.question != self.question {
            return false;
        }
        if answer.version < self.version {
            self.failed(request);
            return false;
        }
        self.under_way.remove(&request.page);
        self.failures.remove(&request.page);
        self.changed(answer.version);
        self.total = answer.total;
        self.drop_page(request.page);
        let bytes = answer.page.bytes();
        self.bytes += bytes;
        let slot = Slot { page: answer.page, bytes, used: self.clock, version: answer.version };
        self.slots.insert(request.page, slot);
        self.let_go();
        true
    }

    /// A request failed. False when nobody waits for it any more; else it will be asked again.
    pub fn failed(&mut self, request: Request) -> bool {
        if request.question != self.question {
            return false;
        }
        *self.failures.entry(request.page).or_default() += 1;
        self.under_way.remove(&request.page)
    }

    /// Puts a text where the person just wrote it, until the server has said what becomes of it.
    pub fn overwrite(&mut self, row: u64, column: usize, text: Option<&str>) {
        let Some((_, place)) = self.cell(row, column) else { return };
        if let Some(slot) = self.slots.get_mut(&(row / PAGE_ROWS)) {
            slot.page.write(place, text);
        }
    }

    /// Lays these texts over what the server tells, in place of those before.
    pub fn lay(&mut self, texts: Vec<((RecordName, usize), Option<Box<str>>)>) {
        self.laid = texts.into_iter().collect();
    }

    /// The row of a record, when it is here.
    pub fn row_of(&self, record: RecordName) -> Option<u64> {
        self.slots.iter().find_map(|(page, slot)| {
            let inside = slot.page.heads.iter().position(|head| head.record == record)?;
            Some(page * PAGE_ROWS + inside as u64)
        })
    }

    /// The text that lies over a cell.
    fn laid(&self, row: u64, column: usize) -> Option<&Option<Box<str>>> {
        if self.laid.is_empty() {
            return None;
        }
        self.laid.get(&(self.head(row)?.record, *self.shown.get(column)?))
    }

    /// How many rows the view has, as the server counts now.
    pub fn set_total(&mut self, total: u64) {
        self.total = total;
    }

    /// Whether anything has arrived.
    pub fn is_here(&self) -> bool {
        !self.slots.is_empty() || self.total == 0
    }

    /// What is said of the cells of a row, shown or not: each field's place in the sheet, and the remarks.
    pub fn remarks_of(&self, row: u64) -> Vec<(usize, &[Remark])> {
        let Some(slot) = self.slots.get(&(row / PAGE_ROWS)).filter(|_| row < self.total) else {
            return Vec::new();
        };
        let inside = (row % PAGE_ROWS) as usize;
        let of_field = |field| Some((field, slot.page.remarks.get(&(inside, field))?.as_slice()));
        (0..self.columns).filter_map(of_field).collect()
    }

    fn drop_page(&mut self, page: u64) {
        if let Some(slot) = self.slots.remove(&page) {
            self.bytes -= slot.bytes;
        }
    }

    fn let_go(&mut self) {
        let seen = self.seen();
        while self.bytes > MOST_BYTES {
            let unseen = self.slots.iter().filter(|(page, _)| !seen.contains(page));
            let Some(oldest) = unseen.min_by_key(|(_, slot)| slot.used).map(|(page, _)| *page) else {
                return;
            };
            self.drop_page(oldest);
        }
    }

    /// The page of a cell, and where it is there.
    fn cell(&self, row: u64, column: usize) -> Option<(&Page, Place)> {
        let column = *self.shown.get(column)?;
        let inside = (row % PAGE_ROWS) as usize;
        let page = &self.slots.get(&(row / PAGE_ROWS))?.page;
        let is_there = row < self.total && inside < page.heads.len() && column < self.columns;
        is_there.then_some((page, (inside, column)))
    }
}

impl Rows for Pages {
    fn total(&self) -> u64 {
        self.total
    }

    fn head(&self, row: u64) -> Option<RowHead> {
        let slot = self.slots.get(&(row / PAGE_ROWS)).filter(|_| row < self.total)?;
        slot.page.heads.get((row % PAGE_ROWS) as usize).copied()
    }

    fn text(&self, row: u64, column: usize) -> Option<&str> {
        if let Some(text) = self.laid(row, column) {
            return text.as_deref();
        }
        let (page, place) = self.cell(row, column)?;
        page.text(place)
    }

    fn remarks(&self, row: u64, column: usize) -> &[Remark] {
        if self.laid(row, column).is_some() {
            return &[];
        }
        let found = self.cell(row, column).and_then(|(page, place)| page.remarks.get(&place));
        found.map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
