//! One agent: what it did on which events, and its versions.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::log::{self, Lines};
use super::{Developers, event};
use crate::app::components::{Button, Dialog, Tab, Tabs, open_while};
use crate::app::jobs::clock;
use crate::app::plain::{Any, each, on_mouse, part, watch};
use crate::app::signals::{RwSignal, Signal, StoredValue};
use crate::app::{following, format};
use crate::rpc::agents::{self, AgentRow, RunList, RunRow, VersionList, VersionRow};
use crate::rpc::events::EventRow;

/// In milliseconds.
const HALF_A_DAY: i64 = 12 * 3_600_000;

/// What the parts of the panel share.
#[derive(Clone, Copy)]
struct Panel {
    developers: Developers,
    id: StoredValue<String>,
    /// The event that is looked at.
    event: RwSignal<Option<EventRow>>,
}

/// The panel at the right, and the event that a run answered.
pub fn panel(developers: Developers, looking: RwSignal<Option<AgentRow>>) -> AnyView {
    let event = RwSignal::new(None::<EventRow>);
    let open = open_while(move || looking.with(Option::is_some), move || looking.set(None));
    let heading = move || looking.with(|row| row.as_ref().map(|row| row.slug.clone()).unwrap_or_default());
    view! {
        <Dialog id="agent" open=open title=Signal::derive(heading) panel=true>
            {looking.get_untracked().map(|row| opened(Panel { developers, id: StoredValue::new(row.id), event })).any()}
        </Dialog>
        {event::panel(developers, event)}
    }
    .any()
}

fn opened(panel: Panel) -> AnyView {
    let chosen = RwSignal::new(0_usize);
    let none = Signal::derive(|| None);
    let tabs = ["Log", "Versions"].map(|label| Tab { label, count: none, alarming: false });
    view! {
        <div class="dialog-body agent-panel">
            <Tabs label="What is shown" tabs=tabs.into() chosen=Signal::derive(move || chosen.get()) choose=move |place: usize| chosen.set(place) controls="agent-part" />
            <div id="agent-part" role="tabpanel">
                {part(move || if chosen.get() == 0 { runs(panel) } else { versions(panel) })}
            </div>
        </div>
    }
    .any()
}

impl Lines for RunList {
    fn ids(&self) -> Vec<String> {
        self.runs.iter().map(|run| run.id.clone()).collect()
    }

    fn has_more(&self) -> bool {
        self.total > self.runs.len() as u64
    }
}

/// The runs, which are read again while somebody looks at them.
fn runs(panel: Panel) -> AnyView {
    let most = RwSignal::new(log::STEP);
    let ask = move |most| agents::agent_runs(panel.id.get_value(), most);
    let runs = following::follow(move || most.get(), ask, |known: &RunList, list| known.runs == list.runs);
    let empty = || {
        view! { <p class="quiet">"It has not run yet. The next event that it hears of comes here."</p> }.any()
    };
    let lines = move || {
        view! { <ol class="run-list">{each(move || log::ids(runs), move |id| run(panel, runs.found, &id))}</ol> }.any()
    };
    log::log(runs, most, "Show older runs", empty, lines)
}

fn run(panel: Panel, found: RwSignal<Option<RunList>>, id: &str) -> AnyView {
    let known = found.with_untracked(|list| {
        let list = list.as_ref()?;
        Some((list.runs.iter().find(|run| run.id == id)?.clone(), list.now))
    });
    let Some((run, now)) = known else { return ().any() };
    let (class, word) = if run.success { ("state good", "Complete") } else { ("state bad", "Failed") };
    // What stands here stays while time goes on, so what is of today has the time of the day.
    let when = if now - run.at < HALF_A_DAY { clock(run.at) } else { format::ago(run.at, now) };
    let when = format!("{when}, took {} ms", format::count(run.took.unsigned_abs()));
    let topic = run.topic.clone();
    let event = EventRow {
        id: run.event_id.clone(),
        topic: run.topic.clone(),
        space: run.space.clone(),
        who: String::new(),
        at: run.at,
    };
    view! {
        <li class="run">
            <p class="run-head">
                <button type="button" class="button-text" on:click=on_mouse(move |_| panel.event.set(Some(event.clone())))>{topic}</button>
                <span class=class>{word}</span>
                <span class="quiet">{when}</span>
            </p>
            {lines(panel, run)}
        </li>
    }
    .any()
}

