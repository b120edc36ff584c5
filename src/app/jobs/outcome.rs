//! What a job tells at its end: a note, or a dialog that waits to be closed, and what it offers.

use leptos::prelude::*;

use super::state::Jobs;
use crate::app::components::{Dialog, FollowUp, FollowUpDeed, Toast, Toasts, Tone, open_while};
use crate::app::later;
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::{Callback, RwSignal, Signal};
use crate::app::state::SpaceState;
use crate::domain::job::JobStatus;
use crate::domain::said::Said;
use crate::rpc::jobs::{Deed, JobCard};

/// Shows the end of a job, and takes its first offer where that happens by itself.
pub fn tell(jobs: Jobs, toasts: Toasts, card: JobCard) {
    let Some(told) = card.told.clone() else { return };
    let mut actions = follow_ups(&card, jobs);
    let everybody = told.automatic.is_some_and(|automatic| automatic.everybody);
    if let Some(automatic) = told.automatic.filter(|automatic| automatic.everybody || card.mine) {
        if !actions.is_empty() && is_looked_at() {
            actions.remove(0).act();
        }
        if automatic.silent {
            return;
        }
    }
    if told.acknowledge && (card.mine || everybody) || told.rest.is_some() && card.mine {
        jobs.outcomes.update(|outcomes| outcomes.push(card));
        return;
    }
    let tone = match card.status {
        JobStatus::Complete => Tone::Good,
        JobStatus::Canceled => Tone::Neutral,
        _ => Tone::Bad,
    };
    toasts.show(Toast { tone, title: told.heading, message: told.message, actions });
}

/// Of the windows that show a space, one at most is looked at.
fn is_looked_at() -> bool {
    document().has_focus().unwrap_or(true)
}

/// What an outcome offers, as buttons and links.
pub fn follow_ups(card: &JobCard, jobs: Jobs) -> Vec<FollowUp> {
    let offers = card.told.as_ref().map_or(&[][..], |told| told.offers.as_slice());
    let follow_up = |offer: &crate::rpc::jobs::Offer| {
        let (label, id) = (offer.label.clone(), card.id.clone());
        match offer.deed.clone() {
            Deed::Go(address) => FollowUp { label, deed: FollowUpDeed::Go(address) },
            Deed::Open(address) => FollowUp { label, deed: FollowUpDeed::Open(address) },
            Deed::Download(address, name) => FollowUp { label, deed: FollowUpDeed::Download(address, name) },
            Deed::Retry => FollowUp::run(label, move || jobs.retry(id.clone())),
            Deed::Undo => FollowUp::run(label, move || jobs.undo(id.clone())),
            Deed::HideColumns { address, sheet_id, keys } => {
                let asked = (address, sheet_id, keys);
                FollowUp::run(label, move || jobs.hide_columns(asked.clone()))
            }
            Deed::ClearFilters { sheet_ids, address } => {
                FollowUp::run(label, move || jobs.show_all(sheet_ids.clone(), address.clone()))
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
    let heading = move || first().and_then(|card| card.told).map_or(Said::default(), |told| told.heading);
    let title = Signal::derive(move || heading().words);
    view! {
        <Dialog id="outcome" open=open title=title hosts=Signal::derive(move || heading().hosts)>
            {part(move || first().map(|card| later::outcome(card, open)))}
        </Dialog>
    }
    .any()
}

/// What the dialog of an outcome says and offers.
pub fn outcome_body(card: JobCard, open: RwSignal<bool>) -> AnyView {
    let jobs = SpaceState::of_page().jobs;
    let Some(told) = card.told.clone() else { return ().any() };
    let actions = follow_ups(&card, jobs);
    let look = if actions.is_empty() { "button button-primary " } else { "button " };
    let close = told.button.map(|button| {
        let class = [look, button.class()].concat();
        view! { <button type="button" class=class on:click=on_mouse(move |_| open.set(false))>{button.words.clone()}</button> }
    });
    // A download leaves the dialog open, so that what it says can still be read.
    let before = Callback::new(move |()| open.set(false));
    let action = move |action: FollowUp| action.view("button button-primary", before);
    let rest = told.rest.map(|rest| {
        let class = if rest.fade { "rest fade" } else { "rest" };
        view! { <div class=class aria-hidden="true">{rest.confetti.then(confetti).any()}</div> }
    });
    view! {
        {rest.any()}
        <div class="dialog-body">{told.message.map(|message| view! { <p class=message.class()>{message.words.clone()}</p> }).any()}</div>
        <footer class="dialog-foot">{close.any()} {actions.into_iter().map(action).collect_view().any()}</footer>
    }
    .any()
}

/// Paper that falls once. The style sheet says where and in which colours; and not at all for those who want less
/// motion.
fn confetti() -> AnyView {
    (0..48).map(|_| view! { <i></i> }).collect_view().any()
}
