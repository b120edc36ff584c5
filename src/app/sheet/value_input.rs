//! The control that a value of a column is written with, outside of the grid.

use leptos::prelude::*;

use crate::app::plain::{Any, live, on_event};
use crate::app::signals::RwSignal;
use crate::domain::value::is_date;
use crate::rpc::records::{ColumnKind, ColumnView};

/// A control for a value of the column, with that id; `label` says what it is where no label stands beside it.
/// It writes while somebody types.
pub fn value_input(
    column: &ColumnView,
    id: &'static str,
    label: Option<String>,
    value: RwSignal<String>,
) -> AnyView {
    let choices = choices(column);
    if !choices.is_empty() {
        let option = |(value, label): (String, String)| view! { <option value=value>{label}</option> }.any();
        return view! {
            <select
                id=id
                class="input"
                aria-label=label
                prop:value=live(move || value.get())
                on:change=on_event(move |event| value.set(event_target_value(&event)))
            >
                <option value="">"Empty"</option>
                {choices.into_iter().map(option).collect_view().any()}
            </select>
        }
        .any();
    }
    let (kind, mode) = input_kind(column.kind);
    let kind = if value.with_untracked(|value| value.is_empty() || is_date(value)) { kind } else { "text" };
    view! {
        <input
            id=id
            class="input"
            type=kind
            inputmode=mode
            aria-label=label.clone()
            placeholder=label
            prop:value=live(move || value.get())
            on:input=on_event(move |event| value.set(event_target_value(&event)))
        />
    }
    .any()
}

/// The values that a column can only have, with what people read; none when it can have any.
pub fn choices(column: &ColumnView) -> Vec<(String, String)> {
    match column.kind {
        ColumnKind::Boolean => [("true", "Yes"), ("false", "No")]
            .map(|(value, label)| (value.to_string(), label.to_string()))
            .to_vec(),
        _ => column.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone())).collect(),
    }
}

/// The type of the input element and the keyboard that a phone shows.
pub fn input_kind(kind: ColumnKind) -> (&'static str, &'static str) {
    match kind {
        ColumnKind::Date => ("date", "none"),
        ColumnKind::Number => ("text", "decimal"),
        _ => ("text", "text"),
    }
}
