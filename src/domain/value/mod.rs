//! Values of cells: what a text means for its field's type, and the text for what a client sends.
//!
//! A sheet keeps exactly the text that a person or a file gave. The typed reading is derived from it
//! here, each time it is asked for, so that nothing is lost by a reading and a changed type needs no
//! rewriting of records. Text that cannot be read stays what it is: a text, with an error beside it.

mod list;
mod number;
mod option;
#[cfg(feature = "ssr")]
mod plain;
mod write_json;

use serde_json::Value;

use super::blueprint::{FieldType, Scalar};

pub use list::{MOST_ITEMS, SEPARATORS, has_too_many_items, is_empty_list, items};
pub use number::{is_number, looks_like_number, number_sort_key, read_number};
#[cfg(feature = "ssr")]
pub(crate) use option::distance;
pub use option::{OptionIndex, find_option, option_names};
#[cfg(feature = "ssr")]
pub use plain::PlainText;
pub use write_json::ValueWriter;

/// Most bytes a cell may hold.
pub const MOST_CELL_BYTES: usize = 1 << 20;

/// The spellings of yes and no, in any case.
const BOOLEANS: [(&str, bool); 12] = [
    ("true", true),
    ("false", false),
    ("yes", true),
    ("no", false),
    ("y", true),
    ("n", false),
    ("t", true),
    ("f", false),
    ("1", true),
    ("0", false),
    ("on", true),
    ("off", false),
];

/// The text without the white space around it: quick where there is none.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Reads a spelling of yes or no.
pub fn read_boolean(text: &str) -> Option<bool> {
    let text = trimmed(text);
    BOOLEANS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(text)).map(|(_, value)| *value)
}

/// Whether the text is a day of the calendar, written `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text.as_bytes() else { return false };
    let digits = [y0, y1, y2, y3, m0, m1, d0, d1];
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number =
        |digits: &[u8]| digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// Whether a cell counts as empty: nothing, only white space, or a list without items.
pub fn is_empty(field_type: &FieldType, text: Option<&str>) -> bool {
    text.is_none_or(|text| trimmed(text).is_empty() || (field_type.is_list() && is_empty_list(text)))
}

/// Whether a text that does not read as the type stands for nothing: white space is a value of texts alone.
fn is_nothing(field_type: &FieldType, text: &str) -> bool {
    !matches!(field_type, FieldType::String) && trimmed(text).is_empty()
}

/// The value as the API sends it. Text that does not read as the type is sent as it is, and as `null` when it is blank.
pub fn wire_value(field_type: &FieldType, text: Option<&str>) -> Value {
    let Some(text) = text else { return Value::Null };
    let read = match field_type {
        FieldType::Number => number::to_json(text),
        FieldType::Boolean { .. } => read_boolean(text).map(Value::Bool),
        FieldType::Enum(config) => find_option(config, text).map(|option| scalar(&option.value)),
        FieldType::EnumList(config) => Some(Value::Array(
            items(text)
                .map(|item| match find_option(config, &item) {
                    Some(option) => scalar(&option.value),
                    None => Value::String(item.into_owned()),
                })
                .collect(),
        )),
        FieldType::StringList | FieldType::ReferenceList(_) => {
            Some(Value::Array(items(text).map(|item| Value::String(item.into_owned())).collect()))
        }
        FieldType::String | FieldType::Date | FieldType::Reference(_) => None,
    };
    read.unwrap_or_else(|| match is_nothing(field_type, text) {
        true => Value::Null,
        false => Value::String(text.to_string()),
    })
}

/// The text to keep for what a client sent; the error says in words what may be sent.
///
/// NUL characters are removed, because PostgreSQL cannot hold them.
pub fn text_of(field_type: &FieldType, value: &Value) -> Result<Option<String>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.replace('\0', ""),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(list) if field_type.is_list() => {
            if list.iter().any(|item| item.is_array() || item.is_object() || item.is_null()) {
                return Err("the items of a list are texts, numbers or booleans".to_string());
            }
            value.to_string().replace("\\u0000", "")
        }
        Value::Array(_) => {
            let name = field_type.name();
            return Err(format!(
                "a field of type {name} takes one value, not a list: send a text, a number or a boolean"
            ));
        }
        Value::Object(_) => {
            return Err("a cell takes a text, a number, a boolean, a list or null, not an object".to_string());
        }
    };
    if text.len() > MOST_CELL_BYTES {
        return Err(format!("a cell holds at most {MOST_CELL_BYTES} bytes, this value has {}", text.len()));
    }
    Ok(Some(text))
}

