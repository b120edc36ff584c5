//! A control with its label, help and error, wired together for readers.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, live, on_event, part, words};
use crate::app::signals::{RwSignal, Signal};

/// Which control it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// One line; the type of the input element. A `number` is a text for the keys of numbers.
    Line(&'static str),
    /// Several lines, and how many are seen.
    Area(u8),
    /// Yes or no; the value is `true` or empty.
    Check,
    /// A list: value and label of each choice.
    Choice(Vec<(String, String)>),
}

/// A control with everything around it.
#[component]
pub fn FormField(
    /// Its name in the form, of which its id is made.
    name: String,
    /// What it asks.
    label: String,
    /// Which control.
    control: Control,
    /// What is in it.
    value: RwSignal<String>,
    /// It must be filled in.
    #[prop(optional)]
    required: bool,
    /// A line of help.
    #[prop(optional_no_strip)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = field_id(&name);
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described = {
        let help = help.as_ref().map(|_| help_id.clone());
        let error_id = error_id.clone();
        move || {
            let ids: Vec<String> =
                help.clone().into_iter().chain(error.get().map(|_| error_id.clone())).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let invalid = move || flag(move || error.with(Option::is_some));
    let is_check = control == Control::Check;
    let element = match control {
        Control::Line(kind) => view! {
            <input
                id=id.clone()
                name=name
                type=if kind == "number" { "text" } else { kind }
                inputmode=(kind == "number").then_some("decimal")
                class="input"
                aria-required=required.to_string()
                aria-invalid=invalid()
                aria-describedby=words(described)
                prop:value=live(move || value.get())
                on:input=on_event(move |event| value.set(event_target_value(&event)))
            />
        }
        .any(),
        Control::Area(rows) => view! {
            <textarea
                id=id.clone()
                name=name
                rows=rows.to_string()
                class="input"
                spellcheck="false"
                aria-required=required.to_string()
                aria-invalid=invalid()
                aria-describedby=words(described)
                prop:value=live(move || value.get())
                on:input=on_event(move |event| value.set(event_target_value(&event)))
            ></textarea>
        }
        .any(),
        Control::Check => view! {
            <input
                id=id.clone()
                name=name
                type="checkbox"
                class="check"
                aria-invalid=invalid()
                aria-describedby=words(described)
                prop:checked=live(move || !value.get().is_empty())
                on:change=on_event(move |event| {
                    value.set(if event_target_checked(&event) { "true".to_string() } else { String::new() })
                })
            />
        }
        .any(),
        Control::Choice(choices) => {
            let option = move |(key, label): (String, String)| {
                let chosen = value.get_untracked() == key;
                view! { <option value=key selected=chosen>{label}</option> }
            };
            view! {
                <select
                    id=id.clone()
                    name=name
                    class="input"
                    aria-required=required.to_string()
                    aria-invalid=invalid()
                    aria-describedby=words(described)
                    on:change=on_event(move |event| value.set(event_target_value(&event)))
                >
                    {choices.into_iter().map(option).collect_view().any()}
                </select>
            }
            .any()
        }
    };
    view! {
        <div class="field" class:field-check=is_check>
            <label for=id>
                {label} {required.then(|| view! { <em aria-hidden="true">"*"</em> }).any()}
            </label>
            {help.map(|help| view! { <p id=help_id class="field-help">{help}</p> }).any()}
            {element}
            {part(move || error.get().map(|error| view! { <p id=error_id.clone() class="field-error ours">{error}</p> }))}
        </div>
    }
    .any()
}

/// The id of the control of that name. Names come from blueprints, and an id holds no spaces.
pub fn field_id(name: &str) -> String {
    let stays = |character: char| character.is_ascii_alphanumeric() || !character.is_ascii();
    let part = |character| if stays(character) { character } else { '-' };
    format!("field-{}", name.chars().map(part).collect::<String>())
}
