//! Bringing records into the order of one field.
//!
//! A field that repeats itself is sorted by its different texts: those are brought into order once, and
//! the records are dealt out to them. In any other field each record gets a key of 16 bytes, and where the keys
//! are equal the next 16 bytes of the texts decide.

use std::cmp::Ordering;
use std::sync::Arc;

use super::arrangement::Arrangement;
use super::bits::Bits;
use super::distinct::{ABSENT, Distinct};
use super::error::SheetError;
use super::field_scan::FieldScan;
use super::option_order::OptionOrder;
use super::reading::{Rank, Reading, rank};
use super::rows::Rows;
use super::rules::Rules;
use super::threads::both;
use crate::domain::query::SortDirection;
use crate::domain::record::FieldNumber;

/// Fewer records are sorted on one thread.
const WORTH_A_THREAD: usize = 8_192;
/// Keys that are looked at to find one in the middle.
const SAMPLE: usize = 255;
/// Bytes of a key.
const KEY: usize = 16;

/// An order: records with equal values stay in the order of the sheet, also downwards; empty cells come
/// last in both directions. In a field of numbers, what is no number comes after them; so does what is no option.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) field: FieldNumber,
    reading: Reading,
    options: Option<Arc<OptionOrder>>,
    downwards: bool,
}

impl Order {
    pub(super) fn of(field: FieldNumber, rules: &Rules, direction: SortDirection) -> Self {
        let options = rules.fields.get(&field).and_then(|rules| rules.options.clone());
        Self { field, reading: rules.reading(field), options, downwards: direction == SortDirection::Desc }
    }

    /// Bits that sort as what the texts mean; nothing for what means nothing else than it says.
    fn read(&self, text: &str) -> Option<u64> {
        match &self.options {
            Some(options) => options.read(text),
            None => self.reading.read(text),
        }
    }

    /// Whether texts may mean something else than they say.
    fn reads(&self) -> bool {
        self.options.is_some() || self.reading != Reading::Text
    }

    /// By what a cell is sorted upwards; equal for texts that mean the same.
    pub(super) fn rank<'a>(&self, text: Option<&'a str>) -> Rank<'a> {
        rank(text, |text| self.read(text))
    }

    /// Which of two cells comes first.
    pub(super) fn compare(&self, one: Option<&str>, other: Option<&str>) -> Ordering {
        let by_value = self.rank(one).cmp(&self.rank(other));
        match self.downwards && one.is_some() && other.is_some() {
            true => by_value.reverse(),
            false => by_value,
        }
    }

    /// Turns keys over when the largest comes first.
    fn mask(&self) -> u64 {
        if self.downwards { u64::MAX } else { 0 }
    }
}

/// The order of the sheet, which decides between equal values; nothing when it is that of the positions.
type Ties<'a> = Option<&'a Arrangement>;

/// The chosen positions in an order. For threads that may block.
pub(super) fn sort(
    rows: &Rows,
    order: &Order,
    selected: &Bits,
    ties: Ties<'_>,
) -> Result<Vec<u32>, SheetError> {
    let scan = FieldScan::new(rows, order.field);
    let chosen = scan.chosen(selected);
    match scan.repeats(&chosen) {
        true => Ok(by_text(&Distinct::of(&scan, &chosen, selected), order, selected, ties)),
        false => by_key(&scan, (order, ties), &chosen, selected),
    }
}

/// Deals the records out to their texts.
fn by_text(distinct: &Distinct<'_>, order: &Order, selected: &Bits, ties: Ties<'_>) -> Vec<u32> {
    let mut sorted: Vec<(usize, Rank<'_>)> =
        distinct.texts.iter().map(|text| order.rank(Some(text))).enumerate().collect();
    sorted.sort_unstable_by(
        |(_, one), (_, other)| if order.downwards { other.cmp(one) } else { one.cmp(other) },
    );
    // Texts that mean the same, as 1 and 1.0 do, are one heap.
    let mut heaps = vec![0; distinct.texts.len()];
    let mut count = 0;
    for group in sorted.chunk_by(|(_, one), (_, next)| one == next) {
        for (code, _) in group {
            if let Some(heap) = heaps.get_mut(*code) {
                *heap = count;
            }
        }
        count += 1;
    }
    let heap = |position: usize| match distinct.code(position) {
        ABSENT => count,
        code => heaps.get(code as usize).copied().unwrap_or(count),
    };
    let mut next = vec![0; count + 2];
    for position in selected.each() {
        next[heap(position) + 1] += 1;
    }
    for place in 1..next.len() {
        next[place] += next[place - 1];
    }
    let mut positions = vec![0; selected.ones()];
    let deal = |position: usize| {
        let place = &mut next[heap(position)];
        positions[*place] = position as u32;
        *place += 1;
    };
    match ties {
        Some(arrangement) => arrangement.each(selected).for_each(deal),
        None => selected.each().for_each(deal),
    }
    positions
}

/// A record on its way to its place: what it is compared by first, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Item {
    key: (u64, u64),
    position: u32,
    segment: u32,
}

impl Item {
    /// Which of two comes first.
    fn compare(&self, other: &Self, ties: Ties<'_>) -> Ordering {
        let rank = |item: &Self| ties.map_or(item.position, |arrangement| arrangement.rank(item.position));
        self.key.cmp(&other.key).then_with(|| rank(self).cmp(&rank(other)))
    }
}

