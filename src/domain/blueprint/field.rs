//! Fields: the columns of a sheet, their types and options.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Constraint, is_false, null_is_default};
use crate::domain::action::Action;
use crate::domain::parse::{ParseError, from_value};

/// Most constraints a field may have.
pub const MOST_CONSTRAINTS: usize = 50;
/// Most options an enum field may have.
pub const MOST_OPTIONS: usize = 10_000;

/// The name of a field in the API: unique in its sheet, whatever the case of its letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldKey(String);

impl FieldKey {
    /// Takes a key of 1 to 255 characters without control characters.
    pub fn parse(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length == 0 || length > 255 {
            return Err(format!("a field key has 1 to 255 characters, this one {length}"));
        }
        if text.chars().any(char::is_control) {
            return Err("a field key has no control characters; remove them".to_string());
        }
        Ok(Self(text.to_string()))
    }

    /// The key as clients see it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for FieldKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<FieldKey> for String {
    fn from(key: FieldKey) -> String {
        key.0
    }
}

/// A value that an enum option stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Boolean(bool),
    /// Any JSON number.
    Number(serde_json::Number),
    /// Any text.
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(flag) => flag.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

/// One choice of an enum field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnumOption {
    /// What is stored and sent.
    pub value: Scalar,
    /// What people read; the value when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A line of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A colour for the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// An icon's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The customer's own data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Other spellings that mean this option.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub alternative_names: Vec<String>,
    /// Place in the list when sorted by ordinal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<f64>,
}

/// The choices of an enum field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnumConfig {
    /// Whether other values may be typed; they stay invalid all the same.
    #[serde(
        default,
        alias = "allow_custom",
        deserialize_with = "null_is_default",
        skip_serializing_if = "is_false"
    )]
    pub allow_custom: bool,
    /// The choices.
    pub options: Vec<EnumOption>,
    /// `label`, `value` or `ordinal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<String>,
}

/// Where the values of a reference field come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceConfig {
    /// Slug of a sheet in the same workbook.
    #[serde(rename = "ref")]
    pub sheet: String,
    /// Key of the field there.
    pub key: String,
    /// `has-one` or `has-many`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// Narrows the candidates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<ReferenceFilter>,
}

/// Only records of the other sheet whose `ref_field` is what this record's `record_field` is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceFilter {
    /// Key of a field there.
    pub ref_field: String,
    /// Key of a field here.
    pub record_field: String,
}

/// The type of a field with its options.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldType {
    /// Any text.
    String,
    /// Several texts.
    StringList,
    /// A decimal number.
    Number,
    /// Yes or no, or neither when `allow_indeterminate`.
    Boolean {
        /// Whether empty is a value of its own.
        allow_indeterminate: bool,
    },
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One of the options.
    Enum(EnumConfig),
    /// Several of the options.
    EnumList(EnumConfig),
    /// A value of another sheet.
    Reference(ReferenceConfig),
    /// Several values of another sheet.
    ReferenceList(ReferenceConfig),
}

/// The names of the field types on the wire, in the order in which messages list them.
pub const FIELD_TYPE_NAMES: [&str; 9] = [
    "string",
    "number",
    "boolean",
    "date",
    "enum",
    "reference",
    "string-list",
    "enum-list",
    "reference-list",
];

