//! The values of a field: which there are, and how many records have each.

use super::bits::Bits;
use super::cell_test::CellTest;
use super::distinct::{ABSENT, Distinct};
use super::error::{SheetError, blocking};
use super::field_scan::FieldScan;
use super::reading::Rank;
use super::rows::Rows;
use super::sort::{self, Order};
use super::view::View;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::store::Tx;

/// Which values of a field are wanted.
#[derive(Debug, Clone, Default)]
pub struct ValuesWanted {
    /// Key of the field.
    pub field: String,
    /// Of which records.
    pub query: RecordQuery,
    /// Only values with this text, written as in a search.
    pub search: Option<String>,
    /// By value; the most frequent first when absent.
    pub by_value: Option<SortDirection>,
    /// Values to pass over.
    pub offset: usize,
    /// Most values of the answer.
    pub limit: usize,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// The text; nothing for empty cells.
    pub text: Option<String>,
    /// Records with it.
    pub count: u64,
    /// Those of them that have an error on that cell.
    pub errors: u64,
}

/// A value on its way through the counting.
#[derive(Debug, Clone, Copy)]
struct Counted<'a> {
    text: Option<&'a str>,
    count: u32,
    errors: u32,
}

impl View {
    /// The different values of a field, and how many there are besides.
    ///
    /// # Errors
    /// [`SheetError::Query`] when the field is unknown or the query cannot be answered.
    pub async fn values(
        &self,
        tx: &mut Tx,
        wanted: ValuesWanted,
    ) -> Result<(Vec<FieldValue>, u64), SheetError> {
        let order =
            Order::of(self.rules.field(&wanted.field)?, &self.rules, wanted.by_value.unwrap_or_default());
        let length = self.state.positions() as usize;
        let unsorted = RecordQuery { sort_field: None, sort_direction: None, ..wanted.query.clone() };
        let selected = self.positions(tx, &unsorted).await?.bits(length);
        let invalid = RecordQuery {
            filter: Some(Filter::Error),
            filter_field: Some(wanted.field.clone()),
            ..RecordQuery::default()
        };
        let invalid = self.positions(tx, &invalid).await?.bits(length);
        let rows = self.column_of(tx, order.field, &selected).await?;
        blocking(move || values(&rows, &order, &wanted, &selected, &invalid)).await
    }
}

fn values(
    rows: &Rows,
    order: &Order,
    wanted: &ValuesWanted,
    selected: &Bits,
    invalid: &Bits,
) -> Result<(Vec<FieldValue>, u64), SheetError> {
    let scan = FieldScan::new(rows, order.field);
    let chosen = scan.chosen(selected);
    let mut counted = match scan.repeats(&chosen) {
        true => by_code(&Distinct::of(&scan, &chosen, selected), order, selected, invalid),
        false => by_run(&scan, sort::sort(rows, order, selected, None)?, invalid),
    };
    if let Some(test) = wanted.search.as_deref().and_then(CellTest::search) {
        counted.retain(|value| test.fits(value.text));
    }
    let mut counted = together(counted, order);
    if wanted.by_value.is_none() {
        counted.sort_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| order.compare(one.text, other.text))
        });
    }
    let page = counted.iter().skip(wanted.offset).take(wanted.limit).map(|value| FieldValue {
        text: value.text.map(str::to_string),
        count: value.count.into(),
        errors: value.errors.into(),
    });
    Ok((page.collect(), counted.len() as u64))
}

/// Makes one of the texts that mean the same value, as `1,000` and `1000` do. They come in the order of the values.
fn together<'a>(counted: Vec<Counted<'a>>, order: &Order) -> Vec<Counted<'a>> {
    let mut values: Vec<(Rank<'a>, Counted<'a>)> = Vec::with_capacity(counted.len());
    for value in counted {
        let rank = order.rank(value.text);
        match values.last_mut().filter(|(last, _)| *last == rank) {
            Some((_, same)) => {
                same.count += value.count;
                same.errors += value.errors;
            }
            None => values.push((rank, value)),
        }
    }
    values.into_iter().map(|(_, value)| value).collect()
}

/// Counts a field that repeats itself.
fn by_code<'a>(distinct: &Distinct<'a>, order: &Order, selected: &Bits, invalid: &Bits) -> Vec<Counted<'a>> {
    let empty = Counted { text: None, count: 0, errors: 0 };
    let texts = distinct.texts.iter().map(|text| Counted { text: Some(*text), ..empty });
    let mut counted: Vec<Counted<'a>> = texts.chain([empty]).collect();
    let absent = distinct.texts.len();
    let place = |position: usize| match distinct.code(position) {
        ABSENT => absent,
        code if distinct.texts.get(code as usize).is_some_and(|text| text.is_empty()) => absent,
        code => code as usize,
    };
    let mut wrong = invalid.clone();
    wrong.and(selected);
    for position in selected.each() {
        counted[place(position)].count += 1;
    }
    for position in wrong.each() {
        counted[place(position)].errors += 1;
    }
    counted.retain(|value| value.count > 0);
    counted.sort_by(|one, other| order.compare(one.text, other.text));
    counted
}

/// Counts a field with many different texts, in whose order the positions come.
fn by_run<'a>(scan: &FieldScan<'a>, sorted: Vec<u32>, invalid: &Bits) -> Vec<Counted<'a>> {
    let mut counted: Vec<Counted<'a>> = Vec::new();
    let mut empty = Counted { text: None, count: 0, errors: 0 };
    for position in sorted {
        let text = scan.text_at(position).filter(|text| !text.is_empty());
        let value = match (text, counted.last_mut()) {
            (None, _) => &mut empty,
            (Some(text), Some(last)) if last.text == Some(text) => last,
            _ => {
                counted.push(Counted { text, count: 0, errors: 0 });
                let Some(last) = counted.last_mut() else { continue };
                last
            }
        };
        value.count += 1;
        value.errors += u32::from(invalid.get(position as usize));
    }
    counted.extend(Some(empty).filter(|empty| empty.count > 0));
    counted
}
