//! The order of the options of an enum: by what people read for them, unless its `sortBy` says otherwise (section 2.5.1
//! of the contract).

use crate::domain::blueprint::{EnumConfig, FieldType};
use crate::domain::value::{OptionIndex, option_names};

/// Finds the option that a text means, and its place among the others.
#[derive(Debug)]
pub(super) struct OptionOrder {
    index: OptionIndex,
    /// For each option how many come before it.
    ranks: Vec<u64>,
}

impl OptionOrder {
    /// The order of a field's options; nothing for a field of another type.
    pub(super) fn of(field_type: &FieldType) -> Option<Self> {
        match field_type {
            FieldType::Enum(config) => Some(Self::new(config)),
            _ => None,
        }
    }

    fn new(config: &EnumConfig) -> Self {
        let names: Vec<(String, String)> = option_names(config)
            .map(|(value, label)| match config.sort_by.as_deref() {
                Some("value") => (value.to_lowercase(), value.into_owned()),
                _ => (label.to_lowercase(), label.into_owned()),
            })
            .collect();
        let ordinal = |option: usize| match config.sort_by.as_deref() {
            Some("ordinal") => {
                config.options.get(option).and_then(|option| option.ordinal).unwrap_or(f64::MAX)
            }
            _ => 0.0,
        };
        let mut options: Vec<usize> = (0..names.len()).collect();
        options.sort_by(|one, other| {
            ordinal(*one).total_cmp(&ordinal(*other)).then_with(|| names[*one].cmp(&names[*other]))
        });
        let mut ranks = vec![0; options.len()];
        for (before, option) in (0..).zip(options) {
            ranks[option] = before;
        }
        Self { index: OptionIndex::new(config), ranks }
    }

    /// The place of the option that a text means.
    pub(super) fn read(&self, text: &str) -> Option<u64> {
        self.ranks.get(self.index.find(text)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::blueprint::Field;

    #[test]
    fn options_come_in_the_order_of_their_labels() {
        let options = json!([{"value": "z", "label": "Austria", "ordinal": 2}, {"value": "b", "label": "Chile", "ordinal": 1},
            {"value": "c", "label": "austria"}, {"value": "Belgium", "alternativeNames": ["BE"]}]);
        for (sort_by, ranks) in [
            (json!(null), [Some(0), Some(1), Some(2), Some(2), Some(3), None]),
            (json!("value"), [Some(3), Some(2), Some(1), Some(1), Some(0), None]),
            (json!("ordinal"), [Some(1), Some(2), Some(3), Some(3), Some(0), None]),
        ] {
            let config = json!({"options": options, "sortBy": sort_by});
            let field: Field =
                serde_json::from_value(json!({"key": "f", "type": "enum", "config": config})).unwrap();
            let order = OptionOrder::of(&field.field_type).unwrap();
            let read = ["z", "austria", "be", "Belgium", "CHILE", "x"].map(|text| order.read(text));
            assert_eq!(read, ranks, "{sort_by}");
        }
    }
}
