//! Lists in one cell: a JSON array, or items between commas, semicolons, bars or line breaks.

use std::borrow::Cow;

use serde_json::Value;

/// What parts the items of a list that is no JSON.
pub const SEPARATORS: [char; 4] = [',', ';', '|', '\n'];

/// The items of the list, trimmed, without empty ones.
pub fn items(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let array = array(text);
    let split = if array.is_some() { "" } else { text };
    array
        .unwrap_or_default()
        .into_iter()
        .map(Cow::Owned)
        .chain(split.split(SEPARATORS).map(str::trim).filter(|item| !item.is_empty()).map(Cow::Borrowed))
}

/// Most items a list may have.
pub const MOST_ITEMS: usize = 100;

/// Whether the text has more items than a list may have.
pub fn has_too_many_items(text: &str) -> bool {
    // An item and what parts it from the next take two bytes at least.
    text.len() > 2 * MOST_ITEMS && items(text).nth(MOST_ITEMS).is_some()
}

/// Whether the text is a list without items.
pub fn is_empty_list(text: &str) -> bool {
    items(text).next().is_none()
}

/// A JSON array of scalars.
fn array(text: &str) -> Option<Vec<String>> {
    if !text.trim_start().starts_with('[') {
        return None;
    }
    let values: Vec<Value> = serde_json::from_str(text).ok()?;
    values
        .into_iter()
        .map(|value| match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}
