//! Values as plain text, for files: all spellings of a value become one.

use std::borrow::Cow;

use super::{OptionIndex, SEPARATORS, is_number, items, read_boolean, trimmed};
use crate::domain::blueprint::FieldType;

/// Writes the values of one field as plain text: numbers without the commas of thousands, `true` and `false`, the value
/// of an option, the items of a list with commas between. Text that does not read as the type stays as it is.
#[derive(Debug, Clone)]
pub struct PlainText {
    field_type: FieldType,
    options: Option<OptionIndex>,
}

impl PlainText {
    /// For a field of that type.
    pub fn new(field_type: &FieldType) -> Self {
        let options = match field_type {
            FieldType::Enum(config) | FieldType::EnumList(config) => Some(OptionIndex::new(config)),
            _ => None,
        };
        Self { field_type: field_type.clone(), options }
    }

    /// The value that a text means.
    pub fn of<'a>(&'a self, text: &'a str) -> Cow<'a, str> {
        match self.field_type {
            FieldType::Number => number(text),
            FieldType::Boolean { .. } => match read_boolean(text) {
                Some(true) => Cow::Borrowed("true"),
                Some(false) => Cow::Borrowed("false"),
                None => Cow::Borrowed(text),
            },
            FieldType::Enum(_) => Cow::Borrowed(self.option(text)),
            FieldType::EnumList(_) | FieldType::StringList | FieldType::ReferenceList(_) => self.list(text),
            FieldType::String | FieldType::Date | FieldType::Reference(_) => Cow::Borrowed(text),
        }
    }

    fn option<'a>(&'a self, text: &'a str) -> &'a str {
        self.options.as_ref().and_then(|options| options.value(text)).unwrap_or(text)
    }

    /// The items; the text as it is where commas could not part them.
    fn list<'a>(&'a self, text: &'a str) -> Cow<'a, str> {
        if self.options.is_none() && !text.trim_start().starts_with('[') {
            return Cow::Borrowed(text);
        }
        let items: Vec<Cow<'_, str>> = items(text).collect();
        let items: Vec<&str> = items.iter().map(|item| self.option(item)).collect();
        let is_apart = |item: &&str| item.trim() == *item && !item.is_empty() && !item.contains(SEPARATORS);
        match items.iter().all(is_apart) {
            true => Cow::Owned(items.join(", ")),
            false => Cow::Borrowed(text),
        }
    }
}

fn number(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'e' | b'E');
    if text.as_bytes().iter().all(is_plain) || !is_number(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(trimmed(text).trim_start_matches('+').replace(',', ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::same;
    use super::super::tests::field_type;
    use super::*;

    #[test]
    fn all_spellings_of_a_value_are_one() {
        for (name, text, plain) in [
            ("string", " 1,000", " 1,000"),
            ("number", "1,000.50", "1000.50"),
            ("number", " +7 ", "7"),
            ("number", "-0.1234567890123456789", "-0.1234567890123456789"),
            ("number", "1,00", "1,00"),
            ("number", "old", "old"),
            ("boolean", "Yes", "true"),
            ("boolean", "0", "false"),
            ("boolean", "maybe", "maybe"),
            ("enum", "In use", "active"),
            ("enum", "on", "active"),
            ("enum", "else", "else"),
            ("enum-list", r#"["In use",2]"#, "active, 2"),
            ("enum-list", "on;else", "active, else"),
            ("string-list", r#"["a","b"]"#, "a, b"),
            ("string-list", r#"["a, b","c"]"#, r#"["a, b","c"]"#),
            ("string-list", "a;b", "a;b"),
            ("string-list", "[]", ""),
        ] {
            assert_eq!(PlainText::new(&field_type(name)).of(text), plain, "{name} {text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_means_the_same(
            text in r#"\PC{0,12}|[-+0-9.,eE ]{0,9}|[a-z,;| \[\]"]{0,9}|(\["[a ,]*"\])"#, at in 0usize..9,
        ) {
            let field_type = field_type(crate::domain::blueprint::field::FIELD_TYPE_NAMES[at]);
            let plain = PlainText::new(&field_type);
            prop_assert!(same(&field_type, Some(&text), Some(&plain.of(&text))), "{text:?} -> {:?}", plain.of(&text));
        }
    }
}