impl FieldType {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::StringList => "string-list",
            Self::Number => "number",
            Self::Boolean { .. } => "boolean",
            Self::Date => "date",
            Self::Enum(_) => "enum",
            Self::EnumList(_) => "enum-list",
            Self::Reference(_) => "reference",
            Self::ReferenceList(_) => "reference-list",
        }
    }

    /// Whether a cell holds several values.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::StringList | Self::EnumList(_) | Self::ReferenceList(_))
    }

    /// Where a reference or a list of references leads.
    pub fn reference(&self) -> Option<&ReferenceConfig> {
        match self {
            Self::Reference(config) | Self::ReferenceList(config) => Some(config),
            _ => None,
        }
    }

    fn parse(name: &str, list: bool, config: &Value) -> Result<Self, ParseError> {
        let read_enum = || -> Result<EnumConfig, ParseError> {
            let config: EnumConfig = from_value(config.clone()).map_err(|error| error.within("config"))?;
            if config.options.len() > MOST_OPTIONS {
                let message = format!(
                    "{} options are more than the {MOST_OPTIONS} a field may have",
                    config.options.len()
                );
                return Err(ParseError::at("config.options", message));
            }
            Ok(config)
        };
        let read_reference =
            || from_value(config.clone()).map_err(|error: ParseError| error.within("config"));
        Ok(match (name, list) {
            ("string", false) => Self::String,
            ("string", true) | ("string-list", _) => Self::StringList,
            ("number" | "boolean" | "date", true) => {
                let message = format!("there are no lists of the type {name}: use `string-list`");
                return Err(ParseError::at("isArray", message));
            }
            ("number", _) => Self::Number,
            ("boolean", _) => {
                Self::Boolean { allow_indeterminate: config["allowIndeterminate"].as_bool().unwrap_or(false) }
            }
            ("date", _) => Self::Date,
            ("enum", false) => Self::Enum(read_enum()?),
            ("enum", true) | ("enum-list", _) => Self::EnumList(read_enum()?),
            ("reference", false) => Self::Reference(read_reference()?),
            ("reference", true) | ("reference-list", _) => Self::ReferenceList(read_reference()?),
            _ => {
                let types = FIELD_TYPE_NAMES.join(", ");
                return Err(ParseError::at(
                    "type",
                    format!("`{name}` is not a field type; use one of {types}"),
                ));
            }
        })
    }
}

/// One column of a sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawField", into = "RawField")]
pub struct Field {
    /// The name in the API.
    pub key: FieldKey,
    /// What people read; the key when the blueprint gives none.
    pub label: String,
    /// Help in markdown.
    pub description: Option<String>,
    /// The type with its options.
    pub field_type: FieldType,
    /// The rules for its values.
    pub constraints: Vec<Constraint>,
    /// People may not change it.
    pub readonly: bool,
    /// Other names by which a file may call it.
    pub alternative_names: Vec<String>,
    /// Items of the column menu.
    pub actions: Vec<Action>,
    /// The whole `config` member, as it was given.
    pub config: Option<Value>,
    /// `{size: xs…xl}`.
    pub appearance: Option<Value>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// Free marks, such as `user-defined`.
    pub treatments: Vec<String>,
}

impl Field {
    /// A column of any text, without rules.
    pub fn text(key: FieldKey, label: String) -> Self {
        Self {
            key,
            label,
            description: None,
            field_type: FieldType::String,
            constraints: Vec::new(),
            readonly: false,
            alternative_names: Vec::new(),
            actions: Vec::new(),
            config: None,
            appearance: None,
            metadata: None,
            treatments: Vec::new(),
        }
    }

    /// Whether an empty cell of this field is an error.
    pub fn is_required(&self) -> bool {
        self.constraints.iter().any(|constraint| match constraint {
            Constraint::Required { config } => config.level.unwrap_or_default() == super::Level::Error,
            _ => false,
        })
    }

    /// The `unique` constraint, when the field has one.
    pub fn unique(&self) -> Option<&super::constraint::UniqueConfig> {
        self.constraints.iter().find_map(|constraint| match constraint {
            Constraint::Unique { config } => Some(config),
            _ => None,
        })
    }
}

/// A field as JSON has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawField {
    key: String,
    #[serde(rename = "type")]
    field_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    constraints: Vec<Constraint>,
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_false")]
    readonly: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    appearance: Option<Value>,
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Action>,
    #[serde(default, alias = "meta", skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    treatments: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    alternative_names: Vec<String>,
    #[serde(default, skip_serializing)]
    multi: Option<bool>,
    #[serde(default, skip_serializing)]
    is_array: Option<bool>,
}

impl TryFrom<RawField> for Field {
    type Error = ParseError;

