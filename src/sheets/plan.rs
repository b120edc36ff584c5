//! A query with the fields and records of one sheet put in for their names.

use std::sync::Arc;

use super::cell_test::CellTest;
use super::chunk::Part;
use super::error::SheetError;
use super::fetch::Wanted;
use super::filter::Test;
use super::rules::Rules;
use super::sort::Order;
use crate::domain::query::{self, Filter, RecordQuery};
use crate::domain::record::{FieldNumber, RecordNumber};

/// What has to be done to answer a query.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) test: Arc<Test>,
    /// The records that are named, in order.
    pub(super) numbers: Vec<RecordNumber>,
    /// Whether only those are meant, or all but them.
    pub(super) only_named: bool,
    /// The records that are left out in any case, in order.
    pub(super) except: Vec<RecordNumber>,
    pub(super) order: Option<Order>,
}

impl Plan {
    /// Reads a query.
    ///
    /// # Errors
    /// [`SheetError::Query`] when a field is unknown, an id is none, or the query language cannot be read.
    pub(super) fn of(query: &RecordQuery, rules: &Rules) -> Result<Self, SheetError> {
        let field = |key: &Option<String>| key.as_deref().map(|key| rules.field(key)).transpose();
        let mut tests = Vec::new();
        let filter_field = field(&query.filter_field)?;
        match query.filter {
            Some(Filter::Valid) => tests.push(Test::Not(Box::new(Test::error(filter_field)))),
            Some(Filter::Error) => tests.push(Test::error(filter_field)),
            Some(Filter::All | Filter::None) | None => {}
        }
        let search_field = field(&query.search_field)?;
        if let Some(test) = query.search_value.as_deref().and_then(CellTest::search) {
            let fields: Vec<FieldNumber> = match search_field {
                Some(field) => vec![field],
                None => rules.fields_of(None)?,
            };
            tests.push(Test::Cells(fields.into_iter().map(|field| (field, test.clone())).collect()));
        }
        if let Some(text) = query.q.as_deref().filter(|text| !text.trim().is_empty()) {
            let condition = query::parse(text).map_err(|error| SheetError::Query(error.to_string()))?;
            tests.push(Test::of(&condition, rules)?);
        }
        Ok(Self {
            test: Arc::new(Test::And(tests)),
            numbers: numbers(&query.ids, rules)?,
            except: numbers(&query.except, rules)?,
            only_named: query.chooses(),
            order: order(query, rules)?,
        })
    }

    /// The same of these records alone, which are in order.
    pub(super) fn among(mut self, numbers: &[RecordNumber]) -> Self {
        let named = std::mem::take(&mut self.numbers);
        let is_named = |number: &&RecordNumber| named.binary_search(number).is_ok();
        self.numbers = match self.only_named {
            true => numbers.iter().filter(is_named).copied().collect(),
            false => numbers.iter().filter(|number| !is_named(number)).copied().collect(),
        };
        self.only_named = true;
        self
    }

    /// What has to be read to see whether a record fits.
    pub(super) fn wanted(&self) -> Wanted {
        let mut parts = Vec::new();
        self.test.parts(&mut parts);
        parts.extend(self.order.as_ref().map(|order| Part::field(order.field)));
        Wanted::Parts(parts)
    }
}

fn numbers(ids: &[String], rules: &Rules) -> Result<Vec<RecordNumber>, SheetError> {
    let mut numbers: Vec<RecordNumber> = Vec::new();
    for id in ids {
        let number = rules.record_key.number(id);
        numbers.extend(number.map_err(|error| SheetError::Query(error.to_string()))?);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn order(query: &RecordQuery, rules: &Rules) -> Result<Option<Order>, SheetError> {
    let Some(key) = &query.sort_field else { return Ok(None) };
    let field = rules.field(key)?;
    Ok(Some(Order::of(field, rules, query.sort_direction.unwrap_or_default())))
}
