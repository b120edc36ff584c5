//! Which records a query means, in which order: positions in one version, kept beside it, and handed on to
//! the next version when a commit touches few records.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::arrangement::{Arranged, Arrangement};
use super::bits::Bits;
use super::marked::Marked;
use super::patch::RecordPatch;
use super::rules::Rules;
use super::state::State;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::RecordNumber;

/// Answers that a version remembers.
const REMEMBERED: usize = 16;
/// Bytes that all of them together may take.
const REMEMBERED_BYTES: usize = 16 << 20;
/// When more records were touched since an answer was found, it is found anew.
const MOST_TOUCHED: usize = 512;

/// Positions of records in one version of a sheet.
#[derive(Debug, Clone)]
pub struct Positions(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// All from 0 on, so many.
    Everything(u32),
    /// Some, in the order of their numbers.
    Marked(Arc<Marked>),
    /// Some, in the order of a sheet with inserted records.
    Arranged(Arc<Arranged>),
    /// In an order of their own.
    Listed(Arc<Vec<u32>>),
}

impl Positions {
    pub(super) fn everything(count: u32) -> Self {
        Self(Kind::Everything(count))
    }

    pub(super) fn marked(bits: Bits) -> Self {
        Self(Kind::Marked(Arc::new(Marked::new(bits))))
    }

    /// Some in the order of the sheet, which is that of their numbers without an arrangement.
    pub(super) fn arranged(bits: Bits, arrangement: Option<Arc<Arrangement>>) -> Self {
        match arrangement {
            Some(order) => Self(Kind::Arranged(Arc::new(Arranged::new(Marked::new(bits), order)))),
            None => Self::marked(bits),
        }
    }

    pub(super) fn listed(positions: Vec<u32>) -> Self {
        Self(Kind::Listed(Arc::new(positions)))
    }

