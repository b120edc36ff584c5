//! Finding cells: how many of what a query means hold a text, and which of them comes next.

use super::bits::Bits;
use super::cell_test::CellTest;
use super::error::{SheetError, blocking};
use super::filter::Test;
use super::view::View;
use crate::domain::cell_edit::Find;
use crate::domain::query::RecordQuery;
use crate::domain::record::RecordNumber;
use crate::store::Tx;

/// From which cell on to look, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    /// The first one at or after the cell.
    From(Spot),
    /// The first one after it.
    After(Spot),
    /// The last one before it.
    Before(Spot),
}

/// A cell by its row in the view and the place of its field among the sought ones, both counted from 0.
pub type Spot = (u64, usize);

/// What is sought in a field.
#[derive(Debug, Clone, PartialEq)]
pub struct SoughtCells {
    /// The key of the field.
    pub field: String,
    /// What is sought.
    pub find: Find,
    /// Which of these cells would be replaced.
    pub replaced: Find,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundCells {
    /// For each sought field how many cells hold the text.
    pub by_field: Vec<u64>,
    /// For each of them how many of these would be replaced.
    pub replaced: Vec<u64>,
    /// The one that comes next, over the end to the other end.
    pub next: Option<FoundCell>,
}

/// One cell that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundCell {
    /// Which one it is of all, counted from 1.
    pub place: u64,
    /// Where it is.
    pub spot: Spot,
    /// Its record.
    pub record: RecordNumber,
}

impl View {
    /// Finds cells among the records that a query means.
    ///
    /// # Errors
    /// [`SheetError::Query`] when the query cannot be answered or a field is unknown.
    pub async fn find_cells(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        sought: &[SoughtCells],
        seek: Seek,
    ) -> Result<FoundCells, SheetError> {
        let mut marked = Vec::with_capacity(sought.len());
        let mut replaced = Vec::with_capacity(sought.len());
        for SoughtCells { field, find, replaced: other } in sought {
            let field = self.rules.field(field)?;
            let test = |find| Test::Cells(vec![(field, CellTest::of_find(find))]);
            marked.push(self.matching(tx, &test(find).into()).await?);
            replaced.push(match find == other {
                true => None,
                false => Some(self.matching(tx, &test(other).into()).await?),
            });
        }
        let positions = self.positions(tx, query).await?;
        let (found, next) = blocking(move || {
            let selected = positions.bits(marked.first().map_or(0, Bits::len));
            marked.iter_mut().for_each(|bits| bits.and(&selected));
            let by_field: Vec<u64> = marked.iter().map(|bits| bits.ones() as u64).collect();
            let both = |(bits, replaced): (&Bits, &Option<Bits>)| {
                replaced.as_ref().map_or(bits.ones(), |replaced| replaced.common(bits)) as u64
            };
            let replaced = marked.iter().zip(&replaced).map(both).collect();
            let order = positions.page(0, usize::MAX);
            Ok((FoundCells { by_field, replaced, next: None }, next(&marked, &order, seek)))
        })
        .await?;
        let Some((place, spot, position)) = next else { return Ok(found) };
        let record = self.at(tx, &[position], Some(&[])).await?.first().map(|record| record.number);
        let next = record.map(|record| FoundCell { place, spot, record });
        Ok(FoundCells { next, ..found })
    }
}

/// Goes through the cells row by row and answers with the number, the place and the position of the one that is sought.
fn next(marked: &[Bits], order: &[u32], seek: Seek) -> Option<(u64, Spot, u32)> {
    let mut any = marked.first()?.clone();
    marked.iter().for_each(|bits| any.or(bits));
    let (mut count, mut first, mut last, mut before, mut after) = (0, None, None, None, None);
    for (row, position) in order.iter().enumerate().filter(|(_, position)| any.get(**position as usize)) {
        for field in (0..marked.len()).filter(|field| marked[*field].get(*position as usize)) {
            count += 1;
            let spot = (row as u64, field);
            let found = Some((count, spot, *position));
            first = first.or(found);
            last = found;
            let is_wanted = match seek {
                Seek::From(start) => spot >= start,
                Seek::After(start) => spot > start,
                Seek::Before(start) => {
                    before = if spot < start { found } else { before };
                    false
                }
            };
            after = after.or(found.filter(|_| is_wanted));
        }
    }
    match seek {
        Seek::Before(_) => before.or(last),
        Seek::From(_) | Seek::After(_) => after.or(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_cell_is_found_in_the_order_of_the_view_and_over_its_ends() {
        let bits = |given: &[usize]| {
            let mut bits = Bits::zeros(4);
            given.iter().for_each(|place| bits.set(*place));
            bits
        };
        let marked = [bits(&[0, 3]), bits(&[3])];
        // Downwards: the record at position 3 is the first row, and the one at 0 the last.
        let order = [3, 2, 1, 0];
        for (seek, wanted) in [
            (Seek::From((0, 0)), (1, (0, 0), 3)),
            (Seek::From((0, 1)), (2, (0, 1), 3)),
            (Seek::After((0, 0)), (2, (0, 1), 3)),
            (Seek::After((0, 1)), (3, (3, 0), 0)),
            (Seek::After((3, 0)), (1, (0, 0), 3)),
            (Seek::Before((3, 0)), (2, (0, 1), 3)),
            (Seek::Before((0, 0)), (3, (3, 0), 0)),
        ] {
            assert_eq!(next(&marked, &order, seek), Some(wanted), "{seek:?}");
        }
        assert_eq!(next(&[bits(&[])], &order, Seek::From((0, 0))), None);
        assert_eq!(next(&[], &order, Seek::From((0, 0))), None);
    }
}
