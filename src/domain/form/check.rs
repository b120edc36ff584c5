//! Answers are read: what is wrong with them, and what arrives in the job's input.

use serde_json::{Map, Number, Value, json};

use super::blueprint::{InputField, InputForm, InputOption, InputType};
use super::ready::{Form, Input, Offer};
use super::{Answer, is_empty};
use crate::domain::validation::{is_email, is_url};
use crate::domain::value::{is_date, read_boolean, read_number};

/// What is wrong with one input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormError {
    /// The input's key.
    pub key: String,
    /// What is wrong, in words for the person who fills it in.
    pub message: String,
}

/// The default of a date that is the day on which it is filled in.
const TODAY: &str = "today";

/// Checks what was filled in and gives it its types.
///
/// Texts of HTML inputs are read as numbers, booleans and options; inputs that were not sent get their default, where
/// `today` is the day of a date; empty ones and those that are not there are left out, and so are keys that the form
/// does not have. All errors are given at once, in the order of the form. Of files, references and secrets the texts
/// stay what they are: whoever knows the space looks at them.
pub fn check(
    form: &InputForm,
    given: &Map<String, Value>,
    today: &str,
) -> Result<Map<String, Value>, Vec<FormError>> {
    let (answers, mut errors) = answers_of(form, given, today);
    let ready = Form::from(form);
    let misshapen: Vec<String> = errors.iter().map(|error| error.key.clone()).collect();
    errors.extend(ready.problems(&answers).into_iter().filter(|error| !misshapen.contains(&error.key)));
    if !errors.is_empty() {
        let place = |key: &str| form.fields.iter().position(|field| field.key == key);
        errors.sort_by_key(|error| place(&error.key));
        return Err(errors);
    }
    let shown = ready.shown(&answers);
    let filled = form
        .fields
        .iter()
        .zip(&answers)
        .zip(shown)
        .filter(|((_, answer), shown)| *shown && !is_empty(answer));
    Ok(filled.map(|((field, answer), _)| (field.key.clone(), typed(field, answer))).collect())
}

/// What was filled in so far and can be read, without secrets: for whoever offers choices.
pub fn partial(form: &InputForm, given: &Map<String, Value>, today: &str) -> Map<String, Value> {
    let (answers, _) = answers_of(form, given, today);
    let ready = Form::from(form);
    let shown = ready.shown(&answers);
    let mut values = Map::new();
    for (at, (field, answer)) in form.fields.iter().zip(&answers).enumerate() {
        let is_told = field.input_type != InputType::Secret && shown[at] && !is_empty(answer);
        if is_told && misread(&ready.inputs[at], answer).is_none() {
            values.insert(field.key.clone(), typed(field, answer));
        }
    }
    values
}

/// The answers in what was given, with the defaults of what was not; and what cannot be an answer.
fn answers_of(form: &InputForm, given: &Map<String, Value>, today: &str) -> (Vec<Answer>, Vec<FormError>) {
    let mut errors = Vec::new();
    let mut answer = |field: &InputField| {
        let value = given.get(&field.key).or(field.default_value.as_ref()).unwrap_or(&Value::Null);
        let is_one = field.input_type != InputType::MultiSelect;
        let answer = match value {
            Value::Object(members) if field.input_type == InputType::Reference => {
                members.get("recordId").and_then(texts)
            }
            Value::Array(list) if is_one && list.len() > 1 => None,
            value => texts(value),
        };
        let Some(mut answer) = answer else {
            let takes =
                if is_one { "takes one value, not a list or an object" } else { "takes a list of values" };
            errors.push(FormError { key: field.key.clone(), message: format!("{} {takes}", field.label) });
            return Vec::new();
        };
        answer.retain(|text| !text.trim().is_empty());
        if field.input_type == InputType::Date && answer.first().is_some_and(|text| text == TODAY) {
            answer = vec![today.to_string()];
        }
        answer
    };
    let answers = form.fields.iter().map(&mut answer).collect();
    (answers, errors)
}

/// Why an answer is not one of its type, in words that follow the label.
pub(super) fn misread(input: &Input, answer: &[String]) -> Option<&'static str> {
    let text = answer.first().map(|text| text.trim()).unwrap_or_default();
    let is_offered = |text: &String| match &input.offer {
        Offer::These(choices) => choices.iter().any(|choice| choice.value == *text),
        Offer::Found => true,
    };
    let (reads, words) = match input.kind {
        InputType::String | InputType::Textarea | InputType::Secret => return None,
        // A file and a record are looked for where the space is known.
        InputType::File | InputType::Reference => return None,
        InputType::Number => (read_number(text).is_some(), "is not a number"),
        InputType::Boolean => (read_boolean(text).is_some(), "is answered with yes or no"),
        InputType::Date => (is_date(text), "is not a day, as 2026-01-31"),
        InputType::Email => (is_email(text), "is not an e-mail address"),
        InputType::Url => (is_url(text), "is not a web address: begin it with https://"),
        InputType::Enum => (answer.iter().all(is_offered), "is not one of the choices"),
        InputType::MultiSelect => (answer.iter().all(is_offered), "has what is not one of the choices"),
    };
    (!reads).then_some(words)
}

/// An answer as it arrives in the job's input.
fn typed(field: &InputField, answer: &[String]) -> Value {
    let text = answer.first().map(String::as_str).unwrap_or_default();
    let value =
        |text: &String| option(field, text).map_or_else(|| json!(text), |option| option.value.clone());
    match field.input_type {
        InputType::String | InputType::Textarea | InputType::Secret => json!(text),
        InputType::Number => number(text),
        InputType::Boolean => read_boolean(text).map_or(Value::Null, Value::Bool),
        InputType::Enum => value(&text.to_string()),
        InputType::MultiSelect => Value::Array(answer.iter().map(value).collect()),
        InputType::Date | InputType::Email | InputType::Url | InputType::File | InputType::Reference => {
            json!(text.trim())
        }
    }
}

fn number(text: &str) -> Value {
    if let Ok(whole) = text.trim().parse::<i64>() {
        return Value::from(whole);
    }
    read_number(text).and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// The option of the blueprint that the text of an answer means.
pub(super) fn option<'a>(field: &'a InputField, answer: &str) -> Option<&'a InputOption> {
    field.options().iter().find(|option| text(&option.value).as_deref() == Some(answer))
}

/// A value as an answer; nothing for one that cannot be one.
pub(super) fn texts(value: &Value) -> Option<Answer> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(list) => list.iter().map(text).collect(),
        one => Some(vec![text(one)?]),
    }
}

/// The text of a value that is neither nothing nor many.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
