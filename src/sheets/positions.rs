//! Answering queries: which records, in which order. Columns are scanned as a whole, on threads that may
//! block; the database is read before.

use std::collections::HashMap;
use std::sync::Arc;

use super::bits::Bits;
use super::chunk::Part;
use super::error::{SheetError, blocking};
use super::fetch::{self, Wanted};
use super::filter::Test;
use super::orders::Positions;
use super::plan::Plan;
use super::rows::{Place, Rows};
use super::sort::{self, Order};
use super::threads::on_two_threads;
use super::view::View;
use crate::domain::query::{Filter, RecordQuery};
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// Chunks that a scan over a sheet holds at a time.
const CHUNKS_TOGETHER: usize = 320;
/// Records that are looked at one by one rather than by the answer for the whole sheet.
const FEW: usize = 10_000;
/// Segments that it looks at on the way at most.
const MOST_SEGMENTS: usize = 128;

impl View {
    /// The positions of the records that a query means, in its order. A version remembers its answers.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown, an id is none, or the query language cannot be read.
    pub async fn positions(&self, tx: &mut Tx, query: &RecordQuery) -> Result<Positions, SheetError> {
        if query.is_everything() && self.state.is_whole() && self.state.places.is_plain() {
            return Ok(Positions::everything(self.state.positions()));
        }
        let orders = &self.state.orders;
        if let Some(known) = orders.get(query, &self.rules) {
            return Ok(known);
        }
        let plan = Plan::of(query, &self.rules)?;
        let positions = match orders.inherited(query, &self.rules) {
            Some(inherited) => self.carry(tx, &plan, &inherited).await?,
            None => self.find(tx, &plan).await?,
        };
        orders.put(query, &self.rules, &positions);
        Ok(positions)
    }

    /// The positions of the records that a query means, in its order, as far as they are among these numbers.
    ///
    /// # Errors
    /// [`SheetError::Query`] as for [`Self::positions`].
    pub async fn among(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        numbers: &[RecordNumber],
    ) -> Result<Positions, SheetError> {
        if numbers.len() <= FEW {
            return self.find(tx, &Plan::of(query, &self.rules)?.among(numbers)).await;
        }
        let mut among = Bits::zeros(self.state.positions() as usize);
        for position in self.positions_of(tx, numbers).await? {
            among.set(position as usize);
        }
        let found = self.positions(tx, query).await?;
        Ok(match found.as_list() {
            Some(list) => {
                let chosen = list.iter().copied().filter(|position| among.get(*position as usize));
                Positions::listed(chosen.collect())
            }
            None => {
                among.and(&found.bits(among.len()));
                Positions::arranged(among, self.arrangement(tx).await?)
            }
        })
    }

    /// The records with an error.
    pub(super) async fn invalid(&self, tx: &mut Tx) -> Result<Positions, SheetError> {
        let query = RecordQuery { filter: Some(Filter::Error), ..RecordQuery::default() };
        self.positions(tx, &query).await
    }

    async fn find(&self, tx: &mut Tx, plan: &Plan) -> Result<Positions, SheetError> {
        let mut selected = match plan.only_named {
            true => self.named(tx, plan).await?,
            false => {
                let mut selected = self.matching(tx, &plan.test).await?;
                for position in self.positions_of(tx, &plan.numbers).await? {
                    selected.put_at(position as usize, false);
                }
                selected
            }
        };
        for position in self.positions_of(tx, &plan.except).await? {
            selected.put_at(position as usize, false);
        }
        match &plan.order {
            Some(order) => Ok(Positions::listed(self.sorted(tx, order.clone(), selected).await?)),
            None => Ok(Positions::arranged(selected, self.arrangement(tx).await?)),
        }
    }

