//! Reading one version of a sheet: pages, counts, single records.

use std::ops::Range;
use std::sync::Arc;

use super::cache::ChunkCache;
use super::chunk::Part;
use super::error::SheetError;
use super::fetch::{self, Wanted};
use super::number_set;
use super::rows::{Place, Rows};
use super::rules::Rules;
use super::state::State;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{Counts, Record, RecordNumber};
use crate::store::{Tx, records};

/// One version of a sheet's records; it never changes. The chunks are read through the transaction that
/// is given to each call, which must see that version.
#[derive(Clone)]
pub struct View {
    pub(super) cache: Arc<ChunkCache>,
    pub(super) state: Arc<State>,
    pub(super) rules: Arc<Rules>,
}

impl View {
    pub(super) fn new(cache: Arc<ChunkCache>, state: Arc<State>, rules: Arc<Rules>) -> Self {
        Self { cache, state, rules }
    }

    /// The version.
    pub fn version(&self) -> i64 {
        self.state.version
    }

    /// How many records there are.
    pub fn counts(&self) -> Counts {
        self.state.counts
    }

    /// How many records a query means.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn count(&self, tx: &mut Tx, query: &RecordQuery) -> Result<u64, SheetError> {
        Ok(self.positions(tx, query).await?.len() as u64)
    }

    /// How many records a query means, and how many of them have an error; only of those among the numbers, if any are
    /// given.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn counts_of(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
    ) -> Result<Counts, SheetError> {
        let (positions, invalid) = match among {
            None if query.is_everything() => return Ok(self.counts()),
            None => (self.positions(tx, query).await?, self.invalid(tx).await?),
            Some(numbers) => {
                let positions = self.among(tx, query, numbers).await?;
                let wrong = RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() };
                (positions, self.among(tx, &wrong, numbers).await?)
            }
        };
        let total = positions.len() as u64;
        let error = positions.common(&invalid) as u64;
        Ok(Counts { total, valid: total - error, error })
    }

    /// Where in what a query means the records of these numbers come, counted from 0; those that are not
    /// among them are left out.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn indices(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        numbers: &[RecordNumber],
    ) -> Result<Vec<(RecordNumber, usize)>, SheetError> {
        let positions = self.positions(tx, query).await?;
        let located = self.located(tx, numbers).await?;
        let asked: Vec<u32> = located.iter().map(|(_, position)| *position).collect();
        let places = positions.find_all(&asked);
        Ok(located.iter().zip(places).filter_map(|((number, _), place)| Some((*number, place?))).collect())
    }

    /// One page of the records that a query means, with the cells of `fields` in that order; of all
    /// columns when none are named.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered or a field is unknown.
    pub async fn page(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        offset: u64,
        limit: usize,
        fields: Option<&[String]>,
    ) -> Result<Vec<Record>, SheetError> {
        let positions = self.positions(tx, query).await?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        self.at(tx, &positions.page(offset, limit), fields).await
    }

    /// The records at these positions, in that order.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown.
    pub async fn at(
        &self,
        tx: &mut Tx,
        positions: &[u32],
        fields: Option<&[String]>,
    ) -> Result<Vec<Record>, SheetError> {
        let fields = self.rules.fields_of(fields)?;
        let mut wanted: Vec<Part> = fields.iter().map(|field| Part::field(*field)).collect();
        wanted.extend([Part::MESSAGES, Part::EXTRAS]);
        let wanted = Wanted::Parts(wanted);
        let mut found = Vec::with_capacity(positions.len());
        // Pages of a scattered order touch many segments; a few at a time keep memory within bounds.
        for positions in positions.chunks(PAGE) {
            let rows = self.rows_at(tx, positions, &wanted).await?;
            let places = positions.iter().filter_map(|position| rows.place_at(*position));
            found.extend(places.map(|place| rows.record(place, &fields)));
        }
        Ok(found)
    }

    /// The records of those numbers that are there, in the order asked for.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn records(&self, tx: &mut Tx, numbers: &[RecordNumber]) -> Result<Vec<Record>, SheetError> {
        self.records_with(tx, numbers, None).await
    }

    /// The same with the cells of `fields` in that order; of all columns when none are named.
    ///
    /// # Errors
    /// The same, and [`SheetError::Query`] when a field is unknown.
    pub async fn records_with(
        &self,
        tx: &mut Tx,
        numbers: &[RecordNumber],
        fields: Option<&[String]>,
    ) -> Result<Vec<Record>, SheetError> {
        let positions = self.positions_of(tx, numbers).await?;
        self.at(tx, &positions, fields).await
    }

    /// The numbers of all records that a query means, in its order.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn numbers(&self, tx: &mut Tx, query: &RecordQuery) -> Result<Vec<RecordNumber>, SheetError> {
        let positions = self.positions(tx, query).await?.page(0, usize::MAX);
        self.numbers_at(tx, &positions).await
    }

    /// The numbers of the records in these rows of what a query means, in that order; rows that are not there are
    /// left out.
    ///
    /// # Errors
    /// [`SheetError::Query`] when it cannot be answered.
    pub async fn numbers_in(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        rows: &[Range<u64>],
    ) -> Result<Vec<RecordNumber>, SheetError> {
        let positions = self.positions(tx, query).await?;
        let mut numbers = Vec::new();
        for rows in rows {
            let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
            let (begin, end) = (place(rows.start), place(rows.end).min(positions.len()));
            for first in (begin..end).step_by(NUMBERS) {
                let page = positions.page(first, NUMBERS.min(end - first));
                numbers.extend(self.numbers_at(tx, &page).await?);
            }
        }
        Ok(numbers)
    }

    /// The records that the commit of a version touched; of a rollback, those of all commits it undid.
    /// Deleted ones are among them.
    ///
    /// # Errors
    /// [`SheetError::UnknownVersion`] when no commit made that version.
    pub async fn changed(&self, tx: &mut Tx, version: i64) -> Result<Vec<RecordNumber>, SheetError> {
        let commit = records::commit_of_version(tx, self.state.sheet, version).await?;
        let commit = commit.ok_or(SheetError::UnknownVersion(version))?;
        Ok(number_set::decode(&commit.numbers)?)
    }

    /// The records that the commits of the versions after `after` up to `last` touched, in order. Deleted ones are among
    /// them.
    ///
    /// # Errors
    /// Those of the database, and [`SheetError::Damaged`].
    pub async fn changed_between(
        &self,
        tx: &mut Tx,
        after: i64,
        last: i64,
    ) -> Result<Vec<RecordNumber>, SheetError> {
        let commits = records::commits_between(tx, self.state.sheet, after, last).await?;
        let mut numbers = Vec::new();
        for commit in &commits {
            numbers.extend(number_set::decode(&commit.numbers)?);
        }
        if commits.len() > 1 {
            numbers.sort_unstable();
            numbers.dedup();
        }
        Ok(numbers)
    }

    /// The positions of those numbers that are there, in the order asked for.
    pub(super) async fn positions_of(
        &self,
        tx: &mut Tx,
        numbers: &[RecordNumber],
    ) -> Result<Vec<u32>, SheetError> {
        Ok(self.located(tx, numbers).await?.into_iter().map(|(_, position)| position).collect())
    }

    /// Those of the numbers that are there, with their positions, in the order asked for.
    pub(super) async fn located(
        &self,
        tx: &mut Tx,
        numbers: &[RecordNumber],
    ) -> Result<Vec<(RecordNumber, u32)>, SheetError> {
        let mut segments: Vec<usize> =
            numbers.iter().filter_map(|number| self.state.manifest.holding(*number)).collect();
        segments.sort_unstable();
        segments.dedup();
        let rows = fetch::rows(&self.cache, tx, &self.state, segments, &Wanted::Parts(Vec::new())).await?;
        let manifest = &self.state.manifest;
        let located = |number: &RecordNumber| match rows.place_of(*number)? {
            Place::Row { segment, row } => Some((*number, manifest.start(segment) + row)),
            Place::Tail(place) => Some((*number, manifest.rows() + place as u32)),
        };
        Ok(numbers.iter().filter_map(located).collect())
    }

    async fn numbers_at(&self, tx: &mut Tx, positions: &[u32]) -> Result<Vec<RecordNumber>, SheetError> {
        let rows = self.rows_at(tx, positions, &Wanted::Parts(Vec::new())).await?;
        let places = positions.iter().filter_map(|position| rows.place_at(*position));
        Ok(places.map(|place| rows.number_at(place)).collect())
    }

    pub(super) async fn rows_at(
        &self,
        tx: &mut Tx,
        positions: &[u32],
        wanted: &Wanted,
    ) -> Result<Rows, SheetError> {
        let segments = positions.iter().filter_map(|position| self.state.manifest.at(*position));
        let mut segments: Vec<usize> = segments.map(|(segment, _)| segment).collect();
        segments.sort_unstable();
        segments.dedup();
        fetch::rows(&self.cache, tx, &self.state, segments, wanted).await
    }
}

/// Records that are put together at a time.
const PAGE: usize = 4_096;
/// Records whose numbers are looked up at a time.
const NUMBERS: usize = 1 << 17;
