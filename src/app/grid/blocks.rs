//! The rows that are here, in blocks: which to ask for next, which to let go.
//!
//! No browser in it: [`super::source`] does the asking.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::rows::{RecordName, Remark, RowHead, Rows};
use crate::domain::blueprint::Level;
use crate::domain::frame::{Frame, FrameColumn, FrameRow};

/// Rows of one block.
pub const BLOCK_ROWS: u64 = 128;
/// Most requests under way at once.
const MOST_REQUESTS: usize = 2;
/// Bytes of rows that are kept.
const MOST_BYTES: usize = 24 << 20;

/// Some rows that came together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// The start of each row.
    pub heads: Vec<RowHead>,
    /// The cells as they travelled.
    pub columns: Vec<FrameColumn>,
    /// Texts in place of theirs, by the index of the cell: the cells of one row come after those of another.
    pub written: HashMap<usize, Option<Box<str>>>,
    /// Remarks by the index of the cell.
    pub remarks: HashMap<usize, Vec<Remark>>,
}

impl Block {
    /// Takes a page as it travelled.
    pub fn of_frame(frame: Frame) -> Self {
        let columns = frame.columns.len();
        let head = |row: &FrameRow| {
            Some(RowHead {
                record: RecordName::read(&row.id)?,
                position: row.position + 1,
                invalid: row.flags.has(Level::Error),
            })
        };
        let mut block = Self { heads: frame.rows.iter().map_while(head).collect(), ..Self::default() };
        block.columns = frame.columns;
        for message in frame.messages {
            let index = message.row as usize * columns + message.column as usize;
            let remark = Remark { level: message.level, text: message.text };
            let remarks = block.remarks.entry(index).or_default();
            let place = remarks.partition_point(|worse| worse.level >= remark.level);
            remarks.insert(place, remark);
        }
        block
    }

    fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(FrameColumn::bytes).sum();
        let remarks: usize = self.remarks.values().flatten().map(|remark| remark.text.len() + 64).sum();
        self.heads.len() * 24 + columns + remarks
    }

    fn text(&self, index: usize) -> Option<&str> {
        if let Some(written) = self.written.get(&index) {
            return written.as_deref();
        }
        let (row, column) = (index.checked_div(self.columns.len())?, index.checked_rem(self.columns.len())?);
        self.columns.get(column)?.get(row)
    }
}

/// A block to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Which one.
    pub block: u64,
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
    pub block: Block,
}

#[derive(Debug)]
struct Slot {
    block: Block,
    bytes: usize,
    used: u64,
    version: i64,
}

/// The rows that are here.
#[derive(Debug)]
pub struct Blocks {
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
    /// The view passes over rows by the block, as under a dragged thumb.
    passing: bool,
    /// Texts that are not on the server yet, by record and column as they travel.
    laid: HashMap<(RecordName, usize), Option<Box<str>>>,
}

impl Blocks {
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
        let slot = self.slots.get(&(row / BLOCK_ROWS));
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
        let gone: Vec<u64> = self.slots.keys().copied().filter(|block| !seen.contains(block)).collect();
        for block in gone {
            self.drop_block(block);
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
        self.passing |= !self.wanted.is_empty() && self.wanted.start.abs_diff(rows.start) > BLOCK_ROWS;
        // An empty view asks for its first block too: that is how it learns of new rows.
        self.wanted = rows.start..rows.end.max(rows.start + 1);
        self.clock += 1;
        for block in self.seen() {
            if let Some(slot) = self.slots.get_mut(&block) {
                slot.used = self.clock;
            }
        }
    }

    /// The view rests: the neighbours of what is seen are worth having.
    pub fn rest(&mut self) {
        self.passing = false;
    }

    fn seen(&self) -> Range<u64> {
        let last = self.wanted.end.div_ceil(BLOCK_ROWS);
        (self.wanted.start / BLOCK_ROWS).min(last)..last
    }

