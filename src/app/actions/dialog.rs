//! The dialog before a job: what will be done, to which records, and what has to be filled in.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::steps::steps;
use crate::app::components::{Dialog, Icon, TryAgain, icon, open_while};
use crate::app::later;
use crate::app::plain::{Any, flag, on_mouse, part};
use crate::app::signals::{RwSignal, Signal, StoredValue};
use crate::app::state::{Asking, Deed, SpaceState};
use crate::rpc::RpcError;
use crate::rpc::actions::{ActionForm, Filled, Started, ask_before, run_action};
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
        <Dialog id="action" open=open title=Signal::derive(title) hosts=Signal::derive(|| true)>
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
    let begin = Begin {
        state: SpaceState::of_page(),
        asking: StoredValue::new(asking.clone()),
        open,
        starting: RwSignal::new(false),
        trouble: RwSignal::new(None),
    };
    match asking.deed {
        Deed::DeleteRecords(_) => deletion(begin),
        Deed::Act(action, place) => {
            let found = RwSignal::new(None::<Result<ActionForm, RpcError>>);
            let ask = move || {
                found.set(None);
                let (place, operation) = (place.clone(), action.operation.clone());
                let choosing = begin.asking.with_value(|asking| asking.choosing.clone());
                spawn_local(async move {
                    found.set(Some(ask_before(place, operation, choosing).await));
                });
            };
            ask();
            part(move || match found.get() {
                None => view! { <div class="coming" role="status" aria-label="Loading"></div> }.any(),
                Some(Ok(form)) => steps(begin, form),
                Some(Err(error)) => {
                    let again = ask.clone();
                    view! { <TryAgain message=error.message again=move |()| again() /> }.any()
                }
            })
            .any()
        }
    }
}

/// What the last step does: it starts the job.
#[derive(Clone, Copy)]
pub struct Begin {
    state: SpaceState,
    /// What is asked.
    pub asking: StoredValue<Asking>,
    /// Whether the dialog is open.
    pub open: RwSignal<bool>,
    /// The server is being asked.
    pub starting: RwSignal<bool>,
    /// Why it could not begin.
    pub trouble: RwSignal<Option<String>>,
}

impl Begin {
    /// Starts the job; `refused` hears what is wrong with the form.
    pub fn begin(self, filled: Filled, refused: impl FnOnce(Vec<(String, String)>) + 'static) {
        if self.starting.get_untracked() {
            return;
        }
        self.trouble.set(None);
        self.starting.set(true);
        spawn_local(async move {
            let Some(asking) = self.asking.try_get_value() else { return };
            let started = asking.started;
            let answer = start(asking, filled).await;
            self.starting.set(false);
            match answer {
                Ok(Started::Job(card)) => {
                    if let Some(started) = started {
                        started.try_run(());
                    }
                    self.open.set(false);
                    self.state.jobs.heard_of(*card);
                }
                Ok(Started::Refused(errors)) => refused(errors),
                Err(error) => self.trouble.set(Some(error.message)),
            }
        });
    }

    /// On what it acts, in words.
    pub fn scope(self) -> AnyView {
        let scope = self.asking.with_value(|asking| asking.scope.clone());
        view! { <p class="scope">{icon(Icon::Sheet)} <b>{scope}</b></p> }.any()
    }

    /// Why it could not begin.
    pub fn trouble(self) -> AnyView {
        let trouble = self.trouble;
        let words = part(move || trouble.get().map(|text| view! { <p class="field-error">{text}</p> }));
        view! { <div role="alert">{words}</div> }.any()
    }

    /// The button that goes on, or starts it; with `begin` the focus goes to it.
    pub fn button(self, label: String, class: &'static str, begin: bool) -> AnyView {
        let starting = self.starting;
        let words = part(move || if starting.get() { "Starting…".to_string() } else { label.clone() });
        view! { <button type="submit" class=class data-begin=begin.then_some("") aria-disabled=flag(move || starting.get())>{words}</button> }.any()
    }
}

async fn start(asking: Asking, filled: Filled) -> Result<Started, RpcError> {
    match asking.deed {
        Deed::Act(action, place) => run_action(place, action.operation, asking.choosing, filled).await,
        Deed::DeleteRecords(sheet_id) => {
            let card = jobs::delete_records(sheet_id, asking.choosing).await?;
            Ok(Started::Job(Box::new(card)))
        }
    }
}

fn deletion(begin: Begin) -> AnyView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        begin.begin(Filled::new(), |_| {});
    };
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                <p>"They go from the sheet. A version with them is kept."</p>
                {begin.scope()}
                {begin.trouble()}
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| begin.open.set(false))>"Cancel"</button>
                {begin.button("Delete".to_string(), "button button-danger", false)}
            </footer>
        </form>
    }
    .any()
}