    /// How many records are meant.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Everything(count) => *count as usize,
            Kind::Marked(marked) => marked.len(),
            Kind::Arranged(arranged) => arranged.marked().len(),
            Kind::Listed(positions) => positions.len(),
        }
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The positions of one page.
    pub fn page(&self, offset: usize, limit: usize) -> Vec<u32> {
        let begin = offset.min(self.len());
        let end = offset.saturating_add(limit).min(self.len());
        match &self.0 {
            Kind::Everything(_) => (begin as u32..end as u32).collect(),
            Kind::Marked(marked) => marked.page(begin, end - begin),
            Kind::Arranged(arranged) => arranged.page(begin, end - begin),
            Kind::Listed(positions) => positions[begin..end].to_vec(),
        }
    }

    /// Where in the order a position comes.
    pub fn find(&self, position: u32) -> Option<usize> {
        match &self.0 {
            Kind::Everything(count) => (position < *count).then_some(position as usize),
            Kind::Marked(marked) => marked.bits().get(position as usize).then(|| marked.before(position)),
            Kind::Arranged(arranged) => {
                arranged.marked().bits().get(position as usize).then(|| arranged.before(position))
            }
            Kind::Listed(positions) => positions.iter().position(|other| *other == position),
        }
    }

    /// Where in the order many positions come, in the order asked for.
    pub(super) fn find_all(&self, asked: &[u32]) -> Vec<Option<usize>> {
        match &self.0 {
            Kind::Listed(positions) if asked.len() > 8 => {
                let wanted: BTreeSet<u32> = asked.iter().copied().collect();
                let found = positions.iter().enumerate().filter(|(_, position)| wanted.contains(position));
                let places: HashMap<u32, usize> = found.map(|(place, position)| (*position, place)).collect();
                asked.iter().map(|position| places.get(position).copied()).collect()
            }
            _ => asked.iter().map(|position| self.find(*position)).collect(),
        }
    }

    /// How many of them come before a position. Only for positions in the order of the sheet.
    pub fn before(&self, position: u32) -> usize {
        match &self.0 {
            Kind::Everything(count) => position.min(*count) as usize,
            Kind::Marked(marked) => marked.before(position),
            Kind::Arranged(arranged) => arranged.before(position),
            Kind::Listed(positions) => positions.partition_point(|other| *other < position),
        }
    }

    /// The positions without their order, in a row of `length` bits.
    pub(super) fn bits(&self, length: usize) -> Bits {
        match &self.0 {
            Kind::Everything(count) => {
                let mut bits = Bits::all_on(*count as usize);
                bits.resize(length);
                bits
            }
            Kind::Marked(_) | Kind::Arranged(_) => {
                let mut bits = self.as_marked().map(|marked| marked.bits().clone()).unwrap_or_default();
                bits.resize(length);
                bits
            }
            Kind::Listed(positions) => {
                let mut bits = Bits::zeros(length);
                positions.iter().for_each(|position| bits.set(*position as usize));
                bits
            }
        }
    }

    /// How many of them are among others that are in the order of the sheet.
    pub(super) fn common(&self, others: &Self) -> usize {
        match (&self.0, &others.0) {
            (Kind::Everything(_), _) => others.len(),
            (_, Kind::Everything(_)) => self.len(),
            (Kind::Listed(positions), _) => {
                positions.iter().filter(|position| others.find(**position).is_some()).count()
            }
            (_, Kind::Listed(_)) => others.common(self),
            _ => match (self.as_marked(), others.as_marked()) {
                (Some(one), Some(other)) => one.bits().common(other.bits()),
                _ => 0,
            },
        }
    }

    /// The same in the order of their numbers, and beside that the place of each here; without the places when those
    /// follow one another. Only for positions in the order of the sheet.
    pub(super) fn by_number(self) -> (Self, Option<Vec<u32>>) {
        let Kind::Arranged(arranged) = &self.0 else { return (self, None) };
        let places = arranged.marked().bits().each().map(|position| arranged.before(position as u32) as u32);
        (Self::marked(arranged.marked().bits().clone()), Some(places.collect()))
    }

    /// What is chosen, whatever the order.
    fn as_marked(&self) -> Option<&Marked> {
        match &self.0 {
            Kind::Marked(marked) => Some(marked),
            Kind::Arranged(arranged) => Some(arranged.marked()),
            Kind::Everything(_) | Kind::Listed(_) => None,
        }
    }

    /// The list, when they have an order of their own.
    pub(super) fn as_list(&self) -> Option<&[u32]> {
        match &self.0 {
            Kind::Listed(positions) => Some(positions),
            _ => None,
        }
    }

    fn memory(&self) -> usize {
        match &self.0 {
            Kind::Everything(_) => 0,
            Kind::Marked(marked) => marked.memory(),
            Kind::Arranged(arranged) => arranged.memory(),
            Kind::Listed(positions) => positions.len() * 4,
        }
    }
}

/// Answers to queries, the last one at the end, and those of the version before that are not asked for yet.
#[derive(Debug, Default)]
pub(super) struct Orders {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    answers: VecDeque<Answer>,
    inherited: Vec<Inherited>,
}

/// An answer, which is true for one blueprint only.
#[derive(Debug, Clone)]
struct Answer {
    query: RecordQuery,
    rules: Weak<Rules>,
    positions: Positions,
}

/// An answer of an older version, and the records that were touched since.
#[derive(Debug, Clone)]
pub(super) struct Inherited {
    answer: Answer,
    touched: Arc<Touched>,
}

#[derive(Debug)]
struct Touched {
    numbers: Arc<[RecordNumber]>,
    before: Option<Arc<Touched>>,
    count: usize,
}

impl Answer {
    /// Whether any record may be among its records, and not only those that are named.
    fn is_of_any(&self) -> bool {
        self.query.ids.is_empty() && self.query.except.is_empty() && self.query.filter != Some(Filter::None)
    }

    fn is_of(&self, query: &RecordQuery, rules: &Arc<Rules>) -> bool {
        std::ptr::eq(self.rules.as_ptr(), Arc::as_ptr(rules)) && self.query == *query
    }
}