    /// The next block to ask for: what is seen first, then its neighbours, which are not worth it
    /// where rows are only passed over.
    pub fn next_request(&mut self) -> Option<Request> {
        if self.under_way.len() >= MOST_REQUESTS {
            return None;
        }
        let seen = self.seen();
        let blocks = self.total.div_ceil(BLOCK_ROWS).max(1);
        let around =
            [seen.end, seen.start.wrapping_sub(1)].into_iter().filter(|_| !seen.is_empty() && !self.passing);
        let block = seen.clone().chain(around).filter(|block| *block < blocks).find(|block| {
            let here = self.slots.get(block).is_some_and(|slot| slot.version >= self.version);
            !here && !self.under_way.contains(block)
        })?;
        self.under_way.insert(block);
        let failures = self.failures.get(&block).copied().unwrap_or(0);
        Some(Request { block, question: self.question, failures })
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
        self.under_way.remove(&request.block);
        self.failures.remove(&request.block);
        self.changed(answer.version);
        self.total = answer.total;
        self.drop_block(request.block);
        let bytes = answer.block.bytes();
        self.bytes += bytes;
        let slot = Slot { block: answer.block, bytes, used: self.clock, version: answer.version };
        self.slots.insert(request.block, slot);
        self.let_go();
        true
    }

    /// A request failed. False when nobody waits for it any more; else it will be asked again.
    pub fn failed(&mut self, request: Request) -> bool {
        if request.question != self.question {
            return false;
        }
        *self.failures.entry(request.block).or_default() += 1;
        self.under_way.remove(&request.block)
    }

    /// Puts a text where the person just wrote it, until the server has said what becomes of it.
    pub fn overwrite(&mut self, row: u64, column: usize, text: Option<&str>) {
        let Some(index) = self.index(row, column) else { return };
        if let Some(slot) = self.slots.get_mut(&(row / BLOCK_ROWS)) {
            slot.block.written.insert(index, text.map(Into::into));
            slot.block.remarks.remove(&index);
        }
    }

    /// Lays these texts over what the server tells, in place of those before.
    pub fn lay(&mut self, texts: Vec<((RecordName, usize), Option<Box<str>>)>) {
        self.laid = texts.into_iter().collect();
    }

