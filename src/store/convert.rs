//! What stands in a column, to the domain's types and back. What cannot be read is
//! [`StoreError::Damaged`] with the name of the column.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::StoreError;
use crate::domain::ids::Id;
use crate::domain::time::Timestamp;

/// A structured value as the text of a column.
pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value)?)
}

/// A structured value that may be absent.
pub(super) fn optional_json(value: &Option<impl Serialize>) -> Result<Option<String>, StoreError> {
    value.as_ref().map(json).transpose()
}

/// Reads a structured value.
pub(super) fn from_json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| damaged(column, error))
}

/// Reads a structured value that may be absent.
pub(super) fn from_optional_json<T: DeserializeOwned>(
    column: &str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| from_json(column, &text)).transpose()
}

/// The word that stands for a value of a small set, as the wire has it.
pub(super) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value)? {
        Value::String(word) => Ok(word),
        other => Err(StoreError::Damaged(format!("{other} is not a word"))),
    }
}

/// Reads such a word.
pub(super) fn from_word<T: DeserializeOwned>(column: &str, text: String) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(text)).map_err(|error| damaged(column, error))
}

/// Reads an id.
pub(super) fn id<T: Id>(column: &str, text: &str) -> Result<T, StoreError> {
    T::parse(text).map_err(|error| damaged(column, error))
}

/// Reads an id that may be absent.
pub(super) fn optional_id<T: Id>(column: &str, text: Option<String>) -> Result<Option<T>, StoreError> {
    text.map(|text| id(column, &text)).transpose()
}

/// A moment that may be absent.
pub(super) fn moment(milliseconds: Option<i64>) -> Option<Timestamp> {
    milliseconds.map(Timestamp)
}

/// A number that is never negative.
pub(super) fn count(column: &str, number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|error| damaged(column, error))
}

/// A number of a list or page as a column has it; larger ones do not occur.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Says which column cannot be read.
pub(super) fn damaged(column: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("{column}: {error}"))
}

/// A pattern of LIKE, with the backslash as its escape, for any text that contains this one.
pub(super) fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
