//! Rows as one value: a JSON list of lists, which the database takes apart. So a statement has the same text however
//! many rows there are, and the drivers, whose time to bind grows faster than the number of values, bind one.

use serde::Serialize;

use super::statement::{Statement, Value};
use super::{StoreError, Tx};
use crate::domain::ids::Id;

/// What a column of rows has; absent values are of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
}

/// Rows on their way into a statement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// The list without its end.
    list: String,
}

impl Rows {
    /// Ids, each a row.
    pub(crate) fn of_ids<'a, T: Id + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Result<Self, StoreError> {
        let mut rows = Self::default();
        ids.into_iter().try_for_each(|id| rows.add(&[id.as_str()]))?;
        Ok(rows)
    }

    /// Adds a row: a tuple with one text, whole number or nothing for each column.
    pub(crate) fn add(&mut self, row: &impl Serialize) -> Result<(), StoreError> {
        self.list.push(if self.list.is_empty() { '[' } else { ',' });
        self.list.push_str(&storable(serde_json::to_string(row)?));
        Ok(())
    }
}

impl From<Rows> for Value {
    fn from(Rows { mut list }: Rows) -> Self {
        list.push_str(if list.is_empty() { "[]" } else { "]" });
        Self::Text(Some(list))
    }
}

impl Statement {
    /// Adds a sub-query that gives the rows, their columns under these names.
    pub(crate) fn push_rows(self, tx: &Tx, columns: &[(&'static str, Kind)], rows: Rows) -> Self {
        let (opening, from, closing) = match tx.is_postgres() {
            true => ("(SELECT ", " FROM jsonb_array_elements(", "::jsonb))"),
            false => ("(SELECT ", " FROM json_each(", "))"),
        };
        let mut statement = self.push(opening);
        for (place, (name, kind)) in columns.iter().enumerate() {
            let value = PLACES.get(place).copied().unwrap_or_default();
            let separator = if place == 0 { "" } else { ", " };
            // SQLite gives numbers as numbers.
            let (before, after) = match (kind, tx.is_postgres()) {
                (Kind::Integer, true) => ("(", ")::bigint AS "),
                _ => ("", " AS "),
            };
            statement = statement.push(separator).push(before).push(value).push(after).push(name);
        }
        statement.push_bind(from, rows).push(closing)
    }

    /// Adds a condition that a column, which the text ends with, has one of these ids.
    pub(crate) fn push_among(self, tx: &Tx, ids: Rows) -> Self {
        match tx.is_postgres() {
            // A list is looked up in the index; a sub-query might be joined by reading the table.
            true => self
                .push_bind(" = ANY(ARRAY(SELECT value->>0 FROM jsonb_array_elements(", ids)
                .push("::jsonb)))"),
            false => self.push_bind(" IN (SELECT value->>0 FROM json_each(", ids).push("))"),
        }
    }
}

/// The values of a row.
const PLACES: [&str; 16] = [
    "value->>0",
    "value->>1",
    "value->>2",
    "value->>3",
    "value->>4",
    "value->>5",
    "value->>6",
    "value->>7",
    "value->>8",
    "value->>9",
    "value->>10",
    "value->>11",
    "value->>12",
    "value->>13",
    "value->>14",
    "value->>15",
];

/// PostgreSQL refuses U+0000 in a text, so neither database gets any; JSON writes it in six characters.
fn storable(json: String) -> String {
    const NUL: &str = "u0000";
    if !json.contains(NUL) {
        return json;
    }
    let mut kept = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(place) = rest.find('\\') {
        let (before, escape) = rest.split_at(place);
        kept.push_str(before);
        rest = match escape[1..].strip_prefix(NUL) {
            Some(rest) => rest,
            // What is escaped is one byte, or does not begin with a backslash.
            None => {
                kept.push_str(&escape[..2]);
                &escape[2..]
            }
        };
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::database::databases;

    const COLUMNS: &[(&str, Kind)] = &[("word", Kind::Text), ("number", Kind::Integer)];

    #[tokio::test]
    async fn rows_come_out_as_they_went_in() {
        let texts = ["", "a\"b\\", "\\u0000", "\\\\u0000", "ä€😀\n\u{1}", "null", "1"];
        for database in databases().await {
            let mut tx = database.read().await.unwrap();
            let mut rows = Rows::default();
            for (text, number) in texts.iter().zip([0, -1, i64::MAX, i64::MIN, 7, 8, 9]) {
                rows.add(&(text, number)).unwrap();
            }
            rows.add(&(None::<&str>, None::<i64>)).unwrap();
            rows.add(&("a\0b", 1)).unwrap();
            let statement = Statement::new("SELECT word, number FROM ").push_rows(&tx, COLUMNS, rows);
            let read: Vec<(Option<String>, Option<i64>)> = tx.all(statement.push(" AS given")).await.unwrap();
            let (given, special) = read.split_at(texts.len());
            assert!(given.iter().map(|(text, _)| text.as_deref().unwrap()).eq(texts), "{given:?}");
            assert_eq!(given[2].1.zip(given[3].1), Some((i64::MAX, i64::MIN)));
            assert_eq!(special, [(None, None), (Some("ab".to_string()), Some(1))]);

            let none = Statement::new("SELECT word, number FROM ").push_rows(&tx, COLUMNS, Rows::default());
            assert!(tx.all::<(Option<String>, i64)>(none.push(" AS given")).await.unwrap().is_empty());
        }
    }
}
