//! JSON from outside becomes a domain type, or an error that names the place and the remedy.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{}", .path, if .path.is_empty() { "" } else { ": " }, .message)]
pub struct ParseError {
    /// Where, as `sheets[0].fields[3].type`; empty for the whole document.
    pub path: String,
    /// What is wrong and what to do, without the place.
    pub message: String,
}

impl ParseError {
    /// An error at `path`.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// The same error, seen from the document around it.
    pub fn within(self, outer: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{outer}{joint}{}", self.path), message: self.message }
    }
}

/// Reads a JSON value into `T`; the error names the member that does not fit.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ParseError> {
    serde_path_to_error::deserialize(value).map_err(located)
}

/// Reads JSON text into `T`; the error names the member, or the line of broken JSON.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ParseError> {
    // Some editors put the mark of UTF-8 before a text.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(located)?;
    reader.end().map_err(|error| ParseError::at("", format!("not JSON: {error}")))?;
    Ok(value)
}

fn located(error: serde_path_to_error::Error<serde_json::Error>) -> ParseError {
    let path = error.path().to_string();
    let inner = error.into_inner();
    if inner.is_syntax() || inner.is_eof() {
        return ParseError::at("", format!("not JSON: {inner}"));
    }
    ParseError { path: if path == "." { String::new() } else { path }, message: plainly(inner.to_string()) }
}

/// What the reader of JSON expected, by how its words begin, in the words of JSON.
const EXPECTED: [(&str, &str); 12] = [
    ("struct ", "an object"),
    ("internally tagged enum ", "an object"),
    ("adjacently tagged enum ", "an object"),
    ("a map", "an object"),
    ("enum ", "a word"),
    ("a sequence", "a list"),
    ("tuple ", "a list"),
    ("u", "a whole number"),
    ("i", "a whole number"),
    ("f64", "a number"),
    ("f32", "a number"),
    ("a borrowed string", "a string"),
];

/// An error of the reader without the names of our types.
fn plainly(message: String) -> String {
    let Some((before, expected)) = message.split_once(", expected ") else { return message };
    let (expected, place) =
        expected.split_once(" at line ").map_or((expected, None), |(one, two)| (one, Some(two)));
    let is_type = |name: &str| match name {
        "u" | "i" => {
            expected.strip_prefix(name).is_some_and(|size| size == "size" || size.parse::<u8>().is_ok())
        }
        _ => expected.starts_with(name),
    };
    let words = EXPECTED.iter().find(|(name, _)| is_type(name)).map_or(expected, |(_, words)| words);
    let place = place.map_or_else(String::new, |place| format!(" at line {place}"));
    let found = match before {
        "invalid type: map" => "invalid type: an object",
        "invalid type: sequence" => "invalid type: a list",
        other => other,
    };
    format!("{found}, expected {words}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Outer {
        inner: Vec<u8>,
    }

    #[test]
    fn the_member_that_does_not_fit_is_named() {
        let error = from_slice::<Outer>(br#"{"inner":[1,"two"]}"#).unwrap_err();
        assert_eq!(error.path, "inner[1]");
        assert!(error.message.contains("expected a whole number at line 1"), "{error}");
        let error = from_value::<Outer>(serde_json::json!("x")).unwrap_err();
        assert_eq!(error.message, "invalid type: string \"x\", expected an object");
        let error = from_value::<Outer>(serde_json::json!({ "inner": 1 })).unwrap_err();
        assert_eq!(error.message, "invalid type: integer `1`, expected a list");
        let error = from_value::<Vec<u8>>(serde_json::json!({})).unwrap_err();
        assert_eq!(error.message, "invalid type: an object, expected a list");
    }

    #[test]
    fn a_mark_before_the_text_is_no_part_of_it() {
        assert_eq!(from_slice::<Vec<u8>>(b"\xEF\xBB\xBF[1]"), Ok(vec![1]));
    }

    #[test]
    fn broken_json_is_called_that() {
        assert!(from_slice::<Outer>(b"{").unwrap_err().to_string().starts_with("not JSON"));
        assert!(from_slice::<Outer>(br#"{"inner":[]} x"#).unwrap_err().to_string().starts_with("not JSON"));
    }
}
