//! What a job tells at its end: a note, or a dialog that waits to be closed, and what it offers.

use leptos::prelude::*;

use super::state::Jobs;
use crate::app::components::{Dialog, Toast, ToastAction, Toasts, Tone};
use crate::app::plain::{live, on_mouse, part};
use crate::app::state::SpaceState;
use crate::domain::job::JobStatus;
use crate::rpc::jobs::{Deed, JobCard, Told};

/// Shows the end of a job.
pub fn tell(jobs: Jobs, toasts: Toasts, card: JobCard) {
    let Some(told) = card.told.clone() else { return };
    if told.acknowledge {
        let _ = jobs.outcome.try_set(Some(card));
        return;
    }
    let tone = match card.status {
        JobStatus::Complete => Tone::Good,
        JobStatus::Canceled => Tone::Neutral,
        _ => Tone::Bad,
    };
    let actions = follow_ups(&card, jobs);
    toasts.show(Toast { tone, title: told.heading, message: told.message, actions });
}

/// What an outcome offers, as buttons and links.
pub fn follow_ups(card: &JobCard, jobs: Jobs) -> Vec<ToastAction> {
    let offers = card.told.as_ref().map_or(&[][..], |told| told.offers.as_slice());
    let action = |offer: &crate::rpc::jobs::Offer| {
        let (link, download, run) = match &offer.deed {
            Deed::Go(address) => (Some(address.clone()), false, None),
            Deed::Download(address) => (Some(address.clone()), true, None),
            Deed::Retry => {
                let id = card.id.clone();
                (None, false, Some(Callback::new(move |()| jobs.retry(id.clone()))))
            }
            Deed::ClearFilters => {
                let clear = move |()| jobs.clear_filters.update(|times| *times += 1);
                (None, false, Some(Callback::new(clear)))
            }
        };
        ToastAction { label: offer.label.clone(), link, download, run }
    };
    offers.iter().map(action).collect()
}

/// The dialog of an outcome that waits to be closed.
#[component]
pub fn OutcomeDialog() -> impl IntoView {
    let state = SpaceState::of_page();
    let jobs = state.jobs;
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(jobs.outcome.with(Option::is_some)));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            if let Some(card) = jobs.outcome.get_untracked() {
                jobs.acknowledge(card.id);
            }
        }
        now
    });
    let title = move || {
        let told = jobs.outcome.with(|card| card.as_ref().and_then(|card| card.told.clone()));
        told.map_or(String::new(), |told| told.heading)
    };
    view! {
        <Dialog id="outcome" open=open title=live(title)>
            {part(move || {
                let card = jobs.outcome.get();
                card.and_then(|card| Some((card.told.clone()?, card)))
                    .map(|(told, card)| view! { <OutcomeBody told=told card=card open=open /> })
            })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn OutcomeBody(told: Told, card: JobCard, open: RwSignal<bool>) -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let actions = follow_ups(&card, jobs);
    let class = if actions.is_empty() { "button button-primary" } else { "button" };
    let close = told.button.map(|button| {
        view! { <button type="button" class=class on:click=on_mouse(move |_| open.set(false))>{button}</button> }
    });
    let action = move |action: ToastAction| {
        match (action.link, action.run) {
        (Some(link), _) => view! {
            <a class="button button-primary" href=link download=action.download.then_some("") rel="external">{action.label}</a>
        }
        .into_any(),
        (None, run) => view! {
            <button
                type="button"
                class="button button-primary"
                on:click=on_mouse(move |_| {
                    open.set(false);
                    if let Some(run) = run {
                        run.run(());
                    }
                })
            >
                {action.label}
            </button>
        }
        .into_any(),
    }
    };
    view! {
        <div class="dialog-body">{told.message.map(|message| view! { <p>{message}</p> })}</div>
        <footer class="dialog-foot">{close} {actions.into_iter().map(action).collect_view()}</footer>
    }
    .into_any()
}
