//! The history of jobs: as a panel from the right, and as a page. It is filtered by how jobs ended and searched by what
//! they say; each job opens to all that is known of it.

mod details;
mod row;

pub use details::{clock, curve, log, parts};
pub use row::sign_of;

use leptos::prelude::*;

use self::row::JobRow;
use crate::app::components::{Dialog, EmptyState, Icon, TryAgain};
use crate::app::later;
use crate::app::plain::{Any, live, on_event, on_mouse};
use crate::app::signals::{Memo, RwSignal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::job::JobStanding;
use crate::rpc;
use crate::rpc::job_history::{HistoryAsked, JobList, job_history};

/// Jobs that are listed at first, and that "Show more" adds.
const PAGE: u64 = 50;
/// How long typing has to rest before the history is searched.
const REST_MILLISECONDS: u64 = 250;

const STANDINGS: [(&str, Option<JobStanding>); 5] = [
    ("All jobs", None),
    ("Running", Some(JobStanding::Running)),
    ("Complete", Some(JobStanding::Complete)),
    ("Failed", Some(JobStanding::Failed)),
    ("Canceled", Some(JobStanding::Canceled)),
];

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
    let standing = RwSignal::new(0_usize);
    let text = RwSignal::new(String::new());
    let most = RwSignal::new(PAGE);
    let opened = RwSignal::new(None::<String>);
    let space = StoredValue::new(state.id());
    let question = Memo::new(move |_| {
        let asked = (standing.get(), most.get(), state.jobs.moved.get());
        format!("{} {} {} {}", asked.0, asked.1, asked.2, text.get())
    });
    let history = rpc::read(
        move || question.get(),
        move |_| {
            let asked = HistoryAsked {
                space_id: space.get_value(),
                standing: STANDINGS.get(standing.get_untracked()).and_then(|(_, standing)| *standing),
                text: text.get_untracked(),
                most: most.get_untracked(),
            };
            job_history(asked)
        },
    );
    let narrowed = move || standing.get() > 0 || !text.with(String::is_empty);
    let all = move |_| {
        standing.set(0);
        text.set(String::new());
    };
    view! {
        {filters(standing, text)}
        <Transition fallback=|| view! { <p class="quiet">"Reading the history…"</p> }>
            {move || Suspend::new(async move {
                match history.answer().await {
                    Err(error) => {
                        let again = move |()| state.jobs.moved.update(|moved| *moved += 1);
                        view! { <TryAgain message=error.message again=again /> }.any()
                    }
                    Ok(list) if list.jobs.is_empty() && narrowed() => {
                        view! {
                            <p class="quiet">
                                "No job is like that. "
                                <button type="button" class="button button-small" on:click=on_mouse(all)>"Show all jobs"</button>
                            </p>
                        }
                            .any()
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
                    Ok(list) => listed(list, opened, most),
                }
            })}
        </Transition>
    }
    .any()
}

fn listed(list: JobList, opened: RwSignal<Option<String>>, most: RwSignal<u64>) -> AnyView {
    let more = list.total.saturating_sub(list.jobs.len() as u64);
    let now = list.now;
    let row = move |card| view! { <JobRow card=card now=now opened=opened /> };
    let show_more = move |_| most.update(|most| *most += PAGE);
    view! {
        <ol class="job-list">{list.jobs.into_iter().map(row).collect_view().any()}</ol>
        {(more > 0)
            .then(|| {
                let words = format!("Show more ({} older)", crate::app::format::count(more));
                view! { <button type="button" class="button" on:click=on_mouse(show_more)>{words}</button> }
            })
            .any()}
    }
    .any()
}

/// Which jobs are shown, and the search.
fn filters(standing: RwSignal<usize>, text: RwSignal<String>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let turns = StoredValue::new(0_u32);
    let search = move |value: String| {
        typed.set(value);
        let turn = turns.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        let later = move || {
            if turns.try_get_value() == turn
                && let Some(typed) = typed.try_get_untracked()
            {
                text.set(typed);
            }
        };
        set_timeout(later, std::time::Duration::from_millis(REST_MILLISECONDS));
    };
    // "Show all jobs" empties the search.
    crate::app::plain::on_change(move || text.get(), move |text| typed.set(text.clone()));
    let choice = |(place, (label, _)): (usize, &(&'static str, Option<JobStanding>))| {
        view! { <option value=place.to_string()>{*label}</option> }
    };
    view! {
        <div class="job-filters" role="search">
            <input
                type="search"
                class="input"
                placeholder="Search jobs"
                aria-label="Search jobs"
                prop:value=live(move || typed.get())
                on:input=on_event(move |event| search(event_target_value(&event)))
            />
            <select
                class="input"
                aria-label="Which jobs"
                prop:value=live(move || standing.get().to_string())
                on:change=on_event(move |event| standing.set(event_target_value(&event).parse().unwrap_or(0)))
            >
                {STANDINGS.iter().enumerate().map(choice).collect_view().any()}
            </select>
        </div>
    }
    .any()
}