/// Whether two texts mean the same value of the type, as `1,000` and `1000` do for a number.
pub fn same(field_type: &FieldType, one: Option<&str>, other: Option<&str>) -> bool {
    one == other
        || match (wire_value(field_type, one), wire_value(field_type, other)) {
            (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
            (one, other) => one == other,
        }
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Boolean(flag) => Value::Bool(*flag),
        Scalar::Number(number) => Value::Number(number.clone()),
        Scalar::Text(text) => Value::String(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::blueprint::Field;
    use crate::domain::parse::from_value;
    use proptest::prelude::*;
    use serde_json::json;

    pub(super) fn field_type(name: &str) -> FieldType {
        let config = match name {
            "enum" | "enum-list" => json!({"options": [
                {"value": "active", "label": "In use", "alternativeNames": ["on"]},
                {"value": 2, "label": "Active"}, {"value": true}]}),
            "reference" | "reference-list" => json!({"ref": "people", "key": "id"}),
            _ => json!({}),
        };
        from_value::<Field>(json!({"key": "a", "type": name, "config": config})).unwrap().field_type
    }

    #[test]
    fn texts_are_read_by_type() {
        for (name, text, value) in [
            ("string", " 7 ", json!(" 7 ")),
            ("string", "", json!("")),
            ("number", "12", json!(12)),
            ("number", " -1,234.5 ", json!(-1234.5)),
            ("number", "1e3", json!(1000.0)),
            ("number", "12a.5", json!("12a.5")),
            ("number", "1e999", json!("1e999")),
            ("number", "", json!(null)),
            ("boolean", " ", json!(null)),
            ("date", "", json!(null)),
            ("enum", "", json!(null)),
            ("reference", "", json!(null)),
            ("string-list", "", json!([])),
            ("boolean", "Yes", json!(true)),
            ("boolean", "OFF", json!(false)),
            ("boolean", "maybe", json!("maybe")),
            ("date", "2001-02-30", json!("2001-02-30")),
            ("enum", "active", json!("active")),
            ("enum", "in USE", json!("active")),
            ("enum", "on", json!("active")),
            ("enum", "Active", json!(2)),
            ("enum", "ACTIVE", json!("active")),
            ("enum", "TRUE", json!(true)),
            ("enum", "actve", json!("actve")),
            ("enum-list", "on; 2|x", json!(["active", 2, "x"])),
            ("string-list", "a, b;;c\nd", json!(["a", "b", "c", "d"])),
            ("string-list", r#"["a, b", 2]"#, json!(["a, b", "2"])),
            ("string-list", "[not json, at all", json!(["[not json", "at all"])),
            ("reference-list", "[]", json!([])),
        ] {
            assert_eq!(wire_value(&field_type(name), Some(text)), value, "{name} {text:?}");
        }
        assert_eq!(wire_value(&field_type("number"), None), Value::Null);
    }

    #[test]
    fn what_a_client_sends_becomes_text() {
        for (name, value, text) in [
            ("string", json!("a\u{0}b"), Ok(Some("ab"))),
            ("string", json!(12), Ok(Some("12"))),
            ("boolean", json!(true), Ok(Some("true"))),
            ("number", json!("12a"), Ok(Some("12a"))),
            ("date", json!(null), Ok(None)),
            ("string-list", json!(["a", 2, true]), Ok(Some(r#"["a",2,true]"#))),
            ("string-list", json!([["a"]]), Err("items of a list")),
            ("string", json!(["a"]), Err("one value, not a list")),
            ("string", json!({"a": 1}), Err("not an object")),
        ] {
            let got = text_of(&field_type(name), &value);
            match text {
                Ok(text) => assert_eq!(got, Ok(text.map(String::from)), "{name} {value}"),
                Err(words) => assert!(got.as_ref().is_err_and(|error| error.contains(words)), "{got:?}"),
            }
        }
        assert!(text_of(&FieldType::String, &json!("x".repeat(MOST_CELL_BYTES + 1))).is_err());
    }

    #[test]
    fn days_are_real_days() {
        for (text, is) in [
            ("2001-02-28", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("2001-02-30", false),
            ("2001-04-31", false),
            ("2001-13-01", false),
            ("2001-00-10", false),
            ("2001-1-1", false),
            (" 2001-01-01", false),
            ("2001-01-01T", false),
            ("２001-01-0", false),
            ("", false),
        ] {
            assert_eq!(is_date(text), is, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_back_means_the_same(text in "\\PC{0,24}", number in any::<f64>(), at in 0usize..9) {
            let field_type = field_type(crate::domain::blueprint::field::FIELD_TYPE_NAMES[at]);
            for text in [text, number.to_string()] {
                let sent = wire_value(&field_type, Some(&text));
                let back = text_of(&field_type, &sent).unwrap();
                prop_assert!(same(&field_type, Some(&text), back.as_deref()), "{text:?} -> {sent} -> {back:?}");
            }
        }

        #[test]
        fn is_number_and_read_number_agree(text in "[-+0-9.,eE ]{0,12}") {
            prop_assert_eq!(is_number(&text), read_number(&text).is_some());
        }
    }
}
