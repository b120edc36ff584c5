//! What the record store must do, said as plainly as can be: a list of records, everything derived anew
//! each time it is looked at.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{AGE, EMAIL, FIELDS, NAME, people};
use crate::domain::blueprint::{Level, SheetConfig};
use crate::domain::place::InsertAt;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::domain::record::{Cell, FieldNumber, Message, MessageSource, Record, RecordNumber};
use crate::domain::validation::FieldChecker;
use crate::domain::value::read_number;
use crate::sheets::{CellInput, NewRecord, RecordUpdate};

/// One record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    pub number: u64,
    pub cells: BTreeMap<FieldNumber, String>,
    pub custom: BTreeMap<FieldNumber, Vec<Message>>,
    pub metadata: Option<Value>,
    pub config: Option<Value>,
}

/// The records of a sheet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    pub rows: Vec<Row>,
    pub next: u64,
    /// The numbers of all records that ever were, in the order of the sheet.
    pub order: Vec<u64>,
}

/// A message that a listener would leave.
pub fn remark(text: &str, level: Level) -> Message {
    Message { level, source: MessageSource::CustomLogic, derived: false, text: text.to_string(), path: None }
}

impl Model {
    pub fn insert(&mut self, records: &[NewRecord]) {
        self.insert_at(records, InsertAt::End);
    }

    /// Inserts records above or below one that is there, or was.
    pub fn insert_at(&mut self, records: &[NewRecord], mut at: InsertAt) {
        for record in records {
            let (mut row, before) = (Row { number: self.next, ..Row::default() }, at);
            self.next += 1;
            for (field, input) in &record.cells {
                set(&mut row, *field, input);
            }
            row.metadata = record.metadata.clone().and_then(filled);
            row.config = record.config.clone().and_then(filled);
            at = InsertAt::After(RecordNumber(row.number));
            self.put(row, before);
        }
    }

    /// Puts a new row where it belongs.
    pub fn put(&mut self, row: Row, at: InsertAt) {
        let place_of =
            |order: &[u64], number: RecordNumber| order.iter().position(|other| *other == number.0);
        let place = match at {
            InsertAt::End => self.order.len(),
            InsertAt::Before(beside) => place_of(&self.order, beside).unwrap(),
            InsertAt::After(beside) => place_of(&self.order, beside).unwrap() + 1,
        };
        self.order.insert(place, row.number);
        self.rows.push(row);
        let order: BTreeMap<u64, usize> = self.order.iter().copied().zip(0..).collect();
        self.rows.sort_by_key(|row| order[&row.number]);
    }

    pub fn update(&mut self, updates: &[RecordUpdate]) {
        let mut last: BTreeMap<(u64, FieldNumber), &CellInput> = BTreeMap::new();
        for update in updates {
            last.extend(update.cells.iter().map(|(field, input)| ((update.number.0, *field), input)));
        }
        for row in &mut self.rows {
            for ((_, field), input) in
                last.range((row.number, FieldNumber(0))..(row.number + 1, FieldNumber(0)))
            {
                set(row, *field, input);
            }
            for update in updates.iter().filter(|update| update.number.0 == row.number) {
                if let Some(metadata) = &update.metadata {
                    row.metadata = filled(metadata.clone());
                }
                if let Some(config) = &update.config {
                    row.config = filled(config.clone());
                }
            }
        }
    }

    pub fn delete(&mut self, numbers: &[RecordNumber]) {
        self.rows.retain(|row| !numbers.contains(&RecordNumber(row.number)));
    }

    /// The records as they must be read, messages in a fixed order.
    pub fn records(&self) -> Vec<Record> {
        let config: SheetConfig = serde_json::from_value(people()).unwrap();
        let checkers: Vec<FieldChecker> = config.fields.iter().map(FieldChecker::new).collect();
        self.rows.iter().map(|row| self.record(row, &checkers)).collect()
    }

    fn record(&self, row: &Row, checkers: &[FieldChecker]) -> Record {
        let mut cells = Vec::new();
        for (field, checker) in FIELDS.iter().zip(checkers) {
            let text = row.cells.get(field).map(String::as_str);
            let mut messages = row.custom.get(field).cloned().unwrap_or_default();
            checker.check(text, &mut messages);
            let key = |row: &Row| {
                checker.unique_key(row.cells.get(field).map(String::as_str)).map(|key| key.into_owned())
            };
            if checker.is_unique()
                && key(row).is_some()
                && self.rows.iter().filter(|other| key(other) == key(row)).count() > 1
            {
                messages.push(checker.unique_message());
            }
            if *field != EMAIL && self.is_doubled(row) {
                messages.push(who());
            }
            messages.sort();
            cells.push(Cell { text: text.map(str::to_string), messages });
        }
        let (metadata, config) = (row.metadata.clone(), row.config.clone());
        Record { number: RecordNumber(row.number), cells, metadata, config }
    }

    /// Whether another record has the same name and age.
    fn is_doubled(&self, row: &Row) -> bool {
        let who = |row: &Row| (row.cells.get(&NAME).cloned(), row.cells.get(&AGE).cloned());
        let counts = row.cells.get(&AGE).is_some_and(|age| !age.is_empty());
        counts && self.rows.iter().filter(|other| who(other) == who(row)).count() > 1
    }

    /// The numbers of the records that a query means.
    pub fn answer(&self, query: &RecordQuery) -> Vec<RecordNumber> {
        let mut records = self.records();
        if let Some(filter) = query.filter {
            records.retain(|record| match filter {
                Filter::Valid => record.is_valid(),
                Filter::Error => !record.is_valid(),
                Filter::All => true,
                Filter::None => false,
            });
        }
        if let Some(sought) = &query.search_value {
            let sought = sought.to_lowercase();
            records.retain(|record| {
                let texts = record.cells.iter().filter_map(|cell| cell.text.as_ref());
                texts.into_iter().any(|text| text.to_lowercase().contains(&sought))
            });
        }
        if query.sort_field.as_deref() == Some("age") {
            let down = query.sort_direction == Some(SortDirection::Desc);
            records.sort_by(|one, other| {
                let rank = |record: &Record| match record.cells[2].text.clone() {
                    None => (2, 0.0, String::new()),
                    Some(text) => match read_number(&text) {
                        Some(number) => (0, number, String::new()),
                        None => (1, 0.0, text),
                    },
                };
                let (one, other) = (rank(one), rank(other));
                let order = one.partial_cmp(&other).unwrap();
                if down && one.0 < 2 && other.0 < 2 { order.reverse() } else { order }
            });
        }
        records.into_iter().map(|record| record.number).collect()
    }
}

/// Nothing for `{}`.
fn filled(value: Value) -> Option<Value> {
    value.as_object().is_some_and(|members| !members.is_empty()).then_some(value)
}

pub fn set(row: &mut Row, field: FieldNumber, input: &CellInput) {
    let changes = row.cells.get(&field) != input.text.as_ref();
    match (&input.messages, changes) {
        (Some(messages), _) => _ = row.custom.insert(field, messages.clone()),
        (None, true) => _ = row.custom.remove(&field),
        (None, false) => {}
    }
    match &input.text {
        Some(text) => _ = row.cells.insert(field, text.clone()),
        None => _ = row.cells.remove(&field),
    }
}

fn who() -> Message {
    Message {
        level: Level::Error,
        source: MessageSource::UniqueConstraint,
        derived: true,
        text: "Another record has the same name and age (who)".to_string(),
        path: None,
    }
}
