//! Jobs that run: the pill in the top bar, the card among the notes, the cover over a sheet.

use leptos::prelude::*;

use crate::app::plain::{Any, each, on_mouse, part};

use super::state::{Jobs, progress_line};
use crate::app::components::{Icon, Progress, icon};
use crate::app::signals::{Memo, Signal};
use crate::app::state::SpaceState;
use crate::domain::job::{JobMode, JobStatus};
use crate::domain::said::Said;
use crate::rpc::jobs::JobCard;

/// The pill: how many jobs run, or how far the only one is. It opens the panel.
#[component]
pub fn JobPill() -> impl IntoView {
    let state = SpaceState::of_page();
    let words = move || {
        state.jobs.running.with(|running| {
            let seen: Vec<&JobCard> = running.iter().filter(|card| card.mode != JobMode::Hidden).collect();
            match seen.as_slice() {
                [] => None,
                [one] => {
                    let words = format!("{} {} %", one.label.words, one.progress);
                    Some(Said { words, hosts: one.label.hosts })
                }
                many => Some(format!("{} jobs running", many.len()).into()),
            }
        })
    };
    part(move || {
        words().map(|words| {
            view! {
                <button type="button" class="pill" on:click=on_mouse(move |_| state.panel.set(true))>
                    {icon(Icon::Spinner)}
                    <span class=words.class()>{words.words.clone()}</span>
                </button>
            }
        })
    })
}

/// A card for each job that runs in the background.
#[component]
pub fn RunningCards() -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let ids = move || {
        jobs.running.with(|running| {
            let seen =
                running.iter().filter(|card| !matches!(card.mode, JobMode::Hidden | JobMode::Foreground));
            seen.map(|card| card.id.clone()).collect::<Vec<_>>()
        })
    };
    view! {
        <div role="status" aria-live="polite" aria-atomic="false">
            {each(ids, move |id| view! { <JobCardView jobs=jobs id=id /> }.any())}
        </div>
    }
    .any()
}

/// The cover over a sheet while a foreground job runs on it, or on its workbook.
#[component]
pub fn ForegroundJob(
    /// The sheet.
    sheet_id: String,
    /// Its workbook.
    workbook_id: String,
) -> impl IntoView {
    let jobs = SpaceState::of_page().jobs;
    let id = Memo::new(move |_| {
        jobs.running.with(|running| {
            let covers = |card: &&JobCard| {
                let about = match (&card.sheet_id, &card.workbook_id) {
                    (Some(sheet), _) => *sheet == sheet_id,
                    (None, Some(workbook)) => *workbook == workbook_id,
                    (None, None) => true,
                };
                card.mode == JobMode::Foreground && about
            };
            running.iter().find(covers).map(|card| card.id.clone())
        })
    });
    #[cfg(feature = "hydrate")]
    crate::app::plain::watch(move || {
        // What is covered is not reached by keyboard either.
        if let Some(grid) = crate::app::dom::by_id("grid") {
            let _ = grid.toggle_attribute_with_force("inert", id.get().is_some());
        }
    });
    part(move || {
        id.get().map(|id| {
            view! {
                <div class="cover" role="status">
                    <JobCardView jobs=jobs id=id />
                </div>
            }
        })
    })
}

/// One running job.
#[component]
fn JobCardView(
    /// Where it is kept.
    jobs: Jobs,
    /// Which one.
    id: String,
) -> impl IntoView {
    let card = Memo::new({
        let id = id.clone();
        move |_| jobs.running.with(|running| running.iter().find(|card| card.id == id).cloned())
    });
    let label =
        move || card.with(|card| card.as_ref().map_or(String::new(), |card| card.label.words.clone()));
    let hosts = card.with_untracked(|card| card.as_ref().is_some_and(|card| card.label.hosts));
    let line = move || card.with(|card| card.as_ref().map(|card| progress_line(card, jobs.clock.get())));
    let percent = move || {
        card.with(|card| {
            card.as_ref().filter(|card| card.status == JobStatus::Executing).map(|card| card.progress)
        })
    };
    let cancel = move |_| jobs.cancel(id.clone());
    view! {
        <div class=if hosts { "toast job host" } else { "toast job" }>
            <p class="toast-title">
                {icon(Icon::Spinner)} <b>{part(label)}</b>
                <button type="button" class="button button-ghost button-small" on:click=on_mouse(cancel)>
                    "Cancel"
                </button>
            </p>
            <Progress label=Signal::derive(label) percent=Signal::derive(percent) />
            <p class="job-line" aria-hidden="true">
                <span>{part(move || line().map(|(doing, _)| doing))}</span>
                <span class="ours">{part(move || line().and_then(|(_, left)| left))}</span>
            </p>
        </div>
    }
    .any()
}