    /// The records that are named and fit.
    async fn named(&self, tx: &mut Tx, plan: &Plan) -> Result<Bits, SheetError> {
        let mut selected = Bits::zeros(self.state.positions() as usize);
        let mut positions = self.positions_of(tx, &plan.numbers).await?;
        positions.sort_unstable();
        let wanted = plan.wanted();
        for positions in positions.chunks(MOST_SEGMENTS) {
            let rows = self.rows_at(tx, positions, &wanted).await?;
            let fits =
                |position: &&u32| rows.place_at(**position).is_some_and(|place| plan.test.fits(&rows, place));
            positions.iter().filter(fits).for_each(|position| selected.set(*position as usize));
        }
        Ok(selected)
    }

    /// All records that are there and fit.
    pub(super) async fn matching(&self, tx: &mut Tx, test: &Arc<Test>) -> Result<Bits, SheetError> {
        let state = &self.state;
        if test.is_everything() && state.is_whole() {
            return Ok(Bits::all_on(state.positions() as usize));
        }
        let mut selected = Bits::zeros(state.positions() as usize);
        let mut parts = Vec::new();
        test.parts(&mut parts);
        for group in self.groups_for(parts.len()) {
            let rows = self.fetched(tx, &group, &parts).await?;
            let test = test.clone();
            let marked = blocking(move || {
                let marked = on_two_threads(&group, |segment| test.mark(&rows, *segment))?;
                Ok(group.into_iter().zip(marked).collect::<Vec<_>>())
            });
            for (segment, marked) in marked.await? {
                selected.lay(state.manifest.start(segment) as usize, &marked);
            }
        }
        let rows = Rows::new(state.clone(), HashMap::new());
        for place in (0..state.tail.len()).filter(|place| test.fits(&rows, Place::Tail(*place))) {
            selected.set(state.manifest.rows() as usize + place);
        }
        Ok(selected)
    }

    /// Brings chosen positions into an order.
    pub(super) async fn sorted(
        &self,
        tx: &mut Tx,
        order: Order,
        selected: Bits,
    ) -> Result<Vec<u32>, SheetError> {
        let rows = self.column_of(tx, order.field, &selected).await?;
        let arrangement = self.arrangement(tx).await?;
        blocking(move || sort::sort(&rows, &order, &selected, arrangement.as_deref())).await
    }

    /// A whole field, where records of a segment are chosen.
    pub(super) async fn column_of(
        &self,
        tx: &mut Tx,
        field: FieldNumber,
        selected: &Bits,
    ) -> Result<Rows, SheetError> {
        self.fetched(tx, &self.chosen(selected), &[Part::field(field)]).await
    }

    /// The segments with chosen records.
    pub(super) fn chosen(&self, selected: &Bits) -> Vec<usize> {
        let segments = self.state.manifest.segments().iter().enumerate();
        let is_chosen = |place: usize, records: u32| {
            let start = self.state.manifest.start(place) as usize;
            selected.part(start, records as usize).ones() > 0
        };
        let chosen = segments.filter(|(place, segment)| is_chosen(*place, segment.records));
        chosen.map(|(place, _)| place).collect()
    }

    pub(super) async fn fetched(
        &self,
        tx: &mut Tx,
        segments: &[usize],
        parts: &[Part],
    ) -> Result<Rows, SheetError> {
        let wanted = Wanted::Parts(parts.to_vec());
        fetch::rows(&self.cache, tx, &self.state, segments.iter().copied(), &wanted).await
    }

    /// All segments, in groups that are held together when so many parts of each are read.
    fn groups_for(&self, parts: usize) -> Vec<Vec<usize>> {
        let segments: Vec<usize> = (0..self.state.manifest.segments().len()).collect();
        groups(&segments, parts)
    }
}

/// Segments in groups that are held together when so many parts of each are read.
pub(super) fn groups(segments: &[usize], parts: usize) -> Vec<Vec<usize>> {
    let together = (CHUNKS_TOGETHER / (parts + 1)).clamp(1, MOST_SEGMENTS);
    segments.chunks(together).map(<[usize]>::to_vec).collect()
}
