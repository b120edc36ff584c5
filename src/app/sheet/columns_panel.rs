//! The columns of the sheet as a list: which are shown and pinned, how tall the rows are.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::SheetControl;
use crate::app::components::{Icon, icon};
use crate::app::format::{counted, lower};
use crate::app::plain::{Any, each, flag, live, on_event, on_mouse, part};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::domain::blueprint::Level;
use crate::domain::layout::{RowHeight, SheetLayout};
use crate::rpc::messages::message_groups;

/// The panel of the button "Columns".
pub fn columns_panel(control: SheetControl) -> AnyView {
    let sought = RwSignal::new(String::new());
    let layout = control.grid.layout;
    let keys = move || {
        let sought = lower(&sought.get());
        let fits = |key: &str| lower(&control.label(key)).contains(&sought);
        layout.with(|layout| {
            layout.columns.iter().map(|place| place.key.clone()).filter(|key| fits(key)).collect()
        })
    };
    let keys = Memo::new(move |_| keys());
    let errors: Errors = RwSignal::new(Vec::new());
    ask_for_errors(control, errors);
    let nothing = move || {
        keys.with(Vec::is_empty).then(|| view! { <p class="popover-note">"No column has that name."</p> })
    };
    let change = move |change: fn(&mut SheetLayout)| on_mouse(move |_| control.arrange(&change));
    view! {
        <div class="popover-search">
            {icon(Icon::Search)}
            <input
                type="search"
                data-begin
                aria-label="Find a column"
                placeholder="Find a column"
                on:input=on_event(move |event| sought.set(event_target_value(&event)))
            />
        </div>
        <ul class="popover-list">{each(move || keys.get(), move |key| line(control, errors, key))}</ul>
        {part(nothing)}
        <div class="popover-line">
            <span class="grow" id="row-height">"Rows"</span>
            <div class="segments" role="radiogroup" aria-labelledby="row-height">
                {RowHeight::ALL.map(|(height, word, _)| segment(control, height, word)).into_iter().collect::<Vec<_>>().any()}
            </div>
        </div>
        <footer class="popover-foot">
            <button type="button" class="button button-small" on:click=change(SheetLayout::show_all)>"Show all"</button>
            <button type="button" class="button button-small" on:click=on_mouse(move |_| control.reset_layout())>
                "Reset"
            </button>
        </footer>
    }
    .any()
}

/// The errors of each field that has some, by its key. A hidden column is seen nowhere else.
type Errors = RwSignal<Vec<(String, u64)>>;

fn ask_for_errors(control: SheetControl, errors: Errors) {
    let id = control.id();
    spawn_local(async move {
        // Without an answer the list is as good as before.
        let Ok(messages) = message_groups(id).await else { return };
        let mut counts: Vec<(String, u64)> = Vec::new();
        for group in messages.groups.into_iter().filter(|group| group.level == Level::Error) {
            match counts.iter_mut().find(|(key, _)| *key == group.field) {
                Some((_, count)) => *count += group.count,
                None => counts.push((group.field, group.count)),
            }
        }
        errors.set(counts);
    });
}

fn line(control: SheetControl, errors: Errors, key: String) -> AnyView {
    let layout = control.grid.layout;
    let label = control.label(&key);
    let key = StoredValue::new(key);
    let place = move |look: fn(&crate::domain::layout::ColumnPlace) -> bool| {
        layout.with(|layout| {
            layout.columns.iter().find(|place| key.with_value(|key| place.key == *key)).is_some_and(look)
        })
    };
    // One column always stays.
    let last = move || {
        layout.with(|layout| layout.columns.len() - layout.hidden() == 1) && !place(|place| place.hidden)
    };
    let pin = ["Pin ", &label].concat();
    let wrong = move || {
        let count = errors.with(|errors| {
            errors.iter().find(|(field, _)| key.with_value(|key| field == key)).map(|(_, count)| *count)
        });
        count.map(|count| view! { <small class="text-error ours">{counted(count, "error")}</small> })
    };
    view! {
        <li>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=live(move || !place(|place| place.hidden))
                    disabled=last
                    on:change=on_event(move |event| {
                        let hidden = !event_target_checked(&event);
                        control.arrange(&|layout| key.with_value(|key| layout.change(key, |place| place.hidden = hidden)));
                    })
                />
                <span class="host">
                    {label}
                    {part(wrong)}
                    {part(move || last().then(|| view! { <small>"The last column stays"</small> }))}
                </span>
            </label>
            <button
                type="button"
                class="toggle"
                aria-label=pin
                aria-pressed=flag(move || place(|place| place.pinned))
                on:click=on_mouse(move |_| {
                    control.arrange(&|layout| key.with_value(|key| layout.change(key, |place| place.pinned = !place.pinned)));
                })
            >
                {icon(Icon::Pin)}
            </button>
        </li>
    }
    .any()
}

fn segment(control: SheetControl, height: RowHeight, word: &'static str) -> AnyView {
    let layout = control.grid.layout;
    view! {
        <label>
            <input
                type="radio"
                name="row-height"
                class="sr-only"
                prop:checked=live(move || layout.with(|layout| layout.row_height == height))
                on:change=on_event(move |_| control.arrange(&|layout| layout.row_height = height))
            />
            <span>{word}</span>
        </label>
    }
    .any()
}
