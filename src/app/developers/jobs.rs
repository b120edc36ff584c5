//! The jobs of an environment over all its spaces, the newest first, and going on.

use leptos::prelude::*;

use super::log::{self, Lines};
use super::{Developers, job, section};
use crate::app::components::{Control, EmptyState, FormField, Icon, Table, icon};
use crate::app::following::{self, Following};
use crate::app::format;
use crate::app::jobs::sign_of;
use crate::app::plain::{Any, each, on_mouse, part};
use crate::app::signals::RwSignal;
use crate::domain::job::JobStanding;
use crate::domain::route::Route;
use crate::rpc::job_log::{self, JobLog, JobsAsked, LoggedJob};

impl Lines for JobLog {
    fn ids(&self) -> Vec<String> {
        self.jobs.iter().map(|job| job.id.clone()).collect()
    }

    fn has_more(&self) -> bool {
        self.total > self.jobs.len() as u64
    }
}

/// What can be shown alone: key, words and standing.
const STANDINGS: &[(&str, &str, Option<JobStanding>)] = &[
    ("", "All jobs", None),
    ("running", "Running", Some(JobStanding::Running)),
    ("complete", "Complete", Some(JobStanding::Complete)),
    ("failed", "Failed", Some(JobStanding::Failed)),
    ("canceled", "Canceled", Some(JobStanding::Canceled)),
];

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Jobs {
    asked: Asked,
    log: Following<JobLog>,
    /// The job that is looked at: its id and what people call it.
    looking: RwSignal<Option<(String, String)>>,
}

/// What is to be shown.
#[derive(Clone, Copy)]
struct Asked {
    developers: Developers,
    standing: RwSignal<String>,
    text: RwSignal<String>,
    most: RwSignal<u64>,
}

impl Asked {
    fn question(self) -> JobsAsked {
        let chosen = self.standing.get();
        JobsAsked {
            environment_id: self.developers.environment.get(),
            standing: STANDINGS.iter().find(|(key, ..)| *key == chosen).and_then(|row| row.2),
            text: self.text.get(),
            most: self.most.get(),
        }
    }
}

impl Jobs {
    fn job(self, id: &str) -> Option<LoggedJob> {
        self.log.found.with(|list| list.as_ref()?.jobs.iter().find(|job| job.id == id).cloned())
    }
}

/// The log, with a filter over it.
pub fn jobs(developers: Developers) -> AnyView {
    let asked = Asked {
        developers,
        standing: RwSignal::new(String::new()),
        text: RwSignal::new(String::new()),
        most: RwSignal::new(log::STEP),
    };
    let is_same = |known: &JobLog, list: &JobLog| known.jobs == list.jobs && known.total == list.total;
    let log = following::follow(move || asked.question(), job_log::newest_jobs, is_same);
    let shared = Jobs { asked, log, looking: RwSignal::new(None) };
    let standings = STANDINGS.iter().map(|(key, words, _)| (key.to_string(), words.to_string())).collect();
    view! {
        {section::head("What was done in all spaces of this environment: by people, by listeners and by the server. It goes on by itself.", ().any())}
        <div class="section-filter" role="search">
            <FormField name="job-standing".to_string() label="Show".to_string() control=Control::Choice(standings) value=asked.standing />
            <FormField name="job-text".to_string() label="Search".to_string() control=Control::Line("search") value=asked.text help=Some("In names and in what jobs say".to_string()) />
        </div>
        {list(shared)}
        {job::panel(developers, shared.looking)}
    }
    .any()
}

fn list(shared: Jobs) -> AnyView {
    let empty = || {
        view! {
            <EmptyState sign=Icon::Clock title="No jobs" text="No job is like that. An import, an export or a press on an action makes one." />
        }
        .any()
    };
    let lines = move || {
        view! {
            <Table class="jobs-table" caption="Jobs" headings=&["Job", "Space", "State", "Who", "When", "#Took"]>
                {each(move || log::ids(shared.log), move |id| row(shared, id))}
            </Table>
        }
        .any()
    };
    log::log(shared.log, shared.asked.most, "Show older jobs", empty, lines)
}

fn row(shared: Jobs, id: String) -> AnyView {
    let Some(first) = untrack(|| shared.job(&id)) else { return ().any() };
    let now = move || shared.log.found.with(|list| list.as_ref().map_or(0, |list| list.now));
    let [of_state, of_took, looked] = std::array::from_fn(|_| id.clone());
    let label = first.label.clone();
    let state = move || {
        shared.job(&of_state).map(|job| {
            let (sign, class, word) = sign_of(job.status);
            let progress = (!job.status.is_terminal()).then(|| format!(" {} %", job.progress));
            view! { <span class=class>{icon(sign)} {word} {progress}</span> }
        })
    };
    let took = move || shared.job(&of_took).and_then(|job| job.took).map(length);
    let space = match first.space_id.is_empty() {
        true => ().any(),
        false => {
            let page = Route::Jobs { space: first.space_id }.path();
            view! { <a href=page>{first.space}</a> }.any()
        }
    };
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="button-text" on:click=on_mouse(move |_| shared.looking.set(Some((looked.clone(), label.clone()))))>{first.label.clone()}</button>
                <small class="quiet">{first.name}</small>
            </th>
            <td>{space}</td>
            <td>{part(state)}</td>
            <td>{first.by}</td>
            <td>{part(move || format::ago(first.created_at, now()))}</td>
            <td class="text-right">{part(took)}</td>
        </tr>
    }
    .any()
}

/// How long a job took, also when it was short.
fn length(milliseconds: i64) -> String {
    if milliseconds < 1_000 { format!("{} ms", milliseconds.max(0)) } else { format::span(milliseconds) }
}