    fn try_from(raw: RawField) -> Result<Self, ParseError> {
        let key = FieldKey::parse(&raw.key).map_err(|message| ParseError::at("key", message))?;
        if raw.constraints.len() > MOST_CONSTRAINTS {
            let message =
                format!("{} are more than the {MOST_CONSTRAINTS} a field may have", raw.constraints.len());
            return Err(ParseError::at("constraints", message));
        }
        let list = raw.multi.unwrap_or(false) || raw.is_array.unwrap_or(false);
        let mut config = raw.config.filter(|config| !config.is_null());
        config.iter_mut().for_each(name_options);
        let field_type = FieldType::parse(&raw.field_type, list, config.as_ref().unwrap_or(&json!({})))?;
        Ok(Self {
            label: raw.label.filter(|label| !label.is_empty()).unwrap_or_else(|| raw.key.clone()),
            key,
            description: raw.description,
            field_type,
            constraints: raw.constraints,
            readonly: raw.readonly,
            alternative_names: raw.alternative_names,
            actions: raw.actions,
            config,
            appearance: raw.appearance,
            metadata: raw.metadata,
            treatments: raw.treatments,
        })
    }
}

/// An option with a label alone stands for its label.
fn name_options(config: &mut Value) {
    let options = config.get_mut("options").and_then(Value::as_array_mut);
    for option in options.into_iter().flatten().filter_map(Value::as_object_mut) {
        if option.get("value").is_none_or(Value::is_null)
            && let Some(label) = option.get("label").filter(|label| label.is_string()).cloned()
        {
            option.insert("value".to_string(), label);
        }
    }
}

impl From<Field> for RawField {
    fn from(field: Field) -> Self {
        Self {
            key: field.key.into(),
            field_type: field.field_type.name().to_string(),
            label: Some(field.label),
            description: field.description,
            constraints: field.constraints,
            readonly: field.readonly,
            config: field.config,
            appearance: field.appearance,
            actions: field.actions,
            metadata: field.metadata,
            treatments: field.treatments,
            alternative_names: field.alternative_names,
            multi: None,
            is_array: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: Value) -> Result<Field, ParseError> {
        from_value(value)
    }

    #[test]
    fn an_unknown_type_is_refused_with_the_list_of_types() {
        let error = parse(json!({"key": "a", "type": "strng"})).unwrap_err().to_string();
        assert!(error.contains("`strng` is not a field type; use one of string, number"), "{error}");
    }

    #[test]
    fn every_type_is_written_as_it_was_read() {
        for name in FIELD_TYPE_NAMES {
            let config = match name {
                "enum" | "enum-list" => json!({"options": [{"value": "a"}, {"value": 2, "label": "Two"}]}),
                "reference" | "reference-list" => json!({"ref": "people", "key": "id"}),
                _ => json!({}),
            };
            let given = json!({"key": "a", "type": name, "label": "A", "config": config});
            assert_eq!(serde_json::to_value(parse(given.clone()).unwrap()).unwrap(), given);
        }
    }

    #[test]
    fn the_old_spelling_of_lists_is_understood() {
        let field = parse(json!({"key": "a", "type": "string", "isArray": true, "label": null})).unwrap();
        assert_eq!((field.field_type, field.label.as_str()), (FieldType::StringList, "a"));
    }

    #[test]
    fn lists_that_there_are_not_are_refused() {
        for member in ["isArray", "multi"] {
            let error = parse(json!({"key": "a", "type": "number", member: true})).unwrap_err().to_string();
            assert!(error.contains("isArray") && error.contains("`string-list`"), "{error}");
            parse(json!({"key": "a", "type": "number", member: false})).unwrap();
        }
    }

    #[test]
    fn an_option_without_a_value_stands_for_its_label() {
        let options =
            json!([{"label": "Red"}, {"value": null, "label": "Blue"}, {"value": 1, "label": "One"}]);
        let field = parse(json!({"key": "a", "type": "enum", "config": {"options": options}})).unwrap();
        let sent = serde_json::to_value(&field).unwrap();
        let values: Vec<_> =
            sent["config"]["options"].as_array().unwrap().iter().map(|option| &option["value"]).collect();
        assert_eq!(json!(values), json!(["Red", "Blue", 1]));
        let nameless = json!({"key": "a", "type": "enum", "config": {"options": [{"icon": "x"}]}});
        assert!(parse(nameless).unwrap_err().to_string().contains("`value`"));
    }

    #[test]
    fn an_enum_without_options_names_the_missing_member() {
        let error = parse(json!({"key": "a", "type": "enum"})).unwrap_err().to_string();
        assert!(error.contains("config") && error.contains("missing field `options`"), "{error}");
    }
}
