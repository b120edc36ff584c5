//! Calculations over the cells of a field: how many are empty or wrong, what their numbers and days come to.

use std::collections::HashSet;
use std::ops::Range;

use super::bits::Bits;
use super::error::{SheetError, blocking};
use super::field_scan::FieldScan;
use super::filter::Test;
use super::reading::Reading;
use super::rows::Rows;
use super::view::View;
use crate::domain::query::RecordQuery;
use crate::domain::record::{FieldNumber, RecordNumber};
use crate::domain::value::{is_date, read_number};
use crate::store::Tx;

/// A field to calculate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calculation {
    /// Its key.
    pub field: String,
    /// Also how many different values it has, which takes the longest.
    pub distinct: bool,
    /// Over some rows only; those that are named twice count once.
    pub rows: Option<Vec<Range<u64>>>,
}

/// What the cells of a field come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calculated {
    /// All cells.
    pub cells: u64,
    /// Those without a value.
    pub empty: u64,
    /// Those with an error.
    pub invalid: u64,
    /// Different values, when asked for.
    pub distinct: Option<u64>,
    /// Of a field of numbers, those that can be read.
    pub numbers: Option<Numbers>,
    /// Of a field of days, the first and the last that can be read, as `YYYY-MM-DD`.
    pub days: Option<(String, String)>,
}

/// What numbers come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Numbers {
    /// How many there are, at least one.
    pub count: u64,
    /// What they add up to.
    pub sum: f64,
    /// What the additions so far have lost by rounding.
    lost: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
    /// Most digits after the point that one of them has, 9 at most.
    pub digits: usize,
}

impl Numbers {
    fn of(number: f64, digits: usize) -> Self {
        Self { count: 1, sum: number, lost: 0.0, least: number, most: number, digits }
    }

    /// Adds others; what is lost by rounding is kept apart, so that a million cents are ten thousand.
    pub fn add(&mut self, other: &Self) {
        let sum = self.sum + other.sum;
        let lost = match self.sum.abs() >= other.sum.abs() {
            true => (self.sum - sum) + other.sum,
            false => (other.sum - sum) + self.sum,
        };
        self.lost += lost + other.lost;
        self.sum = sum;
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.digits = self.digits.max(other.digits);
    }

    /// The sum with what was lost on the way.
    pub fn total(&self) -> f64 {
        self.sum + self.lost
    }
}

impl View {
    /// Calculates fields over the records that a query means, or each over some of its rows; only over those among the
    /// numbers, if any are given.
    ///
    /// # Errors
    /// [`SheetError::Query`] when the query cannot be answered or a field is unknown.
    pub async fn calculate(
        &self,
        tx: &mut Tx,
        query: &RecordQuery,
        among: Option<&[RecordNumber]>,
        wanted: &[Calculation],
    ) -> Result<Vec<Calculated>, SheetError> {
        let positions = match among {
            Some(numbers) => self.among(tx, query, numbers).await?,
            None => self.positions(tx, query).await?,
        };
        let length = self.state.positions() as usize;
        let select = |rows: &Option<Vec<Range<u64>>>| {
            let Some(rows) = rows else { return positions.bits(length) };
            let mut selected = Bits::zeros(length);
            for rows in rows {
                let count = rows.end.saturating_sub(rows.start) as usize;
                for position in positions.page(rows.start as usize, count) {
                    selected.set(position as usize);
                }
            }
            selected
        };
        let mut calculated = Vec::with_capacity(wanted.len());
        let mut selected = Bits::zeros(0);
        let mut before = None;
        for Calculation { field, distinct, rows } in wanted {
            if before != Some(rows) {
                selected = select(rows);
                before = Some(rows);
            }
            let (field, distinct) = (self.rules.field(field)?, *distinct);
            let errors = self.matching(tx, &Test::error(Some(field)).into()).await?;
            let invalid = errors.common(&selected) as u64;
            let reading = self.rules.reading(field);
            let rows = self.column_of(tx, field, &selected).await?;
            let (found, back) = blocking(move || {
                let found = column(&rows, field, &selected, reading, distinct);
                Ok((found, selected))
            })
            .await?;
            selected = back;
            calculated.push(Calculated { invalid, ..found });
        }
        Ok(calculated)
    }
}

fn column(rows: &Rows, field: FieldNumber, selected: &Bits, reading: Reading, distinct: bool) -> Calculated {
    let scan = FieldScan::new(rows, field);
    let mut found = Calculated { cells: selected.ones() as u64, ..Calculated::default() };
    let mut different = HashSet::new();
    let mut days: Option<(&str, &str)> = None;
    for (segment, _) in scan.chosen(selected) {
        scan.each(segment, selected, |_, text| {
            let Some(text) = text.filter(|text| !text.is_empty()) else {
                found.empty += 1;
                return;
            };
            if distinct {
                different.insert(text);
            }
            match reading {
                Reading::Number => {
                    let Some(number) = read_number(text) else { return };
                    let number = Numbers::of(number, digits(text));
                    match &mut found.numbers {
                        Some(numbers) => numbers.add(&number),
                        numbers @ None => *numbers = Some(number),
                    }
                }
                Reading::Date if is_date(text) => {
                    days = Some(days.map_or((text, text), |(first, last)| (first.min(text), last.max(text))));
                }
                _ => {}
            }
        });
    }
    found.distinct = distinct.then_some(different.len() as u64);
    found.days = days.map(|(first, last)| (first.to_string(), last.to_string()));
    found
}

/// Digits after the point, 9 at most.
fn digits(text: &str) -> usize {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.bytes().take(9).take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_cents_are_ten_thousand() {
        let cent = Numbers::of(0.01, 2);
        let mut sum = cent;
        (1..1_000_000).for_each(|_| sum.add(&cent));
        assert_eq!((sum.total(), sum.count), (10_000.0, 1_000_000));
    }

    #[test]
    fn small_numbers_beside_a_large_one_count() {
        let mut sum = Numbers::of(1e16, 0);
        (0..10).for_each(|_| sum.add(&Numbers::of(1.0, 0)));
        sum.add(&Numbers::of(-1e16, 0));
        assert_eq!((sum.total(), sum.least, sum.most), (10.0, -1e16, 1e16));
    }

    #[test]
    fn digits_after_the_point_are_counted() {
        for (text, count) in [("1", 0), ("1,234.50", 2), ("1.", 0), (".5e3", 1), ("0.12345678901", 9)] {
            assert_eq!(digits(text), count, "{text}");
        }
    }
}
