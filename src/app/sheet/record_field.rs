//! One field of the record panel: its control, what is said of the value, and why it cannot be changed.

use leptos::prelude::*;

use super::control::SheetControl;
use super::record::Answer;
use super::side::level_sign;
use super::value_input::{choices, input_kind};
use crate::app::components::field_id;
use crate::app::grid::fix::fix;
use crate::app::grid::shown::shown;
use crate::app::plain::{Any, flag, live, on_event, on_mouse, part};
use crate::app::signals::{Callback, Memo, StoredValue};
use crate::domain::blueprint::Level;
use crate::domain::said::Said;
use crate::domain::value::is_date;
use crate::rpc::record::CellView;
use crate::rpc::records::{CellEdit, ColumnKind, ColumnView};

/// A text from this length on gets a control of several lines.
const LONG: usize = 60;

/// One field; it saves when it is left, or with Enter.
pub fn field_view(
    control: SheetControl,
    answer: Answer,
    record: String,
    place: usize,
    column: ColumnView,
) -> AnyView {
    let cell = Memo::new(move |_| {
        answer.with(|answer| match answer {
            Some(Ok(record)) => record.cells.get(place).cloned(),
            _ => None,
        })
    });
    let id = ["record-", &field_id(&column.key)].concat();
    let described = [&id, "-said"].concat();
    let locked = {
        let of_column = column.locked.clone();
        Memo::new(move |_| of_column.clone().or_else(|| cell.with(|cell| cell.as_ref()?.locked.clone())))
    };
    let key = column.key.clone();
    let save = Callback::new(move |text: String| {
        let text = (!text.is_empty()).then_some(text);
        let before = cell.with_untracked(|cell| cell.as_ref().and_then(|cell| cell.text.clone()));
        if text != before && locked.with_untracked(Option::is_none) {
            let edit = CellEdit { record: record.clone(), field: key.clone(), text, seen: before };
            control.grid.write(vec![edit]);
        }
    });
    let said = {
        let column = column.clone();
        move || cell.with(|cell| cell.as_ref().map(|cell| remarks(&column, cell, save)))
    };
    let input = input(&column, id.clone(), described.clone(), cell, locked, save);
    view! {
        <div class="field">
            <label class="host" for=id>{column.label.clone()} {column.required.then(|| view! { <em aria-hidden="true">"*"</em> }).any()}</label>
            {input}
            <div id=described>
                {part(said)}
                {part(move || locked.get().map(|reason| view! { <p class="field-help">{reason}</p> }))}
            </div>
        </div>
    }
    .any()
}

fn input(
    column: &ColumnView,
    id: String,
    described: String,
    cell: Memo<Option<CellView>>,
    locked: Memo<Option<String>>,
    save: Callback<String>,
) -> AnyView {
    let text = Memo::new(move |_| {
        cell.with(|cell| cell.as_ref().and_then(|cell| cell.text.clone())).unwrap_or_default()
    });
    let invalid = move || {
        cell.with(|cell| {
            let wrong = |(level, _): &(Level, Said)| *level == Level::Error;
            cell.as_ref().is_some_and(|cell| cell.remarks.iter().any(wrong))
        })
    };
    let is_locked = move || locked.with(Option::is_some);
    // What is edited is the text as it is given; what is only read is as the grid has it.
    let read = StoredValue::new(column.clone());
    let value = Memo::new(move |_| {
        let text = text.get();
        if is_locked() { read.with_value(|column| shown(column, &text).into_owned()) } else { text }
    });
    // A field that goes while something is typed in it tells of that once it is gone.
    let change = move |event| {
        save.try_run(event_target_value(&event));
    };
    let known = choices(column);
    if !known.is_empty() {
        let options = {
            let known = known.clone();
            move || {
                let now = text.get();
                let other = (!now.is_empty() && known.iter().all(|(value, _)| *value != now)).then(|| {
                    // Other names of an option are right, too.
                    let suffix = if invalid() { " (not an option)" } else { "" };
                    (now.clone(), [&now, suffix].concat())
                });
                let all = other.into_iter().chain(known.clone());
                let option = |(value, label): (String, String)| {
                    let chosen = value == now;
                    view! { <option value=value selected=chosen>{label}</option> }.any()
                };
                all.map(option).collect_view()
            }
        };
        return view! {
            <select
                id=id
                class="input"
                disabled=live(is_locked)
                aria-invalid=flag(invalid)
                aria-describedby=described
                on:change=on_event(change)
            >
                <option value="" selected=live(move || text.with(String::is_empty))>"Empty"</option>
                {part(move || options().any())}
            </select>
        }
        .any();
    }
    let long = Memo::new(move |_| text.with(|text| text.contains('\n') || text.chars().count() > LONG));
    let (of_day, mode) = (column.kind == ColumnKind::Date, input_kind(column.kind).1);
    // A control for days shows nothing where the text is none.
    let kind =
        Memo::new(
            move |_| {
                if of_day && text.with(|text| text.is_empty() || is_date(text)) { "date" } else { "text" }
            },
        );
    part(move || {
        let (id, described) = (id.clone(), described.clone());
        if long.get() {
            return view! {
                <textarea
                    id=id
                    rows="4"
                    class="input"
                    readonly=live(is_locked)
                    aria-invalid=flag(invalid)
                    aria-describedby=described
                    prop:value=live(move || value.get())
                    on:change=on_event(change)
                ></textarea>
            }
            .any();
        }
        view! {
            <input
                id=id
                type=kind.get()
                inputmode=mode
                class="input"
                autocomplete="off"
                readonly=live(is_locked)
                aria-invalid=flag(invalid)
                aria-describedby=described
                prop:value=live(move || value.get())
                on:change=on_event(change)
            />
        }
        .any()
    })
    .any()
}

/// What is said of a value, and what it was probably meant to be.
fn remarks(column: &ColumnView, cell: &CellView, save: Callback<String>) -> AnyView {
    let line = |(level, said): &(Level, Said)| {
        view! { <p class="remark">{level_sign(*level)} <span class=said.class()>{said.words.clone()}</span></p> }.any()
    };
    let messages = cell.remarks.iter().map(|(_, said)| said.words.as_str());
    let text = cell.text.as_deref().filter(|_| !cell.remarks.is_empty() && column.locked.is_none());
    let offer = text.and_then(|text| fix(column, text, messages)).map(|meant| {
        let choice = column.choices.iter().find(|choice| choice.value == meant);
        let label = choice.map_or(meant.clone(), |choice| choice.label.clone());
        let press = on_mouse(move |_| save.run(meant.clone()));
        view! { <button type="button" class="button button-small" on:click=press>{["Use “", &label, "”"].concat()}</button> }
    });
    view! { {cell.remarks.iter().map(line).collect_view().any()} {offer.any()} }.any()
}

/// The texts of the record now, by field.
pub fn texts(answer: Answer) -> Vec<(String, Option<String>)> {
    answer.with(|answer| match answer {
        Some(Ok(record)) => record.cells.iter().map(|cell| (cell.field.clone(), cell.text.clone())).collect(),
        _ => Vec::new(),
    })
}
