//! An answer of the version before becomes that of the next: the records that were touched in between are
//! taken out and put in where they belong, so that an edit does not make a view of a million records anew.

use super::error::SheetError;
use super::orders::{Inherited, Positions};
use super::plan::Plan;
use super::rows::{Place, Rows};
use super::sort::Order;
use super::view::View;
use crate::domain::record::RecordNumber;
use crate::store::Tx;

/// A record that was touched.
struct Touched {
    position: u32,
    /// Whether it belongs to the answer now.
    fits: bool,
    /// What it is sorted by.
    text: Option<String>,
}

impl View {
    /// Brings an answer of an older version with the same positions up to date.
    pub(super) async fn carry(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        inherited: &Inherited,
    ) -> Result<Positions, SheetError> {
        let touched = self.touched(tx, plan, &inherited.touched()).await?;
        match (&plan.order, inherited.positions().as_list()) {
            (Some(order), Some(list)) => self.carry_list(tx, order, list, touched).await,
            _ => {
                let mut selected = inherited.positions().bits(self.state.positions() as usize);
                for touched in touched {
                    selected.put_at(touched.position as usize, touched.fits);
                }
                Ok(Positions::arranged(selected, self.arrangement(tx).await?))
            }
        }
    }

    /// How the touched records are now. Who came and went in between has no position.
    async fn touched(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        numbers: &[RecordNumber],
    ) -> Result<Vec<Touched>, SheetError> {
        let manifest = &self.state.manifest;
        let mut touched = Vec::new();
        let wanted = plan.wanted();
        for numbers in numbers.chunks(super::fetch::SCANNED_TOGETHER) {
            let mut segments: Vec<usize> =
                numbers.iter().filter_map(|number| manifest.holding(*number)).collect();
            segments.dedup();
            let rows = super::fetch::rows(&self.cache, tx, &self.state, segments, &wanted).await?;
            touched.extend(numbers.iter().filter_map(|number| look(plan, &rows, *number)));
        }
        Ok(touched)
    }

    async fn carry_list(
        &self,
        tx: &mut Tx,
        order: &Order,
        list: &[u32],
        touched: Vec<Touched>,
    ) -> Result<Positions, SheetError> {
        let mut gone: Vec<u32> = touched.iter().map(|touched| touched.position).collect();
        gone.sort_unstable();
        let stays = |position: &&u32| gone.binary_search(position).is_err();
        let mut kept: Vec<u32> = Vec::with_capacity(list.len() + touched.len());
        kept.extend(list.iter().filter(stays));
        let arrangement = self.arrangement(tx).await?;
        let rank = |position| arrangement.as_ref().map_or(position, |order| order.rank(position));
        let mut placed = Vec::new();
        for touched in touched.into_iter().filter(|touched| touched.fits) {
            let place = self.place_in(tx, (order, &rank), &kept, &touched).await?;
            placed.push((place, touched));
        }
        placed.sort_by(|(one_place, one), (other_place, other)| {
            let by_text = || order.compare(one.text.as_deref(), other.text.as_deref());
            let by_place = one_place.cmp(other_place).then_with(by_text);
            by_place.then_with(|| rank(one.position).cmp(&rank(other.position)))
        });
        // From behind, so that the places before stay what they are.
        let mut rest = kept.len();
        kept.resize(rest + placed.len(), 0);
        for (before, (place, touched)) in placed.iter().enumerate().rev() {
            kept.copy_within(*place..rest, *place + before + 1);
            if let Some(slot) = kept.get_mut(*place + before) {
                *slot = touched.position;
            }
            rest = *place;
        }
        Ok(Positions::listed(kept))
    }

    /// Before which of the others a record comes.
    async fn place_in(
        &self,
        tx: &mut Tx,
        (order, rank): (&Order, &(impl Fn(u32) -> u32 + Sync)),
        kept: &[u32],
        touched: &Touched,
    ) -> Result<usize, SheetError> {
        let wanted = super::fetch::Wanted::Parts(vec![super::chunk::Part::field(order.field)]);
        let (mut begin, mut end) = (0, kept.len());
        while begin < end {
            let middle = begin + (end - begin) / 2;
            let Some(position) = kept.get(middle).copied() else { break };
            let rows = self.rows_at(tx, &[position], &wanted).await?;
            let text = rows.place_at(position).and_then(|place| rows.text(place, order.field));
            let by_text = order.compare(text, touched.text.as_deref());
            let ordering = by_text.then_with(|| rank(position).cmp(&rank(touched.position)));
            if ordering.is_lt() {
                begin = middle + 1;
            } else {
                end = middle;
            }
        }
        Ok(begin)
    }
}

fn look(plan: &Plan, rows: &Rows, number: RecordNumber) -> Option<Touched> {
    let manifest = &rows.state.manifest;
    let (place, position) = match manifest.holding(number) {
        Some(segment) => {
            let row = rows.row(segment, number)?;
            (Place::Row { segment, row }, manifest.start(segment) + row)
        }
        None => {
            let place = rows.state.tail.binary_search_by_key(&number, |(number, _)| *number).ok()?;
            (Place::Tail(place), manifest.rows() + place as u32)
        }
    };
    let is_live = match place {
        Place::Row { segment, row } => rows.is_live(segment, row),
        Place::Tail(_) => true,
    };
    let text = plan.order.as_ref().and_then(|order| rows.text(place, order.field)).map(str::to_string);
    Some(Touched { position, fits: is_live && plan.test.fits(rows, place), text })
}