/// Records by what can be said of their cells.
#[derive(Debug, Default)]
struct Items {
    readable: Vec<Item>,
    texts: Vec<Item>,
    empty: Vec<u32>,
}

fn by_key(
    scan: &FieldScan<'_>,
    (order, ties): (&Order, Ties<'_>),
    chosen: &[(u32, usize)],
    selected: &Bits,
) -> Result<Vec<u32>, SheetError> {
    let (first, second) = chosen.split_at(chosen.len() / 2);
    let collected = both(|| collect(scan, order, first, selected), || collect(scan, order, second, selected));
    let (mut items, rest) = collected?;
    items.readable.extend(rest.readable);
    items.texts.extend(rest.texts);
    items.empty.extend(rest.empty);
    arrange(&mut items.readable, ties, &|_: &mut [Item]| {})?;
    arrange(&mut items.texts, ties, &|items: &mut [Item]| refine(scan, (order, ties), items))?;
    if let Some(arrangement) = ties {
        items.empty.sort_unstable_by_key(|position| arrangement.rank(*position));
    }
    let (begin, end) = match order.downwards {
        true => (items.texts, items.readable),
        false => (items.readable, items.texts),
    };
    let placed = begin.iter().chain(&end).map(|item| item.position);
    Ok(placed.chain(items.empty).collect())
}

fn collect(scan: &FieldScan<'_>, order: &Order, segments: &[(u32, usize)], selected: &Bits) -> Items {
    let count = segments.iter().map(|(_, count)| count).sum();
    let mut items = Items::default();
    items.texts.reserve(if order.reads() { 0 } else { count });
    for (segment, _) in segments {
        scan.each(*segment, selected, |position, text| {
            let Some(text) = text else { return items.empty.push(position) };
            let segment = *segment;
            match order.read(text) {
                Some(reading) => {
                    items.readable.push(Item { key: (reading ^ order.mask(), 0), position, segment });
                }
                None => items.texts.push(Item { key: key(text, 0, order), position, segment }),
            }
        });
    }
    items
}

/// The bytes from `depth` on, as many as go into a key.
fn key(text: &str, depth: usize, order: &Order) -> (u64, u64) {
    let rest = text.as_bytes().get(depth..).unwrap_or(&[]);
    let mut bytes = [0; KEY];
    let length = rest.len().min(KEY);
    bytes[..length].copy_from_slice(&rest[..length]);
    let both = u128::from_be_bytes(bytes);
    ((both >> 64) as u64 ^ order.mask(), both as u64 ^ order.mask())
}

/// Sorts on two threads; `finish` puts those with equal keys right.
fn arrange(
    items: &mut [Item],
    ties: Ties<'_>,
    finish: &(impl Fn(&mut [Item]) + Sync),
) -> Result<(), SheetError> {
    let sort = |items: &mut [Item]| {
        items.sort_unstable_by(|one, other| one.compare(other, ties));
        finish(items);
    };
    if items.len() < WORTH_A_THREAD {
        sort(items);
        return Ok(());
    }
    let mut sample: Vec<(u64, u64)> =
        items.iter().step_by(items.len() / SAMPLE).map(|item| item.key).collect();
    sample.sort_unstable();
    let middle = sample.get(sample.len() / 2).copied().unwrap_or_default();
    let smaller = part(items, middle);
    let (first, second) = items.split_at_mut(smaller);
    both(|| sort(first), || sort(second))?;
    Ok(())
}

/// Brings the items with smaller keys to the front, and says how many those are.
fn part(items: &mut [Item], middle: (u64, u64)) -> usize {
    let mut smaller = 0;
    for place in 0..items.len() {
        if items[place].key < middle {
            items.swap(place, smaller);
            smaller += 1;
        }
    }
    smaller
}

/// Sorts the items with equal keys by what comes behind the bytes of the key.
fn refine(scan: &FieldScan<'_>, (order, ties): (&Order, Ties<'_>), items: &mut [Item]) {
    let text = |item: &Item| scan.text(item.segment, item.position).unwrap_or("");
    let mut waiting = equal_runs(items, 0, KEY);
    while let Some((begin, end, depth)) = waiting.pop() {
        let Some(run) = items.get_mut(begin..end) else { continue };
        if run.iter().all(|item| text(item).len() <= depth) {
            // Only texts with NUL at the end differ here.
            let length = |item: &Item| text(item).len() as u64 ^ order.mask();
            if run.windows(2).any(|pair| length(&pair[0]) != length(&pair[1])) {
                run.iter_mut().for_each(|item| item.key = (length(item), 0));
                run.sort_unstable_by(|one, other| one.compare(other, ties));
            }
            continue;
        }
        for item in run.iter_mut() {
            item.key = key(text(item), depth, order);
        }
        run.sort_unstable_by(|one, other| one.compare(other, ties));
        waiting.extend(equal_runs(run, begin, depth + KEY));
    }
}

/// Where several items have the same key; `begin` is where the items begin.
fn equal_runs(items: &[Item], begin: usize, depth: usize) -> Vec<(usize, usize, usize)> {
    let mut runs = Vec::new();
    let mut from = begin;
    for run in items.chunk_by(|one, next| one.key == next.key) {
        if run.len() > 1 {
            runs.push((from, from + run.len(), depth));
        }
        from += run.len();
    }
    runs
}
