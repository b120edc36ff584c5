//! Which records a query means, in which order: positions in one version, kept beside it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::query::RecordQuery;

/// Answers that a version remembers.
const REMEMBERED: usize = 16;
/// Positions in all of them together, 4 bytes each.
const REMEMBERED_POSITIONS: usize = 4 << 20;

/// Positions of records in one version of a sheet.
#[derive(Debug, Clone)]
pub struct Positions(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// All from 0 on, so many.
    Everything(u32),
    Listed(Arc<Vec<u32>>),
}

impl Positions {
    pub(super) fn everything(count: u32) -> Self {
        Self(Kind::Everything(count))
    }

    pub(super) fn listed(positions: Vec<u32>) -> Self {
        Self(Kind::Listed(Arc::new(positions)))
    }

    /// How many records are meant.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Everything(count) => *count as usize,
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
            Kind::Listed(positions) => positions[begin..end].to_vec(),
        }
    }

    /// Where in the order a position comes.
    pub fn find(&self, position: u32) -> Option<usize> {
        match &self.0 {
            Kind::Everything(count) => (position < *count).then_some(position as usize),
            Kind::Listed(positions) => positions.iter().position(|other| *other == position),
        }
    }

    /// How many of them come before a position. Only for positions in the order of the sheet, which is searched
    /// by halves.
    pub fn before(&self, position: u32) -> usize {
        match &self.0 {
            Kind::Everything(count) => position.min(*count) as usize,
            Kind::Listed(positions) => positions.partition_point(|other| *other < position),
        }
    }

    fn listed_len(&self) -> usize {
        match &self.0 {
            Kind::Everything(_) => 0,
            Kind::Listed(positions) => positions.len(),
        }
    }
}

/// Answers to queries, the last one at the end.
#[derive(Debug, Default)]
pub(super) struct Orders {
    held: Mutex<VecDeque<(RecordQuery, Positions)>>,
}

impl Orders {
    pub(super) fn get(&self, query: &RecordQuery) -> Option<Positions> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let place = held.iter().position(|(other, _)| other == query)?;
        let found = held.remove(place)?;
        let positions = found.1.clone();
        held.push_back(found);
        Some(positions)
    }

    pub(super) fn put(&self, query: &RecordQuery, positions: &Positions) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(other, _)| other != query);
        held.push_back((query.clone(), positions.clone()));
        let total = |held: &VecDeque<(RecordQuery, Positions)>| -> usize {
            held.iter().map(|(_, positions)| positions.listed_len()).sum()
        };
        while held.len() > REMEMBERED || (held.len() > 1 && total(&held) > REMEMBERED_POSITIONS) {
            held.pop_front();
        }
    }
}
