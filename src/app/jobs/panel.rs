//! The history of jobs: as a panel from the right, and as a page.

use leptos::prelude::*;

use crate::app::plain::{Any, part};

use super::outcome::follow_ups;
use super::state::progress_line;
use crate::app::components::{Dialog, EmptyState, FollowUp, Icon, Progress, TryAgain, icon};
use crate::app::format;
use crate::app::later;
use crate::app::signals::{Callback, Memo, Signal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::job::JobStatus;
use crate::rpc;
use crate::rpc::jobs::{self, JobCard};

/// The panel; it reads the history when it is opened.
#[component]
pub fn JobsPanel() -> impl IntoView {
    let state = SpaceState::of_page();
    view! {
        <Dialog id="jobs-panel" open=state.panel title="Jobs" panel=true>
            <div class="dialog-body">
                {later::job_history()}
            </div>
        </Dialog>
    }
    .any()
}

/// The jobs of the space, the newest first.
#[component]
pub fn JobHistory() -> impl IntoView {
    let state = SpaceState::of_page();
    let id = state.id();
    let moved = Memo::new(move |_| state.jobs.moved.get().to_string());
    let history = rpc::read(move || moved.get(), move |_| jobs::jobs(id.clone()));
    view! {
        <Transition fallback=|| view! { <p class="quiet">"Reading the history…"</p> }>
            {move || Suspend::new(async move {
                match history.answer().await {
                    Err(error) => {
                        let again = move |()| state.jobs.moved.update(|moved| *moved += 1);
                        view! { <TryAgain message=error.message again=again /> }.any()
                    }
                    Ok(list) if list.jobs.is_empty() => {
                        view! {
                            <EmptyState
                                sign=Icon::Clock
                                title="No jobs yet"
                                text="An import, an export or an action makes one. It is kept here with what it did."
                            />
                        }
                            .any()
                    }
                    Ok(list) => {
                        let more = list.total.saturating_sub(list.jobs.len() as u64);
                        let now = list.now;
                        view! {
                            <ol class="job-list">
                                {list.jobs.into_iter().map(|card| view! { <JobRow card=card now=now /> }).collect_view().any()}
                            </ol>
                            {(more > 0).then(|| view! { <p class="quiet">{format!("{} older jobs", format::count(more))}</p> }).any()}
                        }
                            .any()
                    }
                }
            })}
        </Transition>
    }
    .any()
}

#[component]
fn JobRow(card: JobCard, now: i64) -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let (sign, class, word) = match card.status {
        JobStatus::Complete => (Icon::CheckCircle, "state good", "Complete"),
        JobStatus::Failed => (Icon::Alert, "state bad", "Failed"),
        JobStatus::Canceled => (Icon::Close, "state", "Canceled"),
        JobStatus::Executing => (Icon::Spinner, "state running", "Running"),
        _ => (Icon::Clock, "state", "Waiting"),
    };
    let running = !card.status.is_terminal();
    let lasted = card.started_at.zip(card.finished_at).map(|(from, to)| format::span(to - from));
    let when = format!("{} · {}", format::ago(card.created_at, now), card.created_by);
    let when = lasted.map_or(when.clone(), |lasted| format!("{when} · took {lasted}"));
    let message = card.told.as_ref().and_then(|told| told.message.clone());
    let label = card.label.clone();
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
        actions.push(FollowUp::run("Run again", move || jobs.retry(id.clone())));
    } else if running {
        actions.push(FollowUp::run("Cancel", move || jobs.cancel(id.clone())));
    }
    let nothing = Callback::new(|()| ());
    let offer = move |action: FollowUp| action.view("button button-small", nothing);
    view! {
        <li class="job-row">
            <p class="job-head">
                <b>{card.label.clone()}</b>
                <span class=class>{icon(sign)} {word}</span>
            </p>
            <p class="quiet">{when}</p>
            {running
                .then(|| {
                    view! {
                        <Progress label=label.clone() percent=Signal::derive(move || Some(newest().progress)) />
                        <p class="quiet">{part(move || progress_line(&newest(), now).0)}</p>
                    }
                }).any()}
            {(!card.input.is_empty())
                .then(|| {
                    let entry = |(label, value): (String, String)| view! { <dt>{label}</dt> <dd>{value}</dd> };
                    view! { <dl class="job-input">{card.input.into_iter().map(entry).collect_view().any()}</dl> }
                }).any()}
            {message.map(|message| view! { <p class="job-message">{message}</p> }).any()}
            {(!actions.is_empty())
                .then(|| view! { <div class="toast-actions">{actions.into_iter().map(offer).collect_view().any()}</div> }).any()}
        </li>
    }
    .any()
}
