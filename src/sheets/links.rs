//! The records that references lead to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER};
use super::references::{self, Columns};
use super::rows::{Place, Rows};
use super::slice::Slice;
use super::view::View;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// A value that a reference has, and the one that the record it leads to must agree with.
pub type LinkKey = (String, Option<String>);

/// What is still sought, by its hash, and what was found.
type Search = (HashMap<u64, LinkKey>, BTreeMap<LinkKey, RecordNumber>);

impl View {
    /// For each of the wanted values of a field the first record that has it. `narrows` is the field of the
    /// second value.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown.
    pub async fn first_with(
        &self,
        tx: &mut Tx,
        field: &str,
        narrows: Option<&str>,
        wanted: &BTreeSet<LinkKey>,
    ) -> Result<BTreeMap<LinkKey, RecordNumber>, SheetError> {
        let columns = (self.rules.field(field)?, narrows.map(|key| self.rules.field(key)).transpose()?);
        let hash = |wanted: &LinkKey| references::key(&wanted.0, wanted.1.as_deref());
        let sought = wanted.iter().map(|wanted| (hash(wanted), wanted.clone())).collect();
        let mut search: Search = (sought, BTreeMap::new());
        let places: Vec<usize> = (0..self.state.manifest.segments().len()).collect();
        for group in places.chunks(SCANNED_TOGETHER) {
            if search.0.is_empty() {
                break;
            }
            let (segments, group) = (group.iter().copied(), group.to_vec());
            let rows =
                fetch::rows(&self.cache, tx, &self.state, segments, &references::wanted(columns)).await?;
            search = blocking(move || {
                group.into_iter().for_each(|place| look(&rows, place, columns, &mut search));
                Ok(search)
            })
            .await?;
        }
        let rows = Rows::new(self.state.clone(), HashMap::new());
        for (place, (number, _)) in self.state.tail.iter().enumerate() {
            take(&mut search, columns, *number, |field| rows.text(Place::Tail(place), field));
        }
        Ok(search.1)
    }
}

fn look(rows: &Rows, place: usize, columns: Columns, search: &mut Search) {
    let fields: Vec<FieldNumber> = std::iter::once(columns.0).chain(columns.1).collect();
    let Some(slice) = Slice::new(rows, place, &fields) else { return };
    for row in (0..slice.records()).filter(|row| slice.is_live(*row)) {
        take(search, columns, slice.number(row), |field| slice.text(row, usize::from(field != columns.0)));
    }
}

fn take<'a>(
    search: &mut Search,
    columns: Columns,
    number: RecordNumber,
    text: impl Fn(FieldNumber) -> Option<&'a str>,
) {
    if let Some(key) = references::value_of(columns, text)
        && let Some(wanted) = search.0.remove(&key)
    {
        search.1.insert(wanted, number);
    }
}
