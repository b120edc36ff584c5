//! What the built-in actions ask.

use serde_json::{Value, json};

use super::Around;
use crate::domain::blueprint::{Constraint, EnumConfig, Field, FieldType};
use crate::domain::form::{InputConfig, InputConstraint, InputField, InputOption, InputType, ShowIf};
use crate::domain::ids::Id;

/// The answer to `with` that fills from the cell above.
pub const ABOVE: &str = "above";
/// The answer to `keep` that keeps the last one.
pub const LAST: &str = "last";

const REQUIRED: InputConstraint = InputConstraint::Required { message: None };

/// Nothing.
pub(super) fn nothing(_: &Around<'_>) -> Vec<InputField> {
    Vec::new()
}

/// By which columns records are the same, and which of them stays.
pub(super) fn duplicates(around: &Around<'_>) -> Vec<InputField> {
    let columns = around.sheet.config.fields.iter();
    let columns = columns.map(|field| option(field.key.as_str(), &field.label)).collect();
    let chosen = around.sheet.config.fields.iter().filter(|field| is_unique(field));
    let chosen: Vec<Value> = chosen.map(|field| json!(field.key.as_str())).collect();
    vec![
        InputField {
            description: Some("Records are the same when they are alike in all of these.".to_string()),
            default_value: (!chosen.is_empty()).then_some(Value::Array(chosen)),
            constraints: vec![REQUIRED],
            ..choice("fields", "Compare by", InputType::MultiSelect, columns)
        },
        InputField {
            default_value: Some(json!("first")),
            constraints: vec![REQUIRED],
            ..choice(
                "keep",
                "Keep",
                InputType::Enum,
                vec![option("first", "The first of them"), option(LAST, "The last of them")],
            )
        },
        InputField {
            default_value: Some(json!(false)),
            ..input(
                "loosely",
                "Small and capital letters, and spaces around, are the same",
                InputType::Boolean,
            )
        },
    ]
}

/// Where records go, and which of them.
pub(super) fn destination(around: &Around<'_>) -> Vec<InputField> {
    let sheets: Vec<InputOption> =
        around.others.iter().map(|sheet| option(sheet.id.as_str(), &sheet.name)).collect();
    let only = (sheets.len() == 1).then(|| sheets[0].value.clone());
    vec![
        InputField {
            default_value: only,
            constraints: vec![REQUIRED],
            ..choice("destination", "To", InputType::Enum, sheets)
        },
        InputField {
            default_value: Some(json!(false)),
            ..input("onlyValid", "Only those without errors", InputType::Boolean)
        },
    ]
}

/// What empty cells get.
pub(super) fn filling(around: &Around<'_>) -> Vec<InputField> {
    let ways = vec![option("value", "A value"), option(ABOVE, "What stands above them")];
    let (kind, options) = match around.column.map(|field| &field.field_type) {
        Some(FieldType::Enum(config)) => (InputType::Enum, options_of(config)),
        Some(FieldType::Boolean { .. }) => {
            (InputType::Enum, vec![option("true", "Yes"), option("false", "No")])
        }
        Some(FieldType::Number) => (InputType::Number, Vec::new()),
        Some(FieldType::Date) => (InputType::Date, Vec::new()),
        _ => (InputType::String, Vec::new()),
    };
    vec![
        InputField {
            default_value: Some(json!("value")),
            constraints: vec![REQUIRED],
            ..choice("with", "With", InputType::Enum, ways)
        },
        InputField {
            constraints: vec![REQUIRED],
            show_if: Some(ShowIf::equals("with", json!("value"))),
            ..choice("value", "Value", kind, options)
        },
    ]
}

/// How a new column is called and what it holds.
pub(super) fn new_column(_: &Around<'_>) -> Vec<InputField> {
    let types = [
        ("string", "Text"),
        ("number", "Number"),
        ("boolean", "Yes or no"),
        ("date", "Day"),
        ("enum", "One of some options"),
    ];
    let types = types.map(|(value, label)| option(value, label)).to_vec();
    vec![
        InputField { constraints: vec![REQUIRED, most_name()], ..input("label", "Name", InputType::String) },
        InputField {
            default_value: Some(json!("string")),
            constraints: vec![REQUIRED],
            ..choice("type", "What it holds", InputType::Enum, types)
        },
        InputField {
            description: Some("One in each line.".to_string()),
            constraints: vec![REQUIRED],
            show_if: Some(ShowIf::equals("type", json!("enum"))),
            ..input("options", "Options", InputType::Textarea)
        },
    ]
}

/// How a column is called from now on.
pub(super) fn new_name(around: &Around<'_>) -> Vec<InputField> {
    vec![InputField {
        default_value: around.column.map(|field| json!(field.label)),
        constraints: vec![REQUIRED, most_name()],
        ..input("label", "Name", InputType::String)
    }]
}

/// A name has a line's length at most.
fn most_name() -> InputConstraint {
    InputConstraint::Max { value: json!(200), message: None }
}

fn is_unique(field: &Field) -> bool {
    field.constraints.iter().any(|constraint| matches!(constraint, Constraint::Unique { .. }))
}

fn options_of(config: &EnumConfig) -> Vec<InputOption> {
    let options = config.options.iter().map(|one| {
        let value = one.value.to_string();
        option(&value, one.label.as_deref().unwrap_or(&value))
    });
    options.collect()
}

fn option(value: &str, label: &str) -> InputOption {
    InputOption {
        value: json!(value),
        label: Some(label.to_string()),
        description: None,
        color: None,
        icon: None,
        meta: None,
    }
}

fn input(key: &str, label: &str, input_type: InputType) -> InputField {
    InputField {
        key: key.to_string(),
        label: label.to_string(),
        description: None,
        input_type,
        default_value: None,
        config: None,
        constraints: Vec::new(),
        show_if: None,
    }
}

fn choice(key: &str, label: &str, input_type: InputType, options: Vec<InputOption>) -> InputField {
    InputField { config: Some(InputConfig { options, source: None }), ..input(key, label, input_type) }
}
