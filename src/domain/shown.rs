//! Finding what people read: the label of an option, and yes or no, in place of the value that a cell holds.

use std::collections::BTreeSet;

use super::blueprint::{EnumConfig, FieldType};
use super::cell_edit::Find;
use super::value::{OptionIndex, option_names, read_boolean};

/// Both values of a boolean as they are stored, and what people read for them.
const BOOLEANS: [(&str, &str); 2] = [("true", "Yes"), ("false", "No")];

impl Find {
    /// The same in the cells of a field, where people may read something else than the cell holds.
    #[must_use]
    pub fn shown(self, field_type: &FieldType) -> Self {
        let values = match field_type {
            FieldType::Enum(config) | FieldType::EnumList(config) => read_as(config, &self),
            // A part of "no" is in too many words.
            FieldType::Boolean { .. } => booleans(&self.clone().whole()),
            _ => BTreeSet::new(),
        };
        self.or_one_of(values, field_type.is_list())
    }

    /// What of a field is replaced when this is sought: of an option, and of yes or no, only the whole.
    #[must_use]
    pub fn replaced(self, field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Enum(_) | FieldType::Boolean { .. } => self.whole().shown(field_type),
            _ => self,
        }
    }

    fn or_one_of(self, values: BTreeSet<String>, by_item: bool) -> Self {
        match values.is_empty() || self == Self::Empty {
            true => self,
            false => Self::Shown { find: Box::new(self), values, by_item },
        }
    }
}

/// What a cell of the field holds when a person means this: the value of an option, true or false.
pub fn stored(field_type: &FieldType, text: String) -> String {
    let value = match field_type {
        FieldType::Enum(config) => OptionIndex::new(config).value(&text).map(str::to_string),
        FieldType::Boolean { .. } => read_boolean(&text).map(|value| value.to_string()),
        _ => None,
    };
    value.unwrap_or(text)
}

/// The values of the options whose labels are like that.
fn read_as(config: &EnumConfig, find: &Find) -> BTreeSet<String> {
    let names = option_names(config).filter(|(value, label)| value != label && find.fits(Some(label)));
    names.map(|(value, _)| value.into_owned()).collect()
}

fn booleans(find: &Find) -> BTreeSet<String> {
    let meant = BOOLEANS.iter().filter(|(_, label)| find.fits(Some(label)));
    meant.flat_map(|(value, _)| [value.to_string(), value.to_uppercase()]).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::blueprint::Field;
    use crate::domain::cell_edit::Spelling;

    fn field_type(name: &str) -> FieldType {
        let options = json!([
            { "value": "us", "label": "United States" },
            { "value": "gb", "label": "United Kingdom", "alternativeNames": ["UK"] },
            { "value": "de" },
        ]);
        let field = json!({ "key": "f", "type": name, "config": { "options": options } });
        serde_json::from_value::<Field>(field).unwrap().field_type
    }

    fn spelled(text: &str, match_case: bool, whole_cell: bool) -> Find {
        Find::spelled(text, Spelling { match_case, whole_cell })
    }

    #[test]
    fn labels_are_found_and_so_is_what_the_cell_holds() {
        for (name, text, (match_case, whole_cell), fitting, others) in [
            ("enum", "united", (false, false), vec!["us", "gb", "United way"], vec!["de", "US"]),
            ("enum", "united", (true, false), vec![], vec!["us", "gb"]),
            ("enum", "United", (true, false), vec!["us", "gb"], vec!["de"]),
            ("enum", "united states", (false, true), vec!["us", "United States"], vec!["gb"]),
            ("enum", "United", (false, true), vec![], vec!["us"]),
            ("enum", "us", (false, false), vec!["us", "US", "use"], vec!["gb", ""]),
            ("enum-list", "King", (false, false), vec!["de, gb", "[\"gb\"]"], vec!["de, us", ""]),
            ("enum-list", "United States", (false, true), vec!["us", "[\"us\"]"], vec!["us, de"]),
            ("boolean", "YES", (false, false), vec!["true", "TRUE", "yes"], vec!["false", ""]),
            ("boolean", "n", (false, false), vec!["n"], vec!["false", "true"]),
            ("boolean", "tru", (false, false), vec!["true"], vec!["false"]),
            ("string", "Yes", (false, false), vec!["yes"], vec!["true"]),
            ("enum", "", (false, false), vec![""], vec!["us"]),
        ] {
            let find = spelled(text, match_case, whole_cell).shown(&field_type(name));
            for cell in fitting {
                assert!(find.fits(Some(cell)), "{name} {text:?} in {cell:?}");
            }
            for cell in others {
                assert!(!find.fits(Some(cell)), "{name} {text:?} in {cell:?}");
            }
        }
    }

    #[test]
    fn of_an_option_only_the_whole_is_replaced_and_its_value_written() {
        let options = field_type("enum");
        for (text, cell, is_replaced) in [
            ("United", "us", false),
            ("united states", "us", true),
            ("us", "us", true),
            ("u", "us", false),
            ("Germny", "Germny", true),
        ] {
            assert_eq!(
                spelled(text, false, false).replaced(&options).fits(Some(cell)),
                is_replaced,
                "{text}"
            );
        }
        assert!(spelled("nan", false, false).replaced(&FieldType::String).fits(Some("Banane")));
        for (kind, text, value) in [
            (&options, "united kingdom", "gb"),
            (&options, "uk", "gb"),
            (&options, "France", "France"),
            (&field_type("boolean"), "No", "false"),
            (&FieldType::String, "No", "No"),
        ] {
            assert_eq!(stored(kind, text.to_string()), value);
        }
    }
}
