//! Calculations, put into words.

use super::records::query;
use super::{Asker, id};
use crate::domain::fill::MOST_AREAS;
use crate::domain::wording::{decimal, grouped};
use crate::rpc::RpcError;
use crate::rpc::calculations::{Calculations, CellRange, Measure};
use crate::rpc::records::Choosing;
use crate::sheets::{Calculated, Calculation};

/// What stands where there is nothing to calculate with.
const NOTHING: &str = "–";

pub async fn calculate_ranges(
    sheet_id: String,
    choosing: Choosing,
    ranges: Vec<CellRange>,
) -> Result<Calculations, RpcError> {
    let asker = Asker::of_request()?;
    let (service, actor, query) = (&asker.service, &asker.actor, query(&choosing));
    // The page chooses no more; who asks for more gets the first ones.
    let wanted = by_field(ranges.into_iter().take(MOST_AREAS));
    let (version, each) = service.calculate(actor, &id(&sheet_id)?, &query, &wanted).await?;
    let all = together(each);
    let results = Measure::ALL.iter().filter_map(|(measure, _)| Some((*measure, words(&all, *measure)?)));
    Ok(Calculations { version, results: results.collect() })
}

pub async fn summarise(
    sheet_id: String,
    choosing: Choosing,
    wanted: Vec<(String, Measure)>,
) -> Result<Calculations, RpcError> {
    let asker = Asker::of_request()?;
    let calculation = |(field, measure): &(String, Measure)| Calculation {
        field: field.clone(),
        distinct: *measure == Measure::Distinct,
        rows: None,
    };
    let calculations: Vec<_> = wanted.iter().map(calculation).collect();
    let (service, actor, query) = (&asker.service, &asker.actor, query(&choosing));
    let (version, each) = service.calculate(actor, &id(&sheet_id)?, &query, &calculations).await?;
    let result = |((_, measure), found): (&(String, Measure), &Calculated)| {
        (*measure, words(found, *measure).unwrap_or_else(|| NOTHING.to_string()))
    };
    Ok(Calculations { version, results: wanted.iter().zip(&each).map(result).collect() })
}

/// Each field of some ranges once, with the rows that are chosen of it.
fn by_field(ranges: impl Iterator<Item = CellRange>) -> Vec<Calculation> {
    let mut wanted: Vec<Calculation> = Vec::new();
    for CellRange { from, to, fields } in ranges {
        for field in fields {
            let place = wanted.iter().position(|known| known.field == field).unwrap_or_else(|| {
                wanted.push(Calculation { field, distinct: false, rows: None });
                wanted.len() - 1
            });
            wanted[place].rows.get_or_insert_default().push(from..to);
        }
    }
    wanted
}

/// What several fields come to as one.
fn together(each: Vec<Calculated>) -> Calculated {
    let mut all = Calculated::default();
    for found in each {
        all.cells += found.cells;
        all.empty += found.empty;
        all.invalid += found.invalid;
        all.numbers = match (all.numbers, found.numbers) {
            (Some(mut numbers), Some(more)) => {
                numbers.add(&more);
                Some(numbers)
            }
            (numbers, more) => numbers.or(more),
        };
        all.days = match (all.days, found.days) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (days, more) => days.or(more),
        };
    }
    all
}

/// One result; nothing when the cells have none of that kind.
fn words(found: &Calculated, measure: Measure) -> Option<String> {
    let number = |value: f64, more: usize| found.numbers.map(|numbers| decimal(value, numbers.digits + more));
    let of_days = |pick: fn(&(String, String)) -> &String| found.days.as_ref().map(|days| pick(days).clone());
    match (measure, &found.numbers) {
        (Measure::Filled, _) => Some(grouped(found.cells - found.empty)),
        (Measure::Empty, _) => Some(grouped(found.empty)),
        (Measure::Distinct, _) => found.distinct.map(grouped),
        (Measure::Invalid, _) => Some(grouped(found.invalid)),
        (Measure::Sum, Some(numbers)) => number(numbers.total(), 0),
        (Measure::Average, Some(numbers)) => number(numbers.total() / numbers.count as f64, 2),
        (Measure::Least, Some(numbers)) => number(numbers.least, 0),
        (Measure::Most, Some(numbers)) => number(numbers.most, 0),
        (Measure::Least, None) => of_days(|(first, _)| first),
        (Measure::Most, None) => of_days(|(_, last)| last),
        (Measure::Sum | Measure::Average, None) => None,
    }
}
