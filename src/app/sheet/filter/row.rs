//! One row of the filter builder: field, what is asked, value.

use leptos::prelude::*;

use super::super::SheetControl;
use super::draft::{self, Draft, DraftRow};
use super::phrases;
use super::words::find;
use crate::app::components::{Icon, icon};
use crate::app::plain::{Any, live, on_event, on_mouse, part};
use crate::app::signals::Memo;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The value of the option that means any field: no key is empty.
const ANY: &str = "";

/// The controls of a row.
pub fn row_view(control: SheetControl, draft: Draft, row: DraftRow) -> AnyView {
    let column = Memo::new(move |_| {
        row.field.with(|field| {
            let field = field.as_deref()?;
            control.sheet.with_value(|sheet| find(&sheet.columns, field).cloned())
        })
    });
    let kind = move || column.with(|column| column.as_ref().map(|column| column.kind));
    let choose_field = move |event| {
        let key = event_target_value(&event);
        row.field.set(Some(key).filter(|key| key != ANY));
        // What cannot be asked of the other field becomes what can.
        let offered = |test| phrases::offered(untrack(kind)).any(|phrase| phrase.test == test);
        if !offered(row.test.get_untracked())
            && let Some(first) = phrases::offered(untrack(kind)).next()
        {
            row.test.set(first.test);
        }
        row.value.set(String::new());
    };
    let choose_test = move |event| {
        if let Some(test) = draft::test(&event_target_value(&event)) {
            row.test.set(test);
        }
    };
    view! {
        <select class="input" aria-label="Field" data-begin=draft.is_last(row.id).then_some("") prop:value=live(move || row.field.get().unwrap_or_default()) on:change=on_event(choose_field)>
            {fields(control, row)}
        </select>
        <select class="input" aria-label="Condition" on:change=on_event(choose_test)>
            {part(move || tests(kind(), row))}
        </select>
        {part(move || row.test.get().takes_value().then(|| value_control(column.get(), row)))}
        <button
            type="button"
            class="button button-ghost button-bare"
            aria-label="Remove this condition"
            on:click=on_mouse(move |_| draft.remove(row.id))
        >
            {icon(Icon::Close)}
        </button>
    }
    .any()
}

fn fields(control: SheetControl, row: DraftRow) -> AnyView {
    let chosen = row.field.get_untracked();
    let option = |key: &str, label: String| {
        let is_chosen = chosen.as_deref().unwrap_or(ANY) == key;
        view! { <option value=key.to_string() selected=is_chosen>{label}</option> }.any()
    };
    control.sheet.with_value(|sheet| {
        let mut options = vec![option(ANY, "Any field".to_string())];
        options.extend(sheet.columns.iter().map(|column| option(&column.key, column.label.clone())));
        // A field that is not there any more is shown as what it was called.
        let gone = chosen.as_deref().filter(|key| find(&sheet.columns, key).is_none());
        options.extend(gone.map(|key| option(key, [key, " (not in this sheet)"].concat())));
        options.any()
    })
}

fn tests(kind: Option<ColumnKind>, row: DraftRow) -> Vec<AnyView> {
    let chosen = row.test.get();
    let mut tests: Vec<_> = phrases::offered(kind).map(|phrase| phrase.test).collect();
    if !tests.contains(&chosen) {
        tests.push(chosen);
    }
    let option = |test| {
        view! { <option value=draft::word(test) selected=test == chosen>{phrases::words(test, kind)}</option> }.any()
    };
    tests.into_iter().map(option).collect()
}

/// A list for what can only be one of a few, an input for the rest.
fn value_control(column: Option<ColumnView>, row: DraftRow) -> AnyView {
    let mut choices: Vec<(String, String)> = match &column {
        Some(column) if column.kind == ColumnKind::Boolean => [("true", "Yes"), ("false", "No")]
            .map(|(value, label)| (value.to_string(), label.to_string()))
            .to_vec(),
        Some(column) => {
            column.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone())).collect()
        }
        None => Vec::new(),
    };
    let set = on_event(move |event| row.value.set(event_target_value(&event)));
    let value = row.value.get_untracked();
    if choices.is_empty() {
        let (hint, mode) = match column.map(|column| column.kind) {
            Some(ColumnKind::Date) => ("2026-12-31", "text"),
            Some(ColumnKind::Number) => ("12.5", "decimal"),
            _ => ("Value", "text"),
        };
        return view! {
            <input class="input" aria-label="Value" placeholder=hint inputmode=mode prop:value=live(move || row.value.get()) on:input=set />
        }
        .any();
    }
    if !choices.iter().any(|(known, _)| *known == value) {
        let label = if value.is_empty() { "Choose…".to_string() } else { value.clone() };
        choices.insert(0, (value.clone(), label));
    }
    let option = |(known, label): (String, String)| {
        let is_chosen = known == value;
        view! { <option value=known selected=is_chosen>{label}</option> }.any()
    };
    let options: Vec<AnyView> = choices.into_iter().map(option).collect();
    view! { <select class="input" aria-label="Value" on:change=set>{options}</select> }.any()
}
