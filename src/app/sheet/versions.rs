//! The history of the sheet: what changed it, the versions that are kept, and the way back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::changing::undo_change;
use super::control::{SheetControl, Side};
use super::side::{focus_heading, panel as side_panel};
use super::turns::Turns;
use crate::app::components::{Button, EmptyState, Icon, Toast, Tone, TryAgain};
use crate::app::format::ago;
use crate::app::plain::{Any, live, on_event, on_mouse, part, watch};
use crate::app::signals::{Callback, RwSignal, Signal, StoredValue};
use crate::rpc::RpcError;
use crate::rpc::versions::{self, KeptVersion, SheetChange, SheetHistory};

/// How long edits have to rest before the history is read anew.
const REST_MILLISECONDS: u64 = 300;

/// What the server said last.
type Answer = RwSignal<Option<Result<SheetHistory, RpcError>>>;

/// The panel of versions.
pub fn panel(control: SheetControl) -> AnyView {
    let answer: Answer = RwSignal::new(None);
    let turns = Turns::new();
    let ask = move |milliseconds| {
        turns.ask(
            milliseconds,
            move || versions::versions(control.id()),
            move |found| answer.set(Some(found)),
        );
    };
    let again = Callback::new(move |()| ask(0));
    watch(move || {
        control.grid.version.track();
        ask(if answer.with_untracked(Option::is_some) { REST_MILLISECONDS } else { 0 });
    });
    focus_heading();
    let inside = part(move || match answer.get() {
        None => view! { <p class="quiet">"Reading the history…"</p> }.any(),
        Some(Err(error)) => view! { <TryAgain message=error.message again=again /> }.any(),
        Some(Ok(history)) => lists(control, history, again),
    });
    let body = view! { <div class="side-body">{keep_form(control, again)} {inside}</div> };
    side_panel(control, Signal::derive(|| "Versions".to_string()), ().any(), body.any())
}

fn lists(control: SheetControl, history: SheetHistory, again: Callback<()>) -> AnyView {
    let now = history.now;
    let kept = move |version| kept_view(control, version, now, again);
    let change = move |change| change_view(control, change, now);
    view! {
        {(!history.kept.is_empty())
            .then(|| {
                view! {
                    <h3>"Kept"</h3>
                    <ul class="history">{history.kept.into_iter().map(kept).collect_view().any()}</ul>
                }
            }).any()}
        <h3>"Changes"</h3>
        {if history.changes.is_empty() {
            view! { <EmptyState sign=Icon::History title="No changes yet" text="Imports, edits and actions appear here, each with Undo." /> }.any()
        } else {
            view! { <ol class="history">{history.changes.into_iter().map(change).collect_view().any()}</ol> }.any()
        }}
    }
    .any()
}

/// Keeps the sheet as it is now, under a name.
fn keep_form(control: SheetControl, again: Callback<()>) -> AnyView {
    let label = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = label.get_untracked();
        let id = control.id();
        spawn_local(async move {
            match versions::keep_version(id, Some(text)).await {
                Ok(()) => {
                    label.set(String::new());
                    control.state.toasts.show(Toast::new(Tone::Good, "This version is kept"));
                    again.try_run(());
                }
                Err(error) => control.state.fail("The version was not kept", error),
            }
        });
    };
    view! {
        <form class="keep-form" on:submit=submit>
            <input
                class="input"
                aria-label="Name of this version"
                placeholder="Name of this version"
                prop:value=live(move || label.get())
                on:input=on_event(move |event| label.set(event_target_value(&event)))
            />
            <button type="submit" class="button">"Keep"</button>
        </form>
    }
    .any()
}

fn kept_view(control: SheetControl, version: KeptVersion, now: i64, again: Callback<()>) -> AnyView {
    let id = StoredValue::new(version.id);
    let reason = version.current.then(|| "The sheet is as it was then".to_string());
    let restore = move |()| {
        spawn_local(async move {
            match versions::restore_version(id.get_value(), None).await {
                Ok(()) => {
                    let words = "How it was before is kept, too.";
                    control
                        .state
                        .toasts
                        .show(Toast::new(Tone::Good, "The sheet is as it was then").saying(words));
                    let sheet = Some(control.id());
                    control.state.sheet_moved.try_update(|moved| *moved = (moved.0 + 1, sheet));
                    again.try_run(());
                }
                Err(error) => control.state.fail("The version did not come back", error),
            }
        });
    };
    let forget = move |_| {
        spawn_local(async move {
            if let Err(error) = versions::forget_version(id.get_value()).await {
                control.state.fail("The version is still kept", error);
            }
            again.try_run(());
        });
    };
    let title = version.label.unwrap_or_else(|| "Without a name".to_string());
    let forget_label = ["Do not keep ", &title].concat();
    view! {
        <li>
            <p class="history-head"><b class="host">{title}</b></p>
            <p class="quiet">{[&ago(version.when, now), " · ", &version.who].concat()}</p>
            <div class="fixes">
                <Button label="Compare" press=move |()| compare(control, id.get_value()) />
                <Button label="Go back to it" reason=reason press=restore />
                <button type="button" class="button button-ghost" aria-label=forget_label on:click=on_mouse(forget)>"Do not keep"</button>
            </div>
        </li>
    }
    .any()
}

fn change_view(control: SheetControl, change: SheetChange, now: i64) -> AnyView {
    let SheetChange { undo, title, scope, who, when } = change;
    let label = ["Undo: ", &title, ", ", &scope].concat();
    let undo = undo.map(|change| {
        let press = on_mouse(move |_| undo_change(control, control.id(), change.clone()));
        view! { <button type="button" class="button button-small" aria-label=label on:click=press>"Undo"</button> }
    });
    view! {
        <li class="history-line">
            <div>
                <p class="history-head"><b>{title}</b> " " {scope}</p>
                <p class="quiet">{[&ago(when, now), " · ", &who].concat()}</p>
            </div>
            {undo.any()}
        </li>
    }
    .any()
}

/// Opens what has changed since a version.
fn compare(control: SheetControl, version: String) {
    control.compared.set(Some(version));
    control.side.set(Some(Side::Compare));
}
