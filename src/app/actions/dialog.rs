//! The dialog before a job: what will be done, to which records, and what has to be filled in.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_mouse, part};
use leptos::task::spawn_local;

use super::form::{Answers, InputFields};
use crate::app::components::{Dialog, Icon, icon, open_while};
use crate::app::later;
use crate::app::signals::{RwSignal, Signal, StoredValue};
use crate::app::state::{Asking, Deed, SpaceState};
use crate::rpc::RpcError;
use crate::rpc::actions::{self, Started};
use crate::rpc::jobs;

/// The dialog; it opens when something is asked.
#[component]
pub fn ActionDialog() -> impl IntoView {
    let state = SpaceState::of_page();
    let open = open_while(move || state.asking.with(Option::is_some), move || state.asking.set(None));
    let title = move || {
        state.asking.with(|asking| match asking.as_ref().map(|asking| &asking.deed) {
            Some(Deed::Act(action, _)) => action.label.clone(),
            Some(Deed::DeleteRecords(_)) => "Delete records".to_string(),
            None => String::new(),
        })
    };
    view! {
        <Dialog id="action" open=open title=Signal::derive(title)>
            {part(move || state.asking.get().map(|asking| later::action_question(asking, open)))}
        </Dialog>
    }
    .any()
}

/// What is asked, and the buttons that answer it.
#[component]
pub fn Question(
    /// What is asked.
    asking: Asking,
    /// Whether the dialog is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let starting = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let (text, form, verb) = match &asking.deed {
        Deed::Act(action, _) => (action.question.clone(), action.inputs.clone(), action.label.clone()),
        Deed::DeleteRecords(_) => (
            Some("They go from the sheet. A version with them is kept.".to_string()),
            Vec::new(),
            "Delete".to_string(),
        ),
    };
    let danger = matches!(asking.deed, Deed::DeleteRecords(_));
    let answers = Answers::new(&form);
    let scope = asking.scope.clone();
    let asking = StoredValue::new(asking);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if starting.get_untracked() {
            return;
        }
        trouble.set(None);
        let Some(input) = answers.given() else {
            answers.focus_first_error();
            return;
        };
        starting.set(true);
        spawn_local(async move {
            let asking = asking.get_value();
            let started = asking.started;
            let answer = begin(asking, input).await;
            starting.set(false);
            match answer {
                Ok(Started::Job(card)) => {
                    if let Some(started) = started {
                        started.try_run(());
                    }
                    open.set(false);
                    state.jobs.heard_of(*card);
                }
                Ok(Started::Refused(errors)) => {
                    answers.refuse(errors);
                    answers.focus_first_error();
                }
                Err(error) => {
                    trouble.set(Some(error.message));
                }
            }
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                {text.map(|text| view! { <p>{text}</p> }).any()}
                <p class="scope">{icon(Icon::Sheet)} <b>{scope}</b></p>
                <InputFields answers=answers />
                <div role="alert">{part(move || trouble.get().map(|text| view! { <p class="field-error">{text}</p> }))}</div>
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                <button
                    type="submit"
                    class=if danger { "button button-danger" } else { "button button-primary" }
                    aria-disabled=flag(move || starting.get())
                >
                    {part(move || if starting.get() { "Starting…".to_string() } else { verb.clone() })}
                </button>
            </footer>
        </form>
    }
    .any()
}

async fn begin(asking: Asking, input: Vec<(String, String)>) -> Result<Started, RpcError> {
    match asking.deed {
        Deed::Act(action, place) => {
            actions::run_action(place, action.operation, asking.choosing, input).await
        }
        Deed::DeleteRecords(sheet_id) => {
            let card = jobs::delete_records(sheet_id, asking.choosing).await?;
            Ok(Started::Job(Box::new(card)))
        }
    }
}
