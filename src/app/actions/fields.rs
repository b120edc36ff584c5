//! The inputs of a form, each with the control that fits its type.

use leptos::prelude::*;

use super::answers::{Answers, Entry};
use super::file::file;
use super::pick::{Asks, pick};
use crate::app::components::{Control, FormField, field_id};
use crate::app::plain::{Any, each, flag, live, on_event, on_mouse, part, words};
use crate::app::signals::RwSignal;
use crate::domain::form::{Choice, Input, InputType, Offer};

/// Choices that stand side by side; more are looked for by typing.
const MOST_SIDE_BY_SIDE: usize = 8;

/// The inputs of a page.
pub fn fields(answers: Answers, page: usize, asks: Asks) -> AnyView {
    let keys = move || answers.shown_of(page).into_iter().map(|place| place.to_string()).collect();
    let view = move |key: String| {
        let place: u32 = key.parse().unwrap_or_default();
        let Some(entry) = answers.entry(place) else { return ().any() };
        // The event of a control whose value the person has changed, when they leave it.
        let left = on_event(move |_| answers.left(place));
        view! { <div class="host" on:change=left>{field(entry, asks)}</div> }.any()
    };
    each(keys, view)
}

fn field(entry: Entry, asks: Asks) -> AnyView {
    let input = &entry.input;
    let control = match (input.kind, &input.offer) {
        (InputType::Secret, _) => return secret(entry),
        (InputType::File, _) => return file(entry),
        (InputType::MultiSelect, Offer::These(choices)) if choices.len() <= MOST_SIDE_BY_SIDE => {
            let choices = choices.clone();
            return boxes(entry, choices);
        }
        (InputType::MultiSelect | InputType::Reference, _) | (InputType::Enum, Offer::Found) => {
            return pick(entry, asks);
        }
        (InputType::Enum, Offer::These(choices)) => Control::Choice(choices_of(choices)),
        (InputType::Textarea, _) => Control::Area(4),
        (InputType::Boolean, _) => Control::Check,
        (InputType::Number, _) => Control::Line("number"),
        (InputType::Date, _) => Control::Line("date"),
        (InputType::Email, _) => Control::Line("email"),
        (InputType::Url, _) => Control::Line("url"),
        (InputType::String, _) => Control::Line("text"),
    };
    let Entry { input, text, error, .. } = entry;
    let required = input.is_required();
    view! {
        <FormField
            name=input.key
            label=input.label
            control=control
            value=text
            required=required
            help=input.help
            error=error
        />
    }
    .any()
}

fn choices_of(choices: &[Choice]) -> Vec<(String, String)> {
    let none = (String::new(), "Choose…".to_string());
    let choices = choices.iter().map(|choice| (choice.value.clone(), choice.label.clone()));
    std::iter::once(none).chain(choices).collect()
}

/// What stands around a control of a field's own: its label, help and error. The ids for its attributes are
/// the control's with `-label`, `-help` and `-error`.
pub fn frame(input: &Input, error: RwSignal<Option<String>>, control: AnyView) -> AnyView {
    let id = field_id(&input.key);
    let (label_id, help_id, error_id) =
        (suffixed(&id, "label"), suffixed(&id, "help"), suffixed(&id, "error"));
    // Several controls are a group; the label of one is its own.
    let is_group = matches!((input.kind, &input.offer), (InputType::MultiSelect, Offer::These(_)));
    let (role, labelled_by) = (is_group.then_some("group"), is_group.then(|| label_id.clone()));
    let required = input.is_required().then(|| view! { <em aria-hidden="true">"*"</em> });
    let help = input.help.clone().map(|help| view! { <p id=help_id class="field-help">{help}</p> });
    view! {
        <div class="field" role=role aria-labelledby=labelled_by>
            <span class="field-label" id=label_id>{input.label.clone()} " " {required.any()}</span>
            {help.any()}
            {control}
            {part(move || error.get().map(|error| view! { <p id=error_id.clone() class="field-error ours">{error}</p> }))}
        </div>
    }
    .any()
}

/// The ids of the texts that say more of a control, while they are there.
pub fn described(
    input: &Input,
    error: RwSignal<Option<String>>,
) -> Box<dyn FnMut() -> Option<String> + Send> {
    let id = field_id(&input.key);
    let help = input.help.as_ref().map(|_| suffixed(&id, "help"));
    words(move || {
        let error = error.with(Option::is_some).then(|| suffixed(&id, "error"));
        let ids: Vec<String> = help.clone().into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    })
}

/// An id made from that of a control.
pub fn suffixed(id: &str, end: &str) -> String {
    [id, "-", end].concat()
}

/// Some of a few choices.
fn boxes(entry: Entry, choices: Vec<Choice>) -> AnyView {
    let Entry { input, chosen, error, .. } = entry;
    let id = field_id(&input.key);
    let one = |(place, choice): (usize, Choice)| {
        let value = choice.value.clone();
        let is_chosen = live(move || chosen.with(|all| all.iter().any(|one| one.value == value)));
        // The first has the id by which the field is found.
        let id = if place == 0 { id.clone() } else { suffixed(&id, &place.to_string()) };
        let (label, help) = (choice.label.clone(), choice.help.clone());
        let change = move |event: leptos::ev::Event| {
            let is_on = event_target_checked(&event);
            chosen.update(|all| {
                all.retain(|one| one.value != choice.value);
                if is_on {
                    all.push(choice.clone());
                }
            });
        };
        let invalid = flag(move || error.with(Option::is_some));
        view! {
            <label class="box-line">
                <input
                    id=id
                    type="checkbox"
                    class="check"
                    aria-invalid=invalid
                    aria-describedby=described(&input, error)
                    prop:checked=is_chosen
                    on:change=on_event(change)
                />
                <span>{label} {help.map(|help| view! { <small>{help}</small> }).any()}</span>
            </label>
        }
        .any()
    };
    let boxes = choices.into_iter().enumerate().map(one).collect::<Vec<_>>();
    frame(&input, error, view! { <div class="boxes">{boxes.any()}</div> }.any())
}

/// A text that is not shown, unless the person wants to see it.
fn secret(entry: Entry) -> AnyView {
    let Entry { input, text, error, .. } = entry;
    let seen = RwSignal::new(false);
    let id = field_id(&input.key);
    let kind = live(move || if seen.get() { "text" } else { "password" });
    let label = suffixed(&id, "label");
    let control = view! {
        <div class="with-button">
            <input
                id=id
                class="input"
                prop:type=kind
                type="password"
                autocomplete="new-password"
                spellcheck="false"
                aria-labelledby=label
                aria-required=input.is_required().to_string()
                aria-invalid=flag(move || error.with(Option::is_some))
                aria-describedby=described(&input, error)
                prop:value=live(move || text.get())
                on:input=on_event(move |event| text.set(event_target_value(&event)))
            />
            <button
                type="button"
                class="button"
                aria-pressed=flag(move || seen.get())
                on:click=on_mouse(move |_| seen.update(|seen| *seen = !*seen))
            >
                "Show"
            </button>
        </div>
    };
    frame(&input, error, control.any())
}
