//! What a job tells at its end: a note, or a dialog that waits to be closed, and what it offers.

use leptos::prelude::*;

use super::state::Jobs;
use crate::app::components::{Dialog, FollowUp, FollowUpDeed, Toast, Toasts, Tone, open_while};
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::{Callback, RwSignal, Signal};
use crate::app::state::SpaceState;
use crate::domain::job::JobStatus;
use crate::rpc::jobs::{Deed, JobCard, Told};

/// Shows the end of a job.
pub fn tell(jobs: Jobs, toasts: Toasts, card: JobCard) {
    let Some(told) = card.told.clone() else { return };
    if told.acknowledge {
        jobs.outcomes.update(|outcomes| outcomes.push(card));
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
pub fn follow_ups(card: &JobCard, jobs: Jobs) -> Vec<FollowUp> {
    let offers = card.told.as_ref().map_or(&[][..], |told| told.offers.as_slice());
    let follow_up = |offer: &crate::rpc::jobs::Offer| {
        let label = offer.label.clone();
        match &offer.deed {
            Deed::Go(address) => FollowUp { label, deed: FollowUpDeed::Go(address.clone()) },
            Deed::Download(address) => FollowUp { label, deed: FollowUpDeed::Download(address.clone()) },
            Deed::Retry => {
                let id = card.id.clone();
                FollowUp::run(&label, move || jobs.retry(id.clone()))
            }
            Deed::Undo => {
                let id = card.id.clone();
                FollowUp::run(&label, move || jobs.undo(id.clone()))
            }
            Deed::HideColumns { address, sheet_id, keys } => {
                let asked = (address.clone(), sheet_id.clone(), keys.clone());
                FollowUp::run(&label, move || jobs.hide_columns(asked.clone()))
            }
            Deed::ClearFilters => {
                FollowUp::run(&label, move || jobs.clear_filters.update(|times| *times += 1))
            }
        }
    };
    offers.iter().map(follow_up).collect()
}

/// The dialog of an outcome that waits to be closed.
#[component]
pub fn OutcomeDialog() -> impl IntoView {
    let state = SpaceState::of_page();
    let jobs = state.jobs;
    let closed = move || {
        if let Some(id) =
            jobs.outcomes.with_untracked(|outcomes| outcomes.first().map(|card| card.id.clone()))
        {
            jobs.acknowledge(id);
        }
    };
    let first = move || jobs.outcomes.with(|outcomes| outcomes.first().cloned());
    let open = open_while(move || first().is_some(), closed);
    let title = move || first().and_then(|card| card.told).map_or(String::new(), |told| told.heading);
    view! {
        <Dialog id="outcome" open=open title=Signal::derive(title)>
            {part(move || {
                first()
                    .and_then(|card| Some((card.told.clone()?, card)))
                    .map(|(told, card)| view! { <OutcomeBody told=told card=card open=open /> })
            })}
        </Dialog>
    }
    .any()
}

#[component]
fn OutcomeBody(told: Told, card: JobCard, open: RwSignal<bool>) -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let actions = follow_ups(&card, jobs);
    let class = if actions.is_empty() { "button button-primary" } else { "button" };
    let close = told.button.map(|button| {
        view! { <button type="button" class=class on:click=on_mouse(move |_| open.set(false))>{button}</button> }
    });
    // A download leaves the dialog open, so that what it says can still be read.
    let before = Callback::new(move |()| open.set(false));
    let action = move |action: FollowUp| action.view("button button-primary", before);
    view! {
        <div class="dialog-body">{told.message.map(|message| view! { <p>{message}</p> }).any()}</div>
        <footer class="dialog-foot">{close.any()} {actions.into_iter().map(action).collect_view().any()}</footer>
    }
    .any()
}
