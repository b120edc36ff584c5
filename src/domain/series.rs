//! Values that go on by the same step: numbers, and days of the calendar.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::value;

/// Digits that a number of a series may have.
const MOST_DIGITS: usize = 18;

/// A series; its first value has the place 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Series {
    /// Decimal numbers.
    Numbers {
        /// The first one, without its decimal point.
        first: i128,
        /// From one to the next, in the same measure.
        step: i128,
        /// Digits after the decimal point.
        decimals: usize,
        /// Zeros in front fill a number up to so many digits.
        digits: usize,
    },
    /// Days, so many days apart.
    Days {
        /// The first one.
        first: NaiveDate,
        /// From one to the next.
        step: i64,
    },
    /// The same day of months, so many months apart.
    Months {
        /// The first one.
        first: NaiveDate,
        /// From one to the next.
        step: i32,
    },
}

impl Series {
    /// The series that all of these values belong to: two numbers or more, one day or more. Nothing when they are
    /// none.
    pub fn of(texts: &[Option<&str>]) -> Option<Self> {
        let texts: Vec<&str> = texts.iter().copied().collect::<Option<_>>()?;
        of_days(&texts).or_else(|| of_numbers(&texts))
    }

    /// The value at a place, which may be before the first; nothing when the calendar does not reach that far.
    pub fn at(&self, place: i64) -> Option<String> {
        match self {
            Self::Numbers { first, step, decimals, digits } => {
                let number = first.checked_add(step.checked_mul(i128::from(place))?)?;
                Some(written(number, *decimals, *digits))
            }
            Self::Days { first, step } => {
                let days = step.checked_mul(place)?;
                let moved = match days {
                    0.. => first.checked_add_days(Days::new(days.unsigned_abs())),
                    _ => first.checked_sub_days(Days::new(days.unsigned_abs())),
                };
                day(moved?)
            }
            Self::Months { first, step } => day(after(*first, i64::from(*step).checked_mul(place)?)?),
        }
    }
}

fn of_days(texts: &[&str]) -> Option<Series> {
    let read = |text: &&str| value::is_date(text).then(|| text.parse::<NaiveDate>().ok()).flatten();
    let days: Vec<NaiveDate> = texts.iter().map(read).collect::<Option<_>>()?;
    let (first, second) = (*days.first()?, days.get(1).copied());
    let Some(second) = second else { return Some(Series::Days { first, step: 1 }) };
    let months = (second.year() - first.year()) * 12 + second.month0() as i32 - first.month0() as i32;
    let found =
        [Series::Months { first, step: months }, Series::Days { first, step: (second - first).num_days() }];
    found.into_iter().filter(|series| !matches!(series, Series::Months { step: 0, .. })).find(|series| {
        let is_next = |(place, day): (usize, &NaiveDate)| series.at(place as i64) == self::day(*day);
        days.iter().enumerate().all(is_next)
    })
}

/// The same day so many months later; the last day of a month that is shorter.
fn after(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { day.checked_sub_months(count) } else { day.checked_add_months(count) }
}

/// The day as cells have it: of a year with four digits.
fn day(day: NaiveDate) -> Option<String> {
    (0..=9999).contains(&day.year()).then(|| day.format("%Y-%m-%d").to_string())
}

fn of_numbers(texts: &[&str]) -> Option<Series> {
    let numbers: Vec<(i128, usize)> = texts.iter().map(|text| read(text)).collect::<Option<_>>()?;
    let decimals = numbers.iter().map(|(_, decimals)| *decimals).max()?;
    let scale =
        |(number, own): &(i128, usize)| number.checked_mul(10_i128.checked_pow((decimals - own) as u32)?);
    let numbers: Vec<i128> = numbers.iter().map(scale).collect::<Option<_>>()?;
    let (first, step) = (*numbers.first()?, numbers.get(1)? - numbers.first()?);
    let is_even = numbers.windows(2).all(|pair| pair[1] - pair[0] == step);
    let padded = texts.iter().any(|text| text.len() > 1 && text.starts_with('0') && !text.contains('.'));
    let digits = if padded { texts.iter().map(|text| text.len()).max()? } else { 0 };
    is_even.then_some(Series::Numbers { first, step, decimals, digits })
}

/// A number without its decimal point, and how many digits came after that.
fn read(text: &str) -> Option<(i128, usize)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() + part.len() > MOST_DIGITS || !are_digits(whole) || !are_digits(part) {
        return None;
    }
    let number: i128 = format!("{whole}{part}").parse().ok()?;
    Some((if unsigned.len() < text.len() { -number } else { number }, part.len()))
}

fn written(number: i128, decimals: usize, digits: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", number.unsigned_abs(), width = digits.max(decimals + 1));
    match text.split_at(text.len() - decimals) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn next(texts: &[&str], places: &[i64]) -> Option<Vec<String>> {
        let given: Vec<Option<&str>> = texts.iter().copied().map(Some).collect();
        let series = Series::of(&given)?;
        places.iter().map(|place| series.at(*place)).collect()
    }

    #[test]
    fn numbers_and_days_go_on_by_their_step() {
        for (texts, places, wanted) in [
            (&["1", "2"][..], &[2, 3, -1][..], &["3", "4", "0"][..]),
            (&["10", "7.5"], &[2, 4], &["5.0", "0.0"]),
            (&["-1", "-3"], &[2], &["-5"]),
            (&["008", "009"], &[2, 92], &["010", "100"]),
            (&["0.1", "0.2"], &[2, 9, -2], &["0.3", "1.0", "-0.1"]),
            (&["5", "5"], &[9], &["5"]),
            (&["2024-02-28"], &[1, 2], &["2024-02-29", "2024-03-01"]),
            (&["2024-01-01", "2024-01-08"], &[2, -1], &["2024-01-15", "2023-12-25"]),
            (&["2024-01-31", "2024-02-29"], &[2, 3], &["2024-03-31", "2024-04-30"]),
            (&["2023-05-01", "2024-05-01"], &[2], &["2025-05-01"]),
        ] {
            assert_eq!(next(texts, places).unwrap(), wanted, "{texts:?}");
        }
    }

    #[test]
    fn what_has_no_step_is_no_series() {
        for texts in [
            &["7"][..],
            &["a", "b"],
            &["1", "2", "4"],
            &["2024-01-01", "1"],
            &["2024-02-30"],
            &["1e3", "2e3"],
            &[],
        ] {
            assert_eq!(next(texts, &[]), None, "{texts:?}");
        }
        assert_eq!(Series::of(&[Some("1"), None]), None);
        assert_eq!(next(&["9999-12-31"], &[1]), None, "the calendar ends");
    }

    proptest! {
        #[test]
        fn a_series_begins_with_what_it_was_made_of(first in -9_999i64..9_999, step in -99i64..99, count in 2i64..9) {
            let texts: Vec<String> = (0..count).map(|place| (first + step * place).to_string()).collect();
            let given: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
            let series = Series::of(&given).unwrap();
            for (place, text) in texts.iter().enumerate() {
                prop_assert_eq!(series.at(place as i64), Some(text.clone()));
            }
        }
    }
}
