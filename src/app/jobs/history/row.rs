//! One job of the history.

use leptos::prelude::*;

use super::details::details;
use crate::app::components::{FollowUp, Icon, Progress, icon};
use crate::app::format;
use crate::app::jobs::outcome::follow_ups;
use crate::app::jobs::state::progress_line;
use crate::app::plain::{Any, flag, on_mouse, part};
use crate::app::signals::{Callback, RwSignal, Signal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::job::JobStatus;
use crate::rpc::jobs::JobCard;

/// How a status is shown: its sign, its class and its word.
pub fn sign_of(status: JobStatus) -> (Icon, &'static str, &'static str) {
    match status {
        JobStatus::Complete => (Icon::CheckCircle, "state good", "Complete"),
        JobStatus::Failed => (Icon::Alert, "state bad", "Failed"),
        JobStatus::Canceled => (Icon::Close, "state", "Canceled"),
        JobStatus::Executing => (Icon::Spinner, "state running", "Running"),
        _ => (Icon::Clock, "state", "Waiting"),
    }
}

/// One job: what it was, how it ended, what it offers; and, when it is opened, all that is known of it.
#[component]
pub fn JobRow(
    /// The job.
    card: JobCard,
    /// The server's clock when the list was read.
    now: i64,
    /// Which job is open.
    opened: RwSignal<Option<String>>,
) -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let (sign, class, word) = sign_of(card.status);
    let running = !card.status.is_terminal();
    let lasted = card.started_at.zip(card.finished_at).map(|(from, to)| format::span(to - from));
    let when = format!("{} · {}", format::ago(card.created_at, now), card.created_by);
    let when = lasted.map_or(when.clone(), |lasted| format!("{when} · took {lasted}"));
    let message = card.told.as_ref().and_then(|told| told.message.clone());
    let (label, whose) = (card.label.words.clone(), card.label.class());
    // While it runs, the stream knows more than the history that was read.
    let known = StoredValue::new(card.clone());
    let newest = move || {
        let running =
            jobs.running.get().into_iter().find(|other| known.with_value(|card| other.id == card.id));
        running.unwrap_or_else(|| known.get_value())
    };
    let mut actions = follow_ups(&card, jobs);
    let id = card.id.clone();
    if card.status == JobStatus::Canceled {
        actions.push(FollowUp::run("Run again".into(), move || jobs.retry(id.clone())));
    } else if running {
        actions.push(FollowUp::run("Cancel".into(), move || jobs.cancel(id.clone())));
    }
    let nothing = Callback::new(|()| ());
    let offer = move |action: FollowUp| action.view("button button-small", nothing);
    let is_open = move || opened.with(|opened| known.with_value(|card| opened.as_ref() == Some(&card.id)));
    let toggle = move |_| {
        let id = known.with_value(|card| card.id.clone());
        opened.update(|opened| *opened = (opened.as_ref() != Some(&id)).then_some(id));
    };
    view! {
        <li class="job-row">
            <p class="job-head">
                <b class=whose>{label.clone()}</b>
                <span class=class>{icon(sign)} {word}</span>
            </p>
            <p class="quiet">{when}</p>
            {running
                .then(|| {
                    view! {
                        <div class=whose><Progress label=label.clone() percent=Signal::derive(move || Some(newest().progress)) />
                        <p class="quiet">{part(move || progress_line(&newest(), now).0)}</p></div>
                    }
                }).any()}
            {(!card.input.is_empty())
                .then(|| {
                    let entry = |(label, value): (String, String)| view! { <dt>{label}</dt> <dd>{value}</dd> };
                    view! { <dl class="job-input host">{card.input.into_iter().map(entry).collect_view().any()}</dl> }
                }).any()}
            {message.map(|message| view! { <p class=["job-message ", message.class()].concat()>{message.words.clone()}</p> }).any()}
            <div class="toast-actions">
                {actions.into_iter().map(offer).collect_view().any()}
                <button
                    type="button"
                    class="button button-ghost button-small"
                    aria-expanded=flag(is_open)
                    aria-label=format!("Details of {label}")
                    on:click=on_mouse(toggle)
                >
                    "Details"
                </button>
            </div>
            {part(move || is_open().then(|| known.with_value(details)))}
        </li>
    }
    .any()
}
