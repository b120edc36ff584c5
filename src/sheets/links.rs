//! The records that references lead to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER};
use super::link_columns::{LinkColumn, LinkColumns};
use super::rows::{Place, Rows};
use super::slice::Slice;
use super::view::View;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::store::Tx;

/// A value that a reference has, and the one that the record it leads to must agree with.
pub type LinkKey = (String, Option<String>);

/// What is still sought, by its hash, and what was found.
type Search = (HashMap<u64, Vec<LinkKey>>, BTreeMap<LinkKey, RecordNumber>);

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
        let columns = self.link_columns(field, narrows)?;
        let mut search = Search::default();
        for wanted in wanted {
            let key = columns.key(&wanted.0, wanted.1.as_deref());
            search.0.entry(key).or_default().push(wanted.clone());
        }
        let places: Vec<usize> = (0..self.state.manifest.segments().len()).collect();
        for group in places.chunks(SCANNED_TOGETHER) {
            if search.0.is_empty() {
                break;
            }
            let (segments, group) = (group.iter().copied(), group.to_vec());
            let rows = fetch::rows(&self.cache, tx, &self.state, segments, &columns.wanted()).await?;
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

    fn link_columns(&self, field: &str, narrows: Option<&str>) -> Result<LinkColumns, SheetError> {
        let column = |key: &str| {
            let number = self.rules.field(key)?;
            Ok::<_, SheetError>(LinkColumn::new(number, self.rules.reading(number)))
        };
        Ok(LinkColumns::new(column(field)?, narrows.map(column).transpose()?))
    }
}

fn look(rows: &Rows, place: usize, columns: LinkColumns, search: &mut Search) {
    let fields: Vec<FieldNumber> = columns.fields().collect();
    let Some(slice) = Slice::new(rows, place, &fields) else { return };
    for row in (0..slice.records()).filter(|row| slice.is_live(*row)) {
        take(search, columns, slice.number(row), |field| slice.text(row, columns.place(field)));
    }
}

fn take<'a>(
    search: &mut Search,
    columns: LinkColumns,
    number: RecordNumber,
    text: impl Fn(FieldNumber) -> Option<&'a str>,
) {
    if let Some(key) = columns.key_of(text)
        && let Some(wanted) = search.0.remove(&key)
    {
        search.1.extend(wanted.into_iter().map(|wanted| (wanted, number)));
    }
}
