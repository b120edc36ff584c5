//! Values as the API sends them, written straight into bytes.

use serde_json::Value;

use super::{OptionIndex, is_nothing, number, read_boolean, scalar, wire_value};
use crate::domain::blueprint::FieldType;
use crate::domain::json::put_text;

/// Writes the values of one field as [`wire_value`] reads them.
#[derive(Debug, Clone)]
pub struct ValueWriter {
    field_type: FieldType,
    /// For the types with options: how to find one, and each as JSON.
    options: Option<(OptionIndex, Vec<Vec<u8>>)>,
}

impl ValueWriter {
    /// For a field of that type.
    pub fn new(field_type: &FieldType) -> Self {
        let options = match field_type {
            FieldType::Enum(config) => {
                let json = config.options.iter().map(|option| scalar(&option.value).to_string().into_bytes());
                Some((OptionIndex::new(config), json.collect()))
            }
            _ => None,
        };
        Self { field_type: field_type.clone(), options }
    }

    /// Appends the value that a text means; text that does not read as the type is written as it is, and as `null` when it is blank.
    pub fn put(&self, out: &mut Vec<u8>, text: Option<&str>) {
        let Some(text) = text else { return out.extend_from_slice(b"null") };
        let written = match &self.field_type {
            FieldType::Number => put_number(out, text),
            FieldType::Boolean { .. } => put_boolean(out, text),
            FieldType::Enum(_) => self.put_option(out, text),
            FieldType::EnumList(_) | FieldType::StringList | FieldType::ReferenceList(_) => {
                put_value(out, &wire_value(&self.field_type, Some(text)))
            }
            FieldType::String | FieldType::Date | FieldType::Reference(_) => None,
        };
        match written {
            Some(()) => {}
            None if is_nothing(&self.field_type, text) => out.extend_from_slice(b"null"),
            None => put_text(out, text),
        }
    }

    fn put_option(&self, out: &mut Vec<u8>, text: &str) -> Option<()> {
        let (index, json) = self.options.as_ref()?;
        out.extend_from_slice(json.get(index.find(text)?)?);
        Some(())
    }
}

/// Short whole numbers are their own JSON; others are read first.
fn put_number(out: &mut Vec<u8>, text: &str) -> Option<()> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let whole =
        matches!(digits, [b'1'..=b'9', rest @ ..] if rest.len() < 18 && rest.iter().all(u8::is_ascii_digit));
    if whole || text == "0" {
        out.extend_from_slice(text.as_bytes());
        return Some(());
    }
    put_value(out, &number::to_json(text)?)
}

fn put_boolean(out: &mut Vec<u8>, text: &str) -> Option<()> {
    out.extend_from_slice(if read_boolean(text)? { b"true" } else { b"false" });
    Some(())
}

/// Appends any JSON value. Writing into memory does not fail.
fn put_value(out: &mut Vec<u8>, value: &Value) -> Option<()> {
    serde_json::to_writer(out, value).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::field_type;
    use super::*;
    use proptest::prelude::*;

    const TYPES: [&str; 9] = [
        "string",
        "number",
        "boolean",
        "date",
        "enum",
        "enum-list",
        "string-list",
        "reference",
        "reference-list",
    ];

    #[test]
    fn a_missing_value_is_null() {
        let mut out = Vec::new();
        ValueWriter::new(&field_type("number")).put(&mut out, None);
        assert_eq!(out, b"null");
    }

    proptest! {
        #[test]
        fn values_are_written_as_they_are_read(
            name in proptest::sample::select(&TYPES[..]),
            text in prop_oneof![
                "[-+]?[0-9]{0,22}", "[-+]?[0-9]{1,3}(,[0-9]{3})?[.]?[0-9]{0,9}(e[0-9]{1,2})?",
                "(true|No|OFF|on|In use|ACTIVE|active|2|x)([;,] ?(on|y|\"))?", "\\[.{0,5}\\]?", "\\PC{0,9}"],
        ) {
            let field_type = field_type(name);
            let mut out = Vec::new();
            ValueWriter::new(&field_type).put(&mut out, Some(&text));
            let expected = serde_json::to_string(&wire_value(&field_type, Some(&text))).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
