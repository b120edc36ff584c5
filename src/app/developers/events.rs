//! What happened in an environment, the newest first, and going on.

use leptos::prelude::*;

use super::log::{self, Lines};
use super::{Developers, event, section};
use crate::app::components::{Control, EmptyState, FormField, Icon, Table};
use crate::app::following::{self, Following};
use crate::app::format;
use crate::app::plain::{Any, each, on_event, on_mouse, part};
use crate::app::signals::{Memo, RwSignal};
use crate::rpc::events::{self, EventList, EventRow, EventsAsked};

impl Lines for EventList {
    fn ids(&self) -> Vec<String> {
        self.events.iter().map(|row| row.id.clone()).collect()
    }

    fn has_more(&self) -> bool {
        self.has_more
    }
}

/// What is to be shown.
#[derive(Clone, Copy)]
struct Asked {
    developers: Developers,
    space: RwSignal<String>,
    topic: RwSignal<String>,
    most: RwSignal<u64>,
}

impl Asked {
    fn question(self) -> EventsAsked {
        EventsAsked {
            environment_id: self.developers.environment.get(),
            space_id: self.space.get(),
            topic: self.topic.get(),
            most: self.most.get(),
        }
    }
}

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Events {
    asked: Asked,
    log: Following<EventList>,
    looking: RwSignal<Option<EventRow>>,
}

/// The log, with a filter over it.
pub fn events(developers: Developers) -> AnyView {
    let asked = Asked {
        developers,
        space: RwSignal::new(String::new()),
        topic: RwSignal::new(String::new()),
        most: RwSignal::new(log::STEP),
    };
    let is_same =
        |known: &EventList, list: &EventList| known.events == list.events && known.has_more == list.has_more;
    let log = following::follow(move || asked.question(), events::newest_events, is_same);
    let shared = Events { asked, log, looking: RwSignal::new(None) };
    view! {
        {section::head("Everything that happens is an event: listeners, agents and webhooks hear of it here. New ones come in by themselves.", ().any())}
        {filter(shared)}
        {list(shared)}
        {event::panel(developers, shared.looking)}
    }
    .any()
}

fn filter(shared: Events) -> AnyView {
    let spaces = Memo::new(move |_| {
        shared.log.found.with(|list| list.as_ref().map(|list| list.spaces.clone()).unwrap_or_default())
    });
    let options = move || {
        let chosen = shared.asked.space.get_untracked();
        let option = move |(id, name): (String, String)| {
            let selected = id == chosen;
            view! { <option value=id selected=selected>{name}</option> }
        };
        spaces.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="section-filter">
            <label class="section-choice">
                <span>"Space"</span>
                <select class="input" on:change=on_event(move |event| shared.asked.space.set(event_target_value(&event)))>
                    <option value="">"All spaces"</option>
                    {part(options)}
                </select>
            </label>
            <FormField name="event-topic".to_string() label="Topic".to_string() control=Control::Line("search") value=shared.asked.topic help=Some("As job:ready, or job:* for all of jobs".to_string()) />
        </div>
    }
    .any()
}

fn list(shared: Events) -> AnyView {
    let empty = || {
        view! {
            <EmptyState sign=Icon::Bolt title="No events" text="Nothing like this has happened yet. Edit a record or press an action, and it comes here." />
        }
        .any()
    };
    let lines = move || {
        view! {
            <Table class="events-table" caption="Events" headings=&["Topic", "Space", "Who", "When"]>
                {each(move || log::ids(shared.log), move |id| row(shared, &id))}
            </Table>
        }
        .any()
    };
    log::log(shared.log, shared.asked.most, "Show older events", empty, lines)
}

fn row(shared: Events, id: &str) -> AnyView {
    let found = shared.log.found.with_untracked(|list| {
        let list = list.as_ref()?;
        Some((list.events.iter().find(|row| row.id == id)?.clone(), list.now))
    });
    let Some((row, now)) = found else { return ().any() };
    let (looked, label) = (row.clone(), row.topic.clone());
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="button-text" on:click=on_mouse(move |_| shared.looking.set(Some(looked.clone())))>{label}</button>
            </th>
            <td>{row.space}</td>
            <td>{row.who}</td>
            <td>{format::ago(row.at, now)}</td>
        </tr>
    }
    .any()
}
