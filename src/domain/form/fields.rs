//! What an input of a blueprint must be like.

use super::blueprint::{InputField, InputType, OptionSource};
use super::constraint;
use serde_json::Value;

/// Refuses an input that could not be shown or answered. `before` are those that stand before it.
pub(super) fn check(field: &InputField, before: &[InputField]) -> Result<(), String> {
    check_source(field)?;
    field.constraints.iter().try_for_each(|rule| constraint::check(rule, field.input_type))?;
    let Some(show_if) = &field.show_if else { return Ok(()) };
    if !before.iter().any(|other| other.key == show_if.key) {
        return Err(format!("showIf: there is no input `{}` before this one to look at", show_if.key));
    }
    show_if.test().map(drop)
}

fn check_source(field: &InputField) -> Result<(), String> {
    let name = field.input_type.name();
    match (field.source(), field.input_type) {
        (Some(_), other) if !other.is_chosen() => Err(format!(
            "config.source: an input of type {name} has no choices; use enum, multi-select or reference"
        )),
        (Some(OptionSource::Listener { listener }), kind) => match listener {
            _ if kind == InputType::Reference => {
                Err("config.source: a reference is to a record of a `sheet`".to_string())
            }
            Value::Bool(true) => Ok(()),
            Value::String(operation) if !operation.trim().is_empty() => Ok(()),
            _ => Err("config.source.listener: `true`, or the operation that the listener hears".to_string()),
        },
        (Some(OptionSource::Sheet { value: None, .. }), InputType::Enum | InputType::MultiSelect) => {
            Err("config.source.value: name the field whose values are the choices".to_string())
        }
        (None, InputType::Reference) => {
            Err("config.source: name the sheet, as {\"sheet\": \"customers\"}".to_string())
        }
        _ => Ok(()),
    }
}
