//! What became of a record: who changed what and when, and the way back for each value.

use leptos::prelude::*;

use super::control::SheetControl;
use super::turns::Turns;
use crate::app::components::{EmptyState, Icon};
use crate::app::format;
use crate::app::plain::{Any, on_mouse, part, watch};
use crate::app::signals::{Callback, RwSignal, Signal, StoredValue};
use crate::rpc::RpcError;
use crate::rpc::record::{Deed, History, HistoryEntry, record_history};
use crate::rpc::records::CellEdit;

/// The texts of the record now, by field.
type Texts = Signal<Vec<(String, Option<String>)>>;

/// The history of a record; it is read anew with each change of the sheet.
pub fn history(control: SheetControl, record: String, now: Texts) -> AnyView {
    let answer = RwSignal::new(None::<Result<History, RpcError>>);
    let turns = Turns::new();
    let record = StoredValue::new(record);
    watch(move || {
        control.grid.version.track();
        let question = move || record_history(control.id(), record.get_value());
        turns.ask(0, question, move |found| answer.set(Some(found)));
    });
    part(move || match answer.get() {
        None => view! { <p class="quiet">"Reading the history…"</p> }.any(),
        Some(Err(error)) => view! { <p class="field-error" role="alert">{error.message}</p> }.any(),
        Some(Ok(history)) if history.entries.is_empty() => view! {
            <EmptyState sign=Icon::History title="No changes yet" text="Each edit of this record appears here, with the way back." />
        }
        .any(),
        Some(Ok(history)) => {
            let more = history.total.saturating_sub(history.entries.len() as u64);
            let at = history.now;
            let one = move |entry| entry_view(control, record, entry, at, now);
            view! {
                <ol class="history">{history.entries.into_iter().map(one).collect_view().any()}</ol>
                {(more > 0).then(|| view! { <p class="quiet">{format::counted(more, "older change")}</p> }).any()}
            }
            .any()
        }
    })
    .any()
}

fn entry_view(
    control: SheetControl,
    record: StoredValue<String>,
    entry: HistoryEntry,
    at: i64,
    now: Texts,
) -> AnyView {
    let deed = match entry.deed {
        Deed::Created => "added it",
        Deed::Updated if entry.changes.is_empty() => "changed what is said of it",
        Deed::Updated => "edited it",
        Deed::Deleted => "deleted it",
    };
    // What a new record came with is not a change of anything.
    let changes = if entry.deed == Deed::Updated { entry.changes } else { Vec::new() };
    let one = move |change| change_view(control, record, change, now);
    view! {
        <li>
            <p class="history-head"><b>{entry.who}</b> " " {deed} <span class="quiet">" · "{format::ago(entry.when, at)}</span></p>
            {changes.into_iter().map(one).collect_view().any()}
        </li>
    }
    .any()
}

fn change_view(
    control: SheetControl,
    record: StoredValue<String>,
    (field, before, after): (String, Option<String>, Option<String>),
    now: Texts,
) -> AnyView {
    let locked = control.sheet.with_value(|sheet| {
        let column = sheet.columns.iter().find(|column| column.key == field);
        column.is_none_or(|column| column.locked.is_some())
    });
    let (key, wanted) = (field.clone(), before.clone());
    let differs = move || now.with(|now| now.iter().any(|(field, text)| *field == key && *text != wanted));
    let (key, back) = (field.clone(), before.clone());
    let restore = Callback::new(move |()| {
        let known =
            |now: &Vec<(String, Option<String>)>| now.iter().find(|(field, _)| *field == key).cloned();
        let seen = now.with_untracked(known).and_then(|(_, text)| text);
        let edit = CellEdit { record: record.get_value(), field: key.clone(), text: back.clone(), seen };
        control.grid.write(vec![edit]);
    });
    let label = ["Restore ", &control.label(&field), ": ", before.as_deref().unwrap_or("empty")].concat();
    view! {
        <div class="history-change">
            <span class="quiet host">{control.label(&field)}</span>
            {texts(before, after)}
            {part(move || {
                (!locked && differs())
                    .then(|| {
                        let press = on_mouse(move |_| restore.run(()));
                        view! {
                            <button type="button" class="button button-small button-ghost" aria-label=label.clone() on:click=press>
                                "Restore"
                            </button>
                        }
                    })
            })}
        </div>
    }
    .any()
}

/// A text and what became of it.
pub fn texts(before: Option<String>, after: Option<String>) -> AnyView {
    view! { <p>{value(before, "del")} <span class="sr-only">"became"</span> <span aria-hidden="true">"→"</span> {value(after, "ins")}</p> }
        .any()
}

fn value(text: Option<String>, tag: &'static str) -> AnyView {
    match (text, tag) {
        (None, _) => view! { <span class="quiet">"empty"</span> }.any(),
        (Some(text), "del") => view! { <del>{text}</del> }.any(),
        (Some(text), _) => view! { <ins>{text}</ins> }.any(),
    }
}
