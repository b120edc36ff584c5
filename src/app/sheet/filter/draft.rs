//! A filter while somebody works on it: rows that may not be complete yet, each a signal of its own, so that
//! typing into one does not touch the others.

use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::query::{Condition, FilterForm, Join, Operator, Part, Quality, Row, Test};

/// A row of the builder.
#[derive(Clone, Copy)]
pub struct DraftRow {
    /// By which it is found.
    pub id: u32,
    /// Key of the field; any field when absent.
    pub field: RwSignal<Option<String>>,
    /// What is asked.
    pub test: RwSignal<Test>,
    /// With what it compares.
    pub value: RwSignal<String>,
}

/// A row that stands alone, or a group of rows.
#[derive(Clone, Copy)]
pub struct DraftPart {
    /// By which it is found.
    pub id: u32,
    /// Whether it is a group.
    pub is_group: bool,
    /// How the rows of a group are joined.
    pub join: RwSignal<Join>,
    /// The rows; one when it is no group.
    pub rows: RwSignal<Vec<DraftRow>>,
}

/// The whole filter.
#[derive(Clone, Copy)]
pub struct Draft {
    /// How the parts are joined.
    pub join: RwSignal<Join>,
    /// Rows and groups.
    pub parts: RwSignal<Vec<DraftPart>>,
    next: StoredValue<u32>,
}

impl Draft {
    /// An empty one.
    pub fn new() -> Self {
        Self { join: RwSignal::new(Join::And), parts: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    fn number(self) -> u32 {
        self.next.update_value(|next| *next += 1);
        self.next.get_value()
    }

    /// Takes a form over; a field that it names by its label gets its key.
    pub fn fill(self, form: &FilterForm, key_of: impl Fn(&str) -> String) {
        let row = |row: &Row| DraftRow {
            id: self.number(),
            field: RwSignal::new(row.field.as_deref().map(&key_of)),
            test: RwSignal::new(row.test),
            value: RwSignal::new(row.value.clone()),
        };
        let part = |part: &Part| {
            let (is_group, join, rows) = match part {
                Part::One(one) => (false, Join::And, vec![row(one)]),
                Part::Group(join, rows) => (true, *join, rows.iter().map(row).collect()),
            };
            DraftPart { id: self.number(), is_group, join: RwSignal::new(join), rows: RwSignal::new(rows) }
        };
        self.join.set(form.join);
        self.parts.set(form.parts.iter().map(part).collect());
    }

    /// A row that asks nothing yet.
    pub fn new_row(self, field: Option<String>, test: Test) -> DraftRow {
        let value = RwSignal::new(String::new());
        DraftRow { id: self.number(), field: RwSignal::new(field), test: RwSignal::new(test), value }
    }

    /// Adds a row, or a group with one.
    pub fn add(self, row: DraftRow, is_group: bool) {
        let join = match is_group {
            // A group under "and" is there to say "or", and the other way round.
            true if self.join.get_untracked() == Join::And => Join::Or,
            _ => Join::And,
        };
        let part = DraftPart {
            id: self.number(),
            is_group,
            join: RwSignal::new(join),
            rows: RwSignal::new(vec![row]),
        };
        self.parts.update(|parts| parts.push(part));
    }

    /// Whether a row is the last one, where a person goes on.
    pub fn is_last(self, id: u32) -> bool {
        self.parts.with_untracked(|parts| {
            parts.last().is_some_and(|part| {
                part.rows.with_untracked(|rows| rows.last().is_some_and(|row| row.id == id))
            })
        })
    }

    /// Takes a row away, and with its last one the group.
    pub fn remove(self, id: u32) {
        let mut parts = self.parts.get_untracked();
        for part in &parts {
            if part.rows.with_untracked(|rows| rows.iter().any(|row| row.id == id)) {
                part.rows.update(|rows| rows.retain(|row| row.id != id));
            }
        }
        parts.retain(|part| part.rows.with_untracked(|rows| !rows.is_empty()));
        self.parts.set(parts);
    }

    /// The condition that the complete rows make; nothing when there are none.
    pub fn condition(self) -> Option<Condition> {
        let row = |row: &DraftRow| {
            let row = Row { field: row.field.get(), test: row.test.get(), value: row.value.get() };
            (!row.test.takes_value() || !row.value.is_empty()).then_some(row)
        };
        let part = |part: &DraftPart| {
            let rows: Vec<Row> = part.rows.with(|rows| rows.iter().filter_map(row).collect());
            match part.is_group {
                true => Some(Part::Group(part.join.get(), rows)),
                false => rows.into_iter().next().map(Part::One),
            }
        };
        let parts = self.parts.with(|parts| parts.iter().filter_map(part).collect());
        FilterForm { join: self.join.get(), parts }.condition()
    }
}

/// A test as the value of a list's option, and back.
const TESTS: [(Test, &str); 23] = [
    (Test::Empty, "empty"),
    (Test::Filled, "filled"),
    (Test::Is(Quality::Error), "error"),
    (Test::Is(Quality::Valid), "valid"),
    (Test::Is(Quality::Warning), "warning"),
    (Test::Compare(Operator::Eq), "eq"),
    (Test::Compare(Operator::Ne), "ne"),
    (Test::Compare(Operator::Lt), "lt"),
    (Test::Compare(Operator::Gt), "gt"),
    (Test::Compare(Operator::Lte), "lte"),
    (Test::Compare(Operator::Gte), "gte"),
    (Test::Compare(Operator::Like), "like"),
    (Test::Compare(Operator::Ilike), "ilike"),
    (Test::Compare(Operator::Contains), "contains"),
    (Test::Message(Operator::Eq), "message eq"),
    (Test::Message(Operator::Ne), "message ne"),
    (Test::Message(Operator::Lt), "message lt"),
    (Test::Message(Operator::Gt), "message gt"),
    (Test::Message(Operator::Lte), "message lte"),
    (Test::Message(Operator::Gte), "message gte"),
    (Test::Message(Operator::Like), "message like"),
    (Test::Message(Operator::Ilike), "message ilike"),
    (Test::Message(Operator::Contains), "message contains"),
];

/// The word of a test in a list.
pub fn word(test: Test) -> &'static str {
    TESTS.iter().find(|(other, _)| *other == test).map_or("", |(_, word)| word)
}

/// The test of that word.
pub fn test(word: &str) -> Option<Test> {
    TESTS.iter().find(|(_, other)| *other == word).map(|(test, _)| *test)
}
