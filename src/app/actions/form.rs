//! The input form of an action. The server checks what was filled in; each input says what is wrong with it.

use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use crate::app::components::field_id;
use crate::app::components::{Control, FormField};
use crate::app::plain::on_change;
use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::action::InputType;
use crate::rpc::actions::InputView;

/// One input: its text, and what is wrong with it.
#[derive(Clone)]
struct Entry {
    input: InputView,
    text: RwSignal<String>,
    error: RwSignal<Option<String>>,
}

/// What was filled in.
#[derive(Clone, Copy)]
pub struct Answers(StoredValue<Vec<Entry>>);

impl Answers {
    /// The answers at first: the form's defaults.
    pub fn new(inputs: &[InputView]) -> Self {
        let entry = |input: &InputView| {
            let unchecked = input.kind == InputType::Boolean && input.initial == "false";
            let text = if unchecked { String::new() } else { input.initial.clone() };
            Entry { input: input.clone(), text: RwSignal::new(text), error: RwSignal::new(None) }
        };
        Self(StoredValue::new(inputs.iter().map(entry).collect()))
    }

    /// Each input's key and text, or nothing when a required one is empty, which then says so.
    pub fn given(self) -> Option<Vec<(String, String)>> {
        let entries = self.0.get_value();
        let mut complete = true;
        for Entry { input, text, error } in &entries {
            let empty = text.with_untracked(|text| text.trim().is_empty());
            let lacks = input.required && empty && input.kind != InputType::Boolean;
            error.set(lacks.then(|| format!("{} is required", input.label)));
            complete &= !lacks;
        }
        let text = |entry: &Entry| match entry.text.get_untracked() {
            text if entry.input.kind == InputType::Boolean => (!text.is_empty()).to_string(),
            text => text,
        };
        complete.then(|| entries.iter().map(|entry| (entry.input.key.clone(), text(entry))).collect())
    }

    /// Says at each input what is wrong with it.
    pub fn refuse(self, errors: Vec<(String, String)>) {
        // The dialog may have been closed before the answer came.
        self.0.try_with_value(|entries| {
            for (key, message) in errors {
                if let Some(entry) = entries.iter().find(|entry| entry.input.key == key) {
                    entry.error.set(Some(message));
                }
            }
        });
    }

    /// Brings the person to what has to be put right.
    pub fn focus_first_error(self) {
        #[cfg(feature = "hydrate")]
        self.0.try_with_value(|entries| {
            let wrong = entries.iter().find(|entry| entry.error.with_untracked(Option::is_some));
            let control = wrong.and_then(|entry| crate::app::dom::by_id(&field_id(&entry.input.key)));
            if let Some(control) = control {
                crate::app::dom::focus_still(&control);
            }
        });
    }
}

/// The inputs of a form.
#[component]
pub fn InputFields(
    /// What was filled in so far.
    answers: Answers,
) -> impl IntoView {
    let entry = move |entry: Entry| {
        let Entry { input, text, error } = entry;
        let control = match input.kind {
            InputType::String => Control::Line("text"),
            InputType::Textarea => Control::Area(4),
            InputType::Number => Control::Line("number"),
            InputType::Boolean => Control::Check,
            InputType::Enum => Control::Choice(choices(&input)),
        };
        // What was wrong is being put right: the words about it go.
        on_change(move || text.get(), move |_| error.set(None));
        view! {
            <FormField
                name=input.key
                label=input.label
                control=control
                value=text
                required=input.required
                help=input.help
                error=error
            />
        }
    };
    answers.0.get_value().into_iter().map(entry).collect_view()
}

fn choices(input: &InputView) -> Vec<(String, String)> {
    let none = (String::new(), "Choose…".to_string());
    let choices = input.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone()));
    std::iter::once(none).chain(choices).collect()
}
