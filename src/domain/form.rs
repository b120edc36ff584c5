//! The input form of an action, checked the same way in the browser before it is sent and in the server.

use serde_json::{Map, Number, Value};

use super::action::{InputConstraint, InputField, InputForm, InputOption, InputType};
use super::value::{read_boolean, read_number};

/// What is wrong with one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// The input's key.
    pub key: String,
    /// What is wrong, in words for the person who fills it in.
    pub message: String,
}

/// Checks what was filled in and gives it its types.
///
/// Texts of HTML inputs are read as numbers, booleans and options; inputs that were not sent get
/// their default; empty ones are left out, and so are keys that the form does not have. All errors
/// are given at once, in the order of the form.
pub fn check(form: &InputForm, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<FormError>> {
    let mut clean = Map::new();
    let mut errors = Vec::new();
    for input in &form.fields {
        let value = given.get(&input.key).or(input.default_value.as_ref()).unwrap_or(&Value::Null);
        match read(input, value) {
            Ok(Some(value)) => {
                clean.insert(input.key.clone(), value);
            }
            Ok(None) => {}
            Err(message) => errors.push(FormError { key: input.key.clone(), message }),
        }
    }
    if errors.is_empty() { Ok(clean) } else { Err(errors) }
}

/// What was filled in, with the labels that people know: for the history of jobs.
pub fn labelled(form: &InputForm, values: &Map<String, Value>) -> Vec<(String, String)> {
    let line = |input: &InputField| {
        let value = values.get(&input.key).filter(|value| !is_empty(value))?;
        Some((input.label.clone(), shown(input, value)))
    };
    form.fields.iter().filter_map(line).collect()
}

fn read(input: &InputField, value: &Value) -> Result<Option<Value>, String> {
    if is_empty(value) {
        let required = input.constraints.contains(&InputConstraint::Required);
        return if required { Err(format!("{} is required", input.label)) } else { Ok(None) };
    }
    let Some(text) = text(value) else {
        return Err(format!("{} takes one value, not a list or an object", input.label));
    };
    let read = match input.input_type {
        InputType::String | InputType::Textarea => Ok(Value::String(text)),
        InputType::Number if value.is_number() => Ok(value.clone()),
        InputType::Number => number(&text).ok_or_else(|| format!("{} is not a number", input.label)),
        InputType::Boolean => read_boolean(&text)
            .map(Value::Bool)
            .ok_or_else(|| format!("{} is answered with yes or no", input.label)),
        InputType::Enum => option(input, value)
            .map(|option| option.value.clone())
            .ok_or_else(|| format!("{} is not one of the choices", input.label)),
    };
    read.map(Some)
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.trim().parse::<i64>() {
        return Some(Value::from(whole));
    }
    read_number(text).and_then(Number::from_f64).map(Value::Number)
}

/// The option of that value, or of the text that an HTML select sends for it.
fn option<'a>(input: &'a InputField, value: &Value) -> Option<&'a InputOption> {
    let options = input.config.as_ref().map(|config| config.options.as_slice()).unwrap_or_default();
    let text = text(value);
    options
        .iter()
        .find(|option| option.value == *value)
        .or_else(|| options.iter().find(|option| text.is_some() && self::text(&option.value) == text))
}

fn shown(input: &InputField, value: &Value) -> String {
    match (input.input_type, value) {
        (InputType::Boolean, Value::Bool(flag)) => if *flag { "Yes" } else { "No" }.to_string(),
        (InputType::Enum, value) => option(input, value)
            .and_then(|option| option.label.clone())
            .or_else(|| text(value))
            .unwrap_or_default(),
        (_, value) => text(value).unwrap_or_else(|| value.to_string()),
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    fn form() -> InputForm {
        let required = json!([{"type": "required"}]);
        from_value(json!({"type": "simple", "fields": [
            {"key": "name", "label": "Name", "type": "string", "constraints": required},
            {"key": "count", "label": "Count", "type": "number", "defaultValue": 3},
            {"key": "urgent", "label": "Urgent", "type": "boolean"},
            {"key": "where", "label": "Where", "type": "enum", "config": {"options": [
                {"value": 1, "label": "Berlin"}, {"value": "p"}]}},
            {"key": "why", "label": "Why", "type": "textarea"}]}))
        .unwrap()
    }

    fn checked(given: Value) -> Result<Value, Vec<(String, String)>> {
        check(&form(), given.as_object().unwrap())
            .map(Value::Object)
            .map_err(|errors| errors.into_iter().map(|error| (error.key, error.message)).collect())
    }

    #[test]
    fn what_is_filled_in_gets_its_types() {
        for (given, clean) in [
            (json!({"name": "a"}), json!({"name": "a", "count": 3})),
            (json!({"name": "a", "count": ""}), json!({"name": "a"})),
            (json!({"name": "a", "count": "1,000.5", "stranger": 1}), json!({"name": "a", "count": 1000.5})),
            (
                json!({"name": 7, "count": "12", "urgent": "on"}),
                json!({"name": "7", "count": 12, "urgent": true}),
            ),
            (
                json!({"name": "a", "count": 1, "urgent": false, "where": "1"}),
                json!({"name": "a", "count": 1, "urgent": false, "where": 1}),
            ),
            (
                json!({"name": "a", "count": null, "where": "p", "why": "x\ny"}),
                json!({"name": "a", "where": "p", "why": "x\ny"}),
            ),
        ] {
            assert_eq!(checked(given.clone()), Ok(clean), "{given}");
        }
    }

    #[test]
    fn all_errors_are_named_at_once() {
        let errors = checked(
            json!({"name": " ", "count": "12a", "urgent": "perhaps", "where": "Paris", "why": ["x"]}),
        );
        let expected = [
            ("name", "Name is required"),
            ("count", "Count is not a number"),
            ("urgent", "Urgent is answered with yes or no"),
            ("where", "Where is not one of the choices"),
            ("why", "Why takes one value, not a list or an object"),
        ];
        assert_eq!(
            errors,
            Err(expected.map(|(key, message)| (key.to_string(), message.to_string())).to_vec())
        );
    }

    #[test]
    fn the_history_has_the_labels() {
        let given = json!({"where": 1, "urgent": true, "count": 5, "stranger": "x", "why": ""});
        let lines = labelled(&form(), given.as_object().unwrap());
        let expected = [("Count", "5"), ("Urgent", "Yes"), ("Where", "Berlin")];
        assert_eq!(lines, expected.map(|(label, text)| (label.to_string(), text.to_string())));
    }
}
