//! Where records stand that were inserted beside others.

use super::convert::{count, integer};
use super::statement::Statement;
use super::{StoreError, Tx};

/// Rows of one statement that inserts many.
const ROWS: usize = 100;

/// New records that stand together beside another one, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRow {
    /// The number of the first of them.
    pub record: u64,
    /// How many there are.
    pub records: u64,
    /// The number of the record that they stand by; it came before them.
    pub beside: u64,
    /// Whether they stand after it.
    pub is_after: bool,
}

/// The places of a sheet from the record of that number on, in order.
pub async fn from(tx: &mut Tx, sheet: i64, record: u64) -> Result<Vec<PlaceRow>, StoreError> {
    let text = "SELECT record, records, beside, is_after FROM places WHERE sheet = $1 AND record >= $2
        ORDER BY record";
    let statement = Statement::new(text).bind(sheet).bind(integer(record));
    let rows: Vec<(i64, i64, i64, bool)> = tx.all(statement).await?;
    let place = |(record, records, beside, is_after)| {
        let record = count("places.record", record)?;
        let (records, beside) = (count("places.records", records)?, count("places.beside", beside)?);
        Ok(PlaceRow { record, records, beside, is_after })
    };
    rows.into_iter().map(place).collect()
}

/// Adds places.
pub async fn insert(tx: &mut Tx, sheet: i64, places: &[PlaceRow]) -> Result<(), StoreError> {
    for places in places.chunks(ROWS) {
        let text = "INSERT INTO places (sheet, record, records, beside, is_after) VALUES ";
        let mut statement = Statement::new(text);
        for (place, row) in places.iter().enumerate() {
            statement = statement
                .push_bind(if place == 0 { "(" } else { ", (" }, sheet)
                .push_bind(", ", integer(row.record))
                .push_bind(", ", integer(row.records))
                .push_bind(", ", integer(row.beside))
                .push_bind(", ", row.is_after)
                .push(")");
        }
        tx.execute(statement).await?;
    }
    Ok(())
}
