//! What was filled in, with the labels that people know: for the history of jobs.

use serde_json::{Map, Value};

use super::HIDDEN;
use super::blueprint::{InputField, InputForm, InputType};
use super::check::{self, texts};

/// Each input that was filled in: its label, and the answer in words. Secrets are not told.
pub fn labelled(form: &InputForm, values: &Map<String, Value>) -> Vec<(String, String)> {
    let line = |input: &InputField| {
        let value = values.get(&input.key)?;
        let words = shown(input, value).filter(|words| !words.trim().is_empty())?;
        Some((input.label.clone(), words))
    };
    form.fields.iter().filter_map(line).collect()
}

fn shown(input: &InputField, value: &Value) -> Option<String> {
    match (input.input_type, value) {
        (_, Value::Null) => None,
        (InputType::Secret, _) => Some(HIDDEN.to_string()),
        (InputType::Reference, Value::Object(members)) => {
            let text = |key| members.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text("label").or_else(|| text("recordId")).map(str::to_string)
        }
        (InputType::Boolean, Value::Bool(flag)) => Some(if *flag { "Yes" } else { "No" }.to_string()),
        (_, value) => {
            let Some(texts) = texts(value) else { return Some(value.to_string()) };
            let label = |text: String| {
                let option = check::option(input, &text);
                option.and_then(|option| option.label.clone()).unwrap_or(text)
            };
            Some(texts.into_iter().map(label).collect::<Vec<_>>().join(", "))
        }
    }
}
