//! One record as a form: its values, what is said of them, and what became of it.

use leptos::prelude::*;

use super::control::SheetControl;
use super::record_field::{field_view, texts};
use super::record_history::history;
use super::side::{focus_heading, panel as side_panel};
use super::turns::Turns;
use crate::app::components::{EmptyState, Icon, Tab, Tabs, TryAgain, icon};
use crate::app::format::count;
use crate::app::grid::{Go, Place};
use crate::app::plain::{Any, flag, on_change, on_mouse, part, watch, words};
use crate::app::signals::{Callback, Memo, RwSignal, Signal};
use crate::rpc::RpcError;
use crate::rpc::record::{RecordView, record};

/// How long moves from record to record have to rest before one is read.
const REST_MILLISECONDS: u64 = 60;
/// How long the grid takes to have its new width.
const REVEAL_MILLISECONDS: u64 = 80;

/// What the server said last.
pub type Answer = RwSignal<Option<Result<RecordView, RpcError>>>;

/// The panel of the record that the person is at.
pub fn panel(control: SheetControl) -> AnyView {
    let place = control.grid.place;
    let id = Memo::new(move |_| place.with(|place| place.as_ref().map(|place| place.record.clone())));
    let answer: Answer = RwSignal::new(None);
    let turns = Turns::new();
    let question = move || {
        let (sheet, id) = (control.id(), id.get_untracked());
        async move {
            match id {
                Some(id) => Some(record(sheet, id).await),
                None => None,
            }
        }
    };
    let take = move |found: Option<_>| {
        if found.is_some() {
            answer.set(found);
        }
    };
    let ask = move || turns.ask(REST_MILLISECONDS, question, take);
    watch(move || {
        id.track();
        control.grid.version.track();
        ask();
    });
    focus_heading();
    // The grid is narrower now: the cell that the person came from must not be hidden.
    let reveal = move || {
        if let Some(Some(Place { row, field, .. })) = place.try_get_untracked() {
            control.grid.go.set(Some(Go::Cell { row, field: Some(field), focus: false }));
        }
    };
    set_timeout(reveal, std::time::Duration::from_millis(REVEAL_MILLISECONDS));
    let title = move || {
        place.with(|place| match place {
            Some(place) => ["Record ", &count(place.position)].concat(),
            None => "Record".to_string(),
        })
    };
    // The focus stays on the button that leads to the next record: what came has to be said.
    on_change(title, move |title| control.grid.say(title.clone()));
    let step = move |down: bool| {
        if let Some(record) = id.get_untracked() {
            control.grid.go.set(Some(Go::Step { record, down }));
        }
    };
    let row = move || place.with(|place| place.as_ref().map(|place| place.row));
    let first = move || row().is_none_or(|row| row == 0).then(|| "This is the first record".to_string());
    let last = move || {
        row()
            .is_none_or(|row| row + 1 >= control.grid.shown.get())
            .then(|| "This is the last record".to_string())
    };
    let tools = view! {
        {step_button(Icon::ChevronUp, "Previous record", Callback::new(move |()| step(false)), Signal::derive(first))}
        {step_button(Icon::ChevronDown, "Next record", Callback::new(move |()| step(true)), Signal::derive(last))}
    };
    let shown = Memo::new(move |_| match answer.get() {
        None => Shown::Nothing,
        Some(Ok(record)) => Shown::Record(record.id),
        Some(Err(error)) => Shown::Trouble(error.message),
    });
    let inside = part(move || {
        match shown.get() {
        Shown::Record(id) => form(control, answer, id),
        Shown::Trouble(message) => {
            view! { <div class="side-body"><TryAgain message=message again=move |()| ask() /></div> }.any()
        }
        Shown::Nothing if id.with(Option::is_none) => view! {
            <EmptyState sign=Icon::Sheet title="No record is chosen" text="Press a cell in the grid: its record opens here." />
        }
        .any(),
        Shown::Nothing => view! { <p class="side-body quiet">"Reading the record…"</p> }.any(),
    }
    });
    side_panel(control, Signal::derive(title), tools.any(), inside.any())
}

/// What is seen, so that a form stays while its record changes.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Record(String),
    Trouble(String),
}

fn step_button(
    sign: Icon,
    label: &'static str,
    press: Callback<()>,
    reason: Signal<Option<String>>,
) -> AnyView {
    view! {
        <button
            type="button"
            class="button button-ghost button-bare"
            aria-label=label
            aria-disabled=flag(move || reason.with(Option::is_some))
            aria-description=words(move || reason.get())
            title=words(move || reason.get().or_else(|| Some(label.to_string())))
            on:click=on_mouse(move |_| {
                if reason.with_untracked(Option::is_none) {
                    press.run(());
                }
            })
        >
            {icon(sign)}
        </button>
    }
    .any()
}

fn form(control: SheetControl, answer: Answer, id: String) -> AnyView {
    let chosen = RwSignal::new(0_usize);
    let nothing = Signal::derive(|| None);
    let tabs = vec![
        Tab { label: "Fields", count: nothing, alarming: false },
        Tab { label: "History", count: nothing, alarming: false },
    ];
    let columns = control.sheet.with_value(|sheet| sheet.columns.clone());
    let record_id = id.clone();
    view! {
        <div class="side-tabs">
            <Tabs label="Of the record" tabs=tabs chosen=chosen choose=move |place| chosen.set(place) controls="record-part" />
        </div>
        <div id="record-part" class="side-body" role="tabpanel" aria-label="Record">
            {part(move || match chosen.get() {
                0 => {
                    let field = |(place, column)| field_view(control, answer, record_id.clone(), place, column);
                    columns.clone().into_iter().enumerate().map(field).collect_view().any()
                }
                _ => history(control, record_id.clone(), Signal::derive(move || texts(answer))),
            })}
        </div>
    }
    .any()
}
