//! A query with its values: one text for both databases, made of fixed parts and never of input.

use std::borrow::Cow;
use std::fmt::Write;

use sqlx::{Arguments, Encode, Type};

use crate::domain::access::Scope;
use crate::domain::ids::{Id, SpaceId};
use crate::domain::time::Timestamp;

/// A value of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(bool),
    Bytes(Option<Vec<u8>>),
}

/// A query and the values of its `$1`, `$2`, ….
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

impl Statement {
    /// A query whose placeholders [`Self::bind`] fills in order.
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), values: Vec::new() }
    }

    /// The beginning of a query of these columns.
    pub(crate) fn select(columns: &'static str) -> Self {
        Self::new("SELECT ").push(columns)
    }

    /// The value of the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds a fixed part to the text.
    pub(crate) fn push(mut self, part: &'static str) -> Self {
        self.text.to_mut().push_str(part);
        self
    }

    /// Adds a fixed part that ends before a placeholder, the placeholder and its value.
    pub(crate) fn push_bind(mut self, part: &'static str, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        let place = self.values.len();
        // Writing to a text cannot fail.
        let _ = write!(self.text.to_mut(), "{part}${place}");
        self
    }

    /// Adds a condition that ends before its value; nothing when there is no value to compare with.
    pub(crate) fn filter(self, part: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.push_bind(part, value),
            None => self,
        }
    }

    /// Finds only what lies in the scope. For tables with `account_id`, `environment_id` and `space_id`.
    pub(crate) fn within(self, scope: &Scope) -> Self {
        self.push_bind(" AND account_id = ", &scope.account_id)
            .filter(" AND environment_id = ", scope.environment_id.as_ref())
            .filter(" AND space_id = ", scope.space_id.as_ref())
    }

    /// Finds only what stands in that space, or where none is named, in any space of the scope. It goes by way of the
    /// spaces, which know their environment, because what stands in them is indexed by space.
    pub(crate) fn in_spaces(self, scope: &Scope, space: Option<&SpaceId>) -> Self {
        let Some(space) = space.or(scope.space_id.as_ref()) else {
            return self
                .push(" AND space_id IN (SELECT id FROM spaces WHERE deleted_at IS NULL")
                .within(scope)
                .push(")");
        };
        self.push_bind(" AND space_id = ", space)
    }

    /// A query of these columns, where this is the rest of it from `FROM` on.
    pub(super) fn with_columns(&self, columns: &'static str) -> Self {
        Self { text: Cow::Owned(format!("SELECT {columns} {}", self.text)), values: self.values.clone() }
    }

    /// Whether this says anew what the other one says: it has the same text and ends with the same value, which names
    /// the row.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        self.text == other.text && self.values.last() == other.values.last()
    }

    /// Several statements as one text, for SQLite, which runs them one after another.
    pub(super) fn joined(statements: Vec<Self>) -> Self {
        let mut statements = statements.into_iter();
        let Some(mut joined) = statements.next() else { return Self::new("") };
        for statement in statements {
            let before = joined.values.len();
            let text = joined.text.to_mut();
            text.push_str(";\n");
            push_renumbered(text, &statement.text, before);
            joined.values.extend(statement.values);
        }
        joined
    }

    /// This statement after one that has no values.
    pub(super) fn after(mut self, first: &'static str) -> Self {
        let separator = if self.text.is_empty() { "" } else { ";\n" };
        self.text = Cow::Owned(format!("{first}{separator}{}", self.text));
        self
    }

    /// This statement before one that has no values.
    pub(super) fn before(mut self, last: &'static str) -> Self {
        let separator = if self.text.is_empty() { "" } else { ";\n" };
        self.text = Cow::Owned(format!("{}{separator}{last}", self.text));
        self
    }

    /// The text, and the values as a database takes them.
    pub(super) fn into_parts<A>(self) -> Result<(Cow<'static, str>, A), sqlx::Error>
    where
        A: Arguments,
        Option<String>: for<'t> Encode<'t, A::Database> + Type<A::Database>,
        Option<i64>: for<'t> Encode<'t, A::Database> + Type<A::Database>,
        bool: for<'t> Encode<'t, A::Database> + Type<A::Database>,
        Option<Vec<u8>>: for<'t> Encode<'t, A::Database> + Type<A::Database>,
    {
        let mut arguments = A::default();
        for value in self.values {
            match value {
                Value::Text(value) => arguments.add(value.map(storable)),
                Value::Integer(value) => arguments.add(value),
                Value::Boolean(value) => arguments.add(value),
                Value::Bytes(value) => arguments.add(value),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok((self.text, arguments))
    }
}

/// Adds a text whose `$1` is to be the value after so many others.
fn push_renumbered(out: &mut String, text: &str, before: usize) {
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        // Writing to a text cannot fail.
        let _ = match number.parse::<usize>() {
            Ok(number) => write!(out, "${}{rest}", number + before),
            Err(_) => write!(out, "${part}"),
        };
    }
}

/// PostgreSQL refuses U+0000 in a text, so neither database gets any.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_string()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<&Option<String>> for Value {
    fn from(text: &Option<String>) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_string))
    }
}

impl<T: Id> From<&T> for Value {
    fn from(id: &T) -> Self {
        Self::Text(Some(id.as_str().to_string()))
    }
}

impl<T: Id> From<&Option<T>> for Value {
    fn from(id: &Option<T>) -> Self {
        Self::Text(id.as_ref().map(|id| id.as_str().to_string()))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Integer(Some(moment.0))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(moment: Option<Timestamp>) -> Self {
        Self::Integer(moment.map(|moment| moment.0))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Boolean(flag)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_statements_keep_their_values() {
        let one = Statement::new("DELETE FROM a WHERE b = $1 AND c = $2").bind(1).bind("x");
        let other = Statement::new("UPDATE a SET b = $2 WHERE c = $1").bind("y").bind(2);
        let joined = Statement::joined(vec![one, other]);
        assert_eq!(joined.text, "DELETE FROM a WHERE b = $1 AND c = $2;\nUPDATE a SET b = $4 WHERE c = $3");
        assert_eq!(joined.values, [1.into(), "x".into(), "y".into(), 2.into()]);
        let nothing = || Statement::joined(Vec::new());
        assert_eq!(nothing().after("BEGIN").text, "BEGIN");
        assert_eq!(nothing().before("COMMIT").after("BEGIN").text, "BEGIN;\nCOMMIT");
    }
}
