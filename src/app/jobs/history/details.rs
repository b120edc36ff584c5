//! All that is known of a job: what it was about, its log, its progress, its parts, and the ways to run it again.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::row::sign_of;
use crate::app::components::{TryAgain, icon};
use crate::app::jobs::Jobs;
use crate::app::plain::{Any, on_mouse, part, watch};
use crate::app::signals::{RwSignal, StoredValue};
use crate::app::state::SpaceState;
use crate::domain::job::log::LogLevel;
use crate::domain::job::{JobMode, JobStatus};
use crate::rpc::RpcError;
use crate::rpc::job_history::{JobStory, LogLine, PartRow, job_details, retry_failed_parts, run_again};
use crate::rpc::jobs::JobCard;

/// How often the details of a running job are read, in seconds.
const EVERY_SECONDS: i64 = 2;

/// What is known of a job; it is read when this is shown, and again while the job runs.
pub(super) fn details(card: &JobCard) -> AnyView {
    let jobs = SpaceState::of_page().jobs;
    let answer = RwSignal::new(None::<Result<JobStory, RpcError>>);
    let card = StoredValue::new(card.clone());
    let ask = move || {
        let id = card.with_value(|card| card.id.clone());
        spawn_local(async move {
            let found = job_details(id).await;
            answer.try_set(Some(found));
        });
    };
    let runs = card.with_value(|card| !card.status.is_terminal());
    watch(move || {
        let turn = if runs { jobs.clock.get() / 1000 } else { 0 };
        if turn % EVERY_SECONDS == 0 || answer.with_untracked(Option::is_none) {
            ask();
        }
    });
    let inside = part(move || match answer.get() {
        None => view! { <p class="quiet">"Reading…"</p> }.any(),
        Some(Err(error)) => view! { <TryAgain message=error.message again=move |()| ask() /> }.any(),
        Some(Ok(details)) => card.with_value(|card| shown(jobs, card, details)),
    });
    view! { <div class="job-details">{inside}</div> }.any()
}

fn shown(jobs: Jobs, card: &JobCard, details: JobStory) -> AnyView {
    let about = match &details.scope {
        Some(scope) => format!("On the {}: {scope}.", details.about),
        None => format!("On the {}.", details.about),
    };
    let runs = (details.runs > 1).then(|| format!(" Run {} times.", details.runs));
    let buttons = buttons(jobs, card, &details);
    let id = card.id.clone();
    view! {
        <p>{about} {runs}</p>
        <p class="quiet"><code>{details.name}</code> " " <code>{id}</code></p>
        {buttons}
        <div class=card.label.class()>
            {parts(details.parts)}
            {curve(details.curve)}
            {log(details.log, details.left_out, details.runs > 1)}
        </div>
    }
    .any()
}

/// The ways to run it again.
fn buttons(jobs: Jobs, card: &JobCard, details: &JobStory) -> AnyView {
    if !card.status.is_terminal() {
        return ().any();
    }
    let run = |label: &'static str, errors_only: bool| {
        let id = card.id.clone();
        let press = move |_| {
            let asked = id.clone();
            spawn_local(async move { jobs.take("It did not start", run_again(asked, errors_only).await) });
        };
        view! { <button type="button" class="button button-small" on:click=on_mouse(press)>{label}</button> }
    };
    let parts = details.parts.iter().filter(|part| part.status != JobStatus::Complete).count();
    let id = card.id.clone();
    let press = move |_| {
        let asked = id.clone();
        spawn_local(async move { jobs.take("They did not start", retry_failed_parts(asked).await) });
    };
    let again = (card.mode != JobMode::Hidden).then(|| run("Run once more", false));
    let errors = details.has_errors.then(|| run("Run on records with errors", true));
    let failed = (parts > 0).then(|| {
        let word = if parts == 1 { "part" } else { "parts" };
        let label = format!("Run the {parts} failed {word} again");
        view! { <button type="button" class="button button-small" on:click=on_mouse(press)>{label}</button> }
    });
    view! { <div class="toast-actions">{again} {errors} {failed}</div> }.any()
}

/// Its parts.
pub fn parts(parts: Vec<PartRow>) -> AnyView {
    if parts.is_empty() {
        return ().any();
    }
    let part = |part: PartRow| {
        let (sign, class, word) = sign_of(part.status);
        let how = match part.info {
            Some(info) if !info.is_empty() => info,
            _ => format!("{} %", part.progress),
        };
        view! {
            <li>
                <span class="ours">{format!("Part {}", part.number)}</span>
                <span class=class>{icon(sign)} {word}</span>
                <span class="quiet">{how}</span>
            </li>
        }
    };
    view! { <ol class="job-parts" aria-label="Parts">{parts.into_iter().map(part).collect_view().any()}</ol> }
        .any()
}

/// How its progress went.
pub fn curve(points: String) -> AnyView {
    if points.is_empty() {
        return ().any();
    }
    view! {
        <svg class="job-curve" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="Progress over time">
            <polyline points=points></polyline>
        </svg>
    }
    .any()
}

/// What was written down of it.
pub fn log(lines: Vec<LogLine>, left_out: u64, with_runs: bool) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="quiet">"Nothing was written down."</p> }.any();
    }
    let gap = if left_out > 0 { lines.len() / 2 } else { usize::MAX };
    let line = |(place, line): (usize, LogLine)| {
        let class = match (line.level, line.said) {
            (LogLevel::Error, _) => "bad",
            (LogLevel::Warn, _) => "warn",
            (LogLevel::Info, true) => "said",
            (LogLevel::Info, false) => "",
        };
        let run = with_runs.then(|| format!("run {} ", line.run));
        let before = (place == gap).then(|| {
            let words = format!("… {} entries between …", crate::app::format::count(left_out));
            view! { <li class="quiet ours">{words}</li> }
        });
        view! {
            {before.any()}
            <li class=class><time>{clock(line.at)}</time> " " {run} {line.text}</li>
        }
    };
    view! {
        <ol class="job-log" aria-label="Log" tabindex="0">
            {lines.into_iter().enumerate().map(line).collect_view().any()}
        </ol>
    }
    .any()
}

/// The time of day where the person is; in UTC on the server.
pub fn clock(at: i64) -> String {
    #[cfg(feature = "hydrate")]
    let offset = crate::app::dom::minutes_behind_utc() * 60_000;
    #[cfg(not(feature = "hydrate"))]
    let offset = 0;
    let seconds = (at - offset).div_euclid(1000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