    /// The row of a record, when it is here.
    pub fn row_of(&self, record: RecordName) -> Option<u64> {
        self.slots.iter().find_map(|(block, slot)| {
            let inside = slot.block.heads.iter().position(|head| head.record == record)?;
            Some(block * BLOCK_ROWS + inside as u64)
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
        let Some(slot) = self.slots.get(&(row / BLOCK_ROWS)).filter(|_| row < self.total) else {
            return Vec::new();
        };
        let first = (row % BLOCK_ROWS) as usize * self.columns;
        let of_field = |field| Some((field, slot.block.remarks.get(&(first + field))?.as_slice()));
        (0..self.columns).filter_map(of_field).collect()
    }

    fn drop_block(&mut self, block: u64) {
        if let Some(slot) = self.slots.remove(&block) {
            self.bytes -= slot.bytes;
        }
    }

    fn let_go(&mut self) {
        let seen = self.seen();
        while self.bytes > MOST_BYTES {
            let unseen = self.slots.iter().filter(|(block, _)| !seen.contains(block));
            let Some(oldest) = unseen.min_by_key(|(_, slot)| slot.used).map(|(block, _)| *block) else {
                return;
            };
            self.drop_block(oldest);
        }
    }

    fn index(&self, row: u64, column: usize) -> Option<usize> {
        let column = *self.shown.get(column)?;
        let inside = (row % BLOCK_ROWS) as usize;
        let slot = self.slots.get(&(row / BLOCK_ROWS))?;
        (row < self.total && inside < slot.block.heads.len() && column < self.columns)
            .then_some(inside * self.columns + column)
    }
}

impl Rows for Blocks {
    fn total(&self) -> u64 {
        self.total
    }

    fn head(&self, row: u64) -> Option<RowHead> {
        let slot = self.slots.get(&(row / BLOCK_ROWS)).filter(|_| row < self.total)?;
        slot.block.heads.get((row % BLOCK_ROWS) as usize).copied()
    }

    fn text(&self, row: u64, column: usize) -> Option<&str> {
        if let Some(text) = self.laid(row, column) {
            return text.as_deref();
        }
        let index = self.index(row, column)?;
        self.slots.get(&(row / BLOCK_ROWS))?.block.text(index)
    }

    fn remarks(&self, row: u64, column: usize) -> &[Remark] {
        if self.laid(row, column).is_some() {
            return &[];
        }
        let found = self
            .index(row, column)
            .and_then(|index| self.slots.get(&(row / BLOCK_ROWS))?.block.remarks.get(&index));
        found.map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(version: i64, total: u64, block: u64, text: &str) -> Answer {
        let rows = total.saturating_sub(block * BLOCK_ROWS).min(BLOCK_ROWS);
        let head = |row| RowHead {
            record: RecordName::default(),
            position: block * BLOCK_ROWS + row + 1,
            invalid: false,
        };
        Answer {
            version,
            total,
            block: Block {
                heads: (0..rows).map(head).collect(),
                columns: vec![column((0..rows).map(|_| text))],
                ..Block::default()
            },
        }
    }

    fn column<'a>(texts: impl Iterator<Item = &'a str>) -> FrameColumn {
        let mut column = FrameColumn::new("field");
        texts.for_each(|text| column.push(Some(text)));
        column
    }

    fn load(blocks: &mut Blocks, text: &str) {
        let total = blocks.total();
        while let Some(request) = blocks.next_request() {
            let version = blocks.version();
            assert!(blocks.arrived(request, answer(version, total, request.block, text)));
        }
    }

    #[test]
    fn what_is_seen_comes_first_and_two_at_once() {
        let mut blocks = Blocks::new(1, vec![0], 10_000, 1);
        blocks.want(300..340);
        let order: Vec<u64> =
            std::iter::from_fn(|| blocks.next_request()).map(|request| request.block).collect();
        assert_eq!(order, [2, 3]);
        blocks.want(5_000..5_010);
        assert_eq!(blocks.next_request(), None, "two are under way");
        let late = Request { block: 2, question: 0, failures: 0 };
        assert!(blocks.arrived(late, answer(1, 10_000, 2, "a")));
        assert_eq!(blocks.next_request().map(|request| request.block), Some(39), "the newest view is next");
        assert_eq!(blocks.head(256).map(|head| head.position), Some(257));
        assert_eq!(blocks.head(0), None);
    }

    #[test]
    fn what_is_passed_over_is_asked_without_neighbours() {
        let mut blocks = Blocks::new(1, vec![0], 1_000_000, 1);
        blocks.want(0..40);
        load(&mut blocks, "a");
        for place in [5_000, 10_000] {
            blocks.want(place..place + 40);
            let request = blocks.next_request().unwrap();
            assert_eq!((request.block, blocks.next_request()), (place / BLOCK_ROWS, None));
            assert!(blocks.arrived(request, answer(1, 1_000_000, request.block, "b")));
        }
        blocks.want(10_040..10_080);
        assert_eq!(blocks.next_request(), None);
        blocks.rest();
        load(&mut blocks, "c");
        assert_eq!(blocks.text(79 * BLOCK_ROWS, 0), Some("c"), "the neighbour");
    }

    #[test]
    fn a_change_keeps_what_is_seen_until_its_successor_is_here() {
        let mut blocks = Blocks::new(1, vec![0], 1_000, 1);
        blocks.want(0..10);
        load(&mut blocks, "old");
        assert_eq!(blocks.text(130, 0), Some("old"), "the neighbour is here too");
        blocks.changed(2);
        assert_eq!((blocks.text(5, 0), blocks.text(130, 0)), (Some("old"), None));
        load(&mut blocks, "new");
        assert_eq!(blocks.text(5, 0), Some("new"));
    }

    #[test]
    fn an_old_answer_is_passed_over() {
        let mut blocks = Blocks::new(1, vec![0], 1_000, 1);
        blocks.want(0..10);
        let request = blocks.next_request().unwrap();
        blocks.changed(5);
        assert!(!blocks.arrived(request, answer(4, 1_000, 0, "old")));
        assert_eq!(blocks.next_request().map(|request| request.block), Some(0), "asked once more");
        let request = Request { block: 0, question: 0, failures: 0 };
        blocks.ask_anew();
        assert!(!blocks.arrived(request, answer(5, 1_000, 0, "other filter")));
        assert_eq!(blocks.text(0, 0), None);
    }

    #[test]
    fn a_failed_request_is_asked_again() {
        let mut blocks = Blocks::new(1, vec![0], 100, 1);
        blocks.want(0..10);
        let request = blocks.next_request().unwrap();
        assert_eq!(blocks.next_request(), None);
        assert!(blocks.failed(request));
        assert_eq!(blocks.next_request().map(|request| (request.block, request.failures)), Some((0, 1)));
    }

    #[test]
    fn memory_is_bounded_and_what_is_seen_stays() {
        let mut blocks = Blocks::new(1, vec![0], 1_000_000, 1);
        let long = "x".repeat(16 << 10);
        for screen in 0..40 {
            blocks.want(screen * 500..screen * 500 + 20);
            load(&mut blocks, &long);
        }
        assert!(blocks.bytes <= MOST_BYTES + (4 << 20), "{}", blocks.bytes);
        assert_eq!(blocks.bytes, blocks.slots.values().map(|slot| slot.bytes).sum::<usize>());
        assert!(blocks.head(39 * 500 + 10).is_some());
        assert!(blocks.head(10).is_none(), "the oldest went");
    }

    #[test]
    fn an_empty_view_learns_of_new_rows() {
        let mut blocks = Blocks::new(1, vec![0], 0, 1);
        blocks.want(0..0);
        let request = blocks.next_request().unwrap();
        assert!(blocks.arrived(request, answer(1, 0, 0, "")));
        assert_eq!(blocks.next_request(), None);
        blocks.changed(2);
        let request = blocks.next_request().unwrap();
        assert!(blocks.arrived(request, answer(2, 5, 0, "new")));
        assert_eq!((blocks.total(), blocks.text(4, 0)), (5, Some("new")));
    }

    #[test]
    fn what_is_doubted_is_asked_for_anew() {
        let mut blocks = Blocks::new(1, vec![0], 10, 1);
        blocks.want(0..10);
        load(&mut blocks, "old");
        blocks.overwrite(3, 0, Some("refused"));
        blocks.doubt();
        load(&mut blocks, "old");
        assert_eq!(blocks.text(3, 0), Some("old"));
    }

    #[test]
    fn what_waits_lies_over_what_the_server_tells() {
        let mut blocks = Blocks::new(1, vec![0], 10, 1);
        blocks.want(0..10);
        load(&mut blocks, "old");
        let record = blocks.head(3).unwrap().record;
        blocks.lay(vec![((record, 0), Some("mine".into()))]);
        blocks.changed(2);
        load(&mut blocks, "new");
        assert_eq!(blocks.text(3, 0), Some("mine"), "whatever comes meanwhile");
        blocks.lay(Vec::new());
        assert_eq!((blocks.text(3, 0), blocks.row_of(record)), (Some("new"), Some(0)));
    }

    #[test]
    fn columns_are_counted_as_they_are_shown() {
        let mut blocks = Blocks::new(3, vec![0, 1, 2], 1, 1);
        blocks.want(0..1);
        let request = blocks.next_request().unwrap();
        let mut here = answer(1, 1, 0, "");
        here.block.columns = ["a", "b", "c"].map(|text| column([text].into_iter())).to_vec();
        assert!(blocks.arrived(request, here));
        blocks.arrange(vec![2, 0]);
        assert_eq!((blocks.text(0, 0), blocks.text(0, 1), blocks.text(0, 2)), (Some("c"), Some("a"), None));
        blocks.overwrite(0, 1, Some("new"));
        blocks.arrange(vec![0, 1, 2]);
        assert_eq!((blocks.text(0, 0), blocks.text(0, 1)), (Some("new"), Some("b")));
    }

    #[test]
    fn what_is_said_of_a_hidden_cell_is_known() {
        let mut blocks = Blocks::new(2, vec![0], 2, 1);
        blocks.want(0..2);
        let request = blocks.next_request().unwrap();
        let mut here = answer(1, 2, 0, "");
        let remark = Remark { level: Level::Error, text: "wrong".to_string() };
        here.block.remarks.insert(3, vec![remark.clone()]);
        assert!(blocks.arrived(request, here));
        assert_eq!(blocks.remarks_of(1), [(1, &[remark][..])]);
        assert!(blocks.remarks_of(0).is_empty() && blocks.remarks_of(9).is_empty());
    }

    #[test]
    fn what_a_person_writes_is_seen_at_once() {
        let mut blocks = Blocks::new(1, vec![0], 10, 1);
        blocks.want(0..10);
        load(&mut blocks, "old");
        blocks.overwrite(3, 0, Some("new"));
        blocks.overwrite(4, 0, None);
        blocks.overwrite(99, 0, Some("nowhere"));
        assert_eq!((blocks.text(3, 0), blocks.text(4, 0)), (Some("new"), None));
    }
}