/// What a run wrote; the whole of it on demand.
fn lines(panel: Panel, run: RunRow) -> AnyView {
    if run.lines.is_empty() {
        return ().any();
    }
    let (text, is_cut) = (RwSignal::new(run.lines), RwSignal::new(run.is_cut));
    let (event, id) = (run.event_id, run.id);
    let whole = move |()| {
        let (agent, event, id) = (panel.id.get_value(), event.clone(), id.clone());
        spawn_local(async move {
            match agents::lines_of_run(agent, event, id).await {
                Ok(lines) => {
                    let _ = text.try_set(lines);
                    let _ = is_cut.try_set(false);
                }
                Err(error) => panel.developers.toasts.fail("The log could not be read", error),
            }
        });
    };
    view! {
        <pre tabindex="0" role="group" aria-label="What it wrote">{part(move || text.get())}</pre>
        {part(move || is_cut.get().then(|| view! { <Button label="Show all lines".to_string() press=whole.clone() /> }))}
    }
    .any()
}

fn versions(panel: Panel) -> AnyView {
    let found = RwSignal::new(None::<Result<VersionList, String>>);
    watch(move || {
        panel.developers.moved.track();
        let id = panel.id.get_value();
        spawn_local(async move {
            let answer = agents::agent_versions(id).await.map_err(|error| error.message);
            let _ = found.try_set(Some(answer));
        });
    });
    view! {
        <p class="quiet">"The last ten are kept. Going back makes a new version of an old one, which hears of the events from then on."</p>
        {part(move || match found.get() {
            None => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
            Some(Err(message)) => view! { <p class="field-error" role="alert">{message}</p> }.any(),
            Some(Ok(list)) => {
                let now = list.now;
                let rows = list.versions.into_iter().map(|one| version(panel, one, now));
                view! { <ol class="run-list">{rows.collect_view().any()}</ol> }.any()
            }
        })}
    }
    .any()
}

fn version(panel: Panel, version: VersionRow, now: i64) -> AnyView {
    let number = version.number;
    let origin = if version.origin == number { String::new() } else { format!(" as {}", version.origin) };
    let by = if version.by.is_empty() { String::new() } else { format!(" by {}", version.by) };
    let code = format!("/agents/{}/versions/{}/download", panel.id.get_value(), version.id);
    let code_label = format!("Download the code of version {number}");
    let label = format!("Go back to version {number}");
    let title = format!("{label}?");
    let back = move |_| {
        let (agent, id) = (panel.id.get_value(), version.id.clone());
        panel.developers.ask(
            title.clone(),
            "It runs on the next event in place of the version that runs now, which stays in this list.",
            "Go back",
            move || {
                let deed = agents::revert_agent(agent.clone(), id.clone());
                panel.developers.act("The version was not brought back", deed, "The version runs");
            },
        );
    };
    view! {
        <li class="run">
            <p class="run-head">
                <b>{format!("Version {number}{origin}")}</b>
                <span class="quiet">{format::ago(version.at, now)} {by}</span>
                <span class="grow"></span>
                <a class="button button-small" href=code aria-label=code_label download="" rel="external">"Download"</a>
                {if version.runs {
                    view! { <span class="state good">"Runs"</span> }.any()
                } else {
                    view! { <button type="button" class="button button-small" aria-label=label on:click=on_mouse(back)>"Go back to this one"</button> }.any()
                }}
            </p>
        </li>
    }
    .any()
}