impl Inherited {
    pub(super) fn positions(&self) -> &Positions {
        &self.answer.positions
    }

    /// The records that were touched since, in order.
    pub(super) fn touched(&self) -> Vec<RecordNumber> {
        let mut numbers = BTreeSet::new();
        let mut next = Some(&self.touched);
        while let Some(touched) = next {
            numbers.extend(touched.numbers.iter().copied());
            next = touched.before.as_ref();
        }
        numbers.into_iter().collect()
    }
}

impl Orders {
    /// Whether the records that were there have the same positions after a commit of patches alone.
    pub(super) fn stay(old: &State, patches: &BTreeMap<RecordNumber, RecordPatch>) -> bool {
        // Who leaves the tail moves those behind.
        let leaves_tail = |(number, patch): (&RecordNumber, &RecordPatch)| {
            patch.deleted && old.overlay.get(*number).is_some_and(|before| before.inserted)
        };
        !patches.iter().any(leaves_tail)
    }

    /// What the version after such a commit begins with: the answers of the version before. They are brought up to
    /// date when somebody asks.
    pub(super) fn carried(old: &State, patches: &BTreeMap<RecordNumber, RecordPatch>) -> Self {
        if patches.len() > MOST_TOUCHED {
            return Self::default();
        }
        let numbers: Arc<[RecordNumber]> = patches.keys().copied().collect();
        let touched = |before: Option<&Arc<Touched>>| {
            let count = numbers.len() + before.map_or(0, |before| before.count);
            Arc::new(Touched { numbers: numbers.clone(), before: before.cloned(), count })
        };
        let first = touched(None);
        let held = old.orders.held.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = held.answers.iter().filter(|answer| answer.is_of_any());
        let fresh = fresh.map(|answer| Inherited { answer: answer.clone(), touched: first.clone() });
        let older = held.inherited.iter().map(|inherited| Inherited {
            answer: inherited.answer.clone(),
            touched: touched(Some(&inherited.touched)),
        });
        let known = older.filter(|inherited| inherited.touched.count <= MOST_TOUCHED);
        let inherited = known.chain(fresh).collect();
        Self { held: Mutex::new(Held { answers: VecDeque::new(), inherited }) }
    }

    pub(super) fn get(&self, query: &RecordQuery, rules: &Arc<Rules>) -> Option<Positions> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let place = held.answers.iter().position(|answer| answer.is_of(query, rules))?;
        let found = held.answers.remove(place)?;
        let positions = found.positions.clone();
        held.answers.push_back(found);
        Some(positions)
    }

    /// The answer of an older version.
    pub(super) fn inherited(&self, query: &RecordQuery, rules: &Arc<Rules>) -> Option<Inherited> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.inherited.iter().find(|inherited| inherited.answer.is_of(query, rules)).cloned()
    }

    pub(super) fn put(&self, query: &RecordQuery, rules: &Arc<Rules>, positions: &Positions) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.answers.retain(|answer| answer.query != *query);
        held.inherited.retain(|inherited| inherited.answer.query != *query);
        let (query, rules) = (query.clone(), Arc::downgrade(rules));
        held.answers.push_back(Answer { query, rules, positions: positions.clone() });
        while held.answers.len() + held.inherited.len() > REMEMBERED || held.memory() > REMEMBERED_BYTES {
            if !held.inherited.is_empty() {
                held.inherited.remove(0);
            } else if held.answers.len() > 1 {
                held.answers.pop_front();
            } else {
                return;
            }
        }
    }

    /// Forgets the answers; for versions that are no longer the last.
    pub(super) fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Held::default();
    }
}

impl Held {
    fn memory(&self) -> usize {
        let inherited = self.inherited.iter().map(|inherited| &inherited.answer);
        self.answers.iter().chain(inherited).map(|answer| answer.positions.memory()).sum()
    }
}
