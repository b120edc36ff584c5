//! The input form of an action, checked while it is filled in by the same rules as on the server.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::app::components::{Control, FormField};
use crate::domain::action::{InputConstraint, InputField, InputForm, InputType};
use crate::domain::form;

/// One input: its key, its text, what is wrong with it.
#[derive(Clone)]
struct Entry {
    field: InputField,
    text: RwSignal<String>,
    error: RwSignal<Option<String>>,
}

/// What was filled in.
#[derive(Clone, Copy)]
pub struct Answers(StoredValue<Vec<Entry>>);

impl Answers {
    /// The answers at first: the form's defaults.
    pub fn new(form: &InputForm) -> Self {
        let entry = |field: &InputField| {
            let text = match &field.default_value {
                None | Some(Value::Null) | Some(Value::Bool(false)) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            Entry { field: field.clone(), text: RwSignal::new(text), error: RwSignal::new(None) }
        };
        Self(StoredValue::new(form.fields.iter().map(entry).collect()))
    }

    /// The input of the job, or nothing when something does not fit; each input then says what.
    pub fn check(self, form: &InputForm) -> Option<Map<String, Value>> {
        let entries = self.0.get_value();
        let given =
            entries.iter().filter_map(|entry| Some((entry.field.key.clone(), value(entry)?))).collect();
        for entry in &entries {
            entry.error.set(None);
        }
        match form::check(form, &given) {
            Ok(input) => Some(input),
            Err(errors) => {
                self.refuse(errors.into_iter().map(|error| (error.key, error.message)).collect());
                None
            }
        }
    }

    /// Says at each input what is wrong with it.
    pub fn refuse(self, errors: Vec<(String, String)>) {
        self.0.with_value(|entries| {
            for (key, message) in errors {
                if let Some(entry) = entries.iter().find(|entry| entry.field.key == key) {
                    entry.error.set(Some(message));
                }
            }
        });
    }

    /// Brings the person to what has to be put right.
    pub fn focus_first_error(self) {
        #[cfg(feature = "hydrate")]
        self.0.with_value(|entries| {
            let wrong = entries.iter().find(|entry| entry.error.with_untracked(Option::is_some));
            if let Some(control) =
                wrong.and_then(|entry| super::super::dom::by_id(&format!("field-{}", entry.field.key)))
            {
                super::super::dom::focus_still(&control);
            }
        });
    }
}

/// What an input sends; nothing when it was left empty.
fn value(entry: &Entry) -> Option<Value> {
    let text = entry.text.get_untracked();
    match entry.field.input_type {
        InputType::Boolean => Some(Value::Bool(!text.is_empty())),
        _ if text.is_empty() => None,
        InputType::Enum => {
            let options = entry.field.config.as_ref().map_or(&[][..], |config| config.options.as_slice());
            options.iter().find(|option| plain(&option.value) == text).map(|option| option.value.clone())
        }
        InputType::Number => Some(
            text.trim()
                .parse::<serde_json::Number>()
                .map_or_else(|_| Value::String(text.clone()), Value::Number),
        ),
        InputType::String | InputType::Textarea => Some(Value::String(text)),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// The inputs of a form.
#[component]
pub fn InputFields(
    /// The form.
    form: InputForm,
    /// Where the answers go.
    answers: Answers,
) -> impl IntoView {
    let checked = StoredValue::new(form);
    let entry = move |entry: Entry| {
        let Entry { field, text, error } = entry;
        let control = match field.input_type {
            InputType::String => Control::Line("text"),
            InputType::Textarea => Control::Area(4),
            InputType::Number => Control::Line("number"),
            InputType::Boolean => Control::Check,
            InputType::Enum => Control::Choice(choices(&field)),
        };
        // Once something was wrong, the input says at once when it is right.
        Effect::new(move |before: Option<String>| {
            let now = text.get();
            if before.is_some_and(|before| before != now) && error.with_untracked(Option::is_some) {
                answers.check(&checked.get_value());
            }
            now
        });
        view! {
            <FormField
                name=field.key.clone()
                label=field.label.clone()
                control=control
                value=text
                required=field.constraints.contains(&InputConstraint::Required)
                help=field.description.clone()
                error=error
            />
        }
    };
    answers.0.get_value().into_iter().map(entry).collect_view()
}

fn choices(field: &InputField) -> Vec<(String, String)> {
    let none = (String::new(), "Choose…".to_string());
    let options = field.config.as_ref().map_or(&[][..], |config| config.options.as_slice());
    let choice = |option: &crate::domain::action::InputOption| {
        let value = plain(&option.value);
        (value.clone(), option.label.clone().unwrap_or(value))
    };
    std::iter::once(none).chain(options.iter().map(choice)).collect()
}
