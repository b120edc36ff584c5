//! What happened in an environment, the newest first, and going on.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, event, section};
use crate::app::components::{Button, Control, EmptyState, FormField, Icon, Table};
use crate::app::format;
use crate::app::plain::{Any, each, on_event, on_mouse, part, watch};
use crate::app::signals::{Memo, RwSignal};
use crate::rpc::events::{self, EventList, EventRow, EventsAsked};

/// How often the server is asked while the page is seen.
const EVERY: Duration = Duration::from_secs(2);
/// Events that are shown first, and further ones with each press.
const STEP: u64 = 50;

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Events {
    developers: Developers,
    space: RwSignal<String>,
    topic: RwSignal<String>,
    most: RwSignal<u64>,
    found: RwSignal<Option<EventList>>,
    looking: RwSignal<Option<EventRow>>,
}

impl Events {
    fn question(self) -> EventsAsked {
        EventsAsked {
            environment_id: self.developers.environment.get(),
            space_id: self.space.get(),
            topic: self.topic.get(),
            most: self.most.get(),
        }
    }

    /// Asks for what is to be shown now; an answer to an older question is passed over.
    fn read(self) {
        let Some(asked) = self.most.try_get_untracked().map(|_| untrack(|| self.question())) else { return };
        spawn_local(async move {
            let answer = events::newest_events(asked.clone()).await;
            let current = self.most.try_get_untracked().is_some() && untrack(|| self.question()) == asked;
            match answer {
                Ok(list) if current => {
                    let is_new = |known: &Option<EventList>| {
                        known.as_ref().is_none_or(|known| {
                            known.events != list.events || known.has_more != list.has_more
                        })
                    };
                    if self.found.with_untracked(is_new) {
                        self.found.set(Some(list));
                    }
                }
                Err(error) if current => self.developers.toasts.fail("The events could not be read", error),
                _ => {}
            }
        });
    }
}

/// The log, with a filter over it.
pub fn events(developers: Developers) -> AnyView {
    let shared = Events {
        developers,
        space: RwSignal::new(String::new()),
        topic: RwSignal::new(String::new()),
        most: RwSignal::new(STEP),
        found: RwSignal::new(None),
        looking: RwSignal::new(None),
    };
    watch(move || {
        shared.question();
        developers.moved.track();
        shared.read();
    });
    watch(move || {
        let interval = set_interval_with_handle(move || look(shared), EVERY).ok();
        on_cleanup(move || {
            if let Some(interval) = interval {
                interval.clear();
            }
        });
    });
    view! {
        {section::head("Everything that happens is an event: listeners, agents and webhooks hear of it here. New ones come in by themselves.", ().any())}
        {filter(shared)}
        {list(shared)}
        {event::panel(shared.looking)}
    }
    .any()
}

/// Asks anew, when somebody sees it.
fn look(shared: Events) {
    #[cfg(feature = "hydrate")]
    if document().visibility_state() == web_sys::VisibilityState::Visible {
        shared.read();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = shared;
}

fn filter(shared: Events) -> AnyView {
    let spaces = Memo::new(move |_| {
        shared.found.with(|list| list.as_ref().map(|list| list.spaces.clone()).unwrap_or_default())
    });
    let options = move || {
        let chosen = shared.space.get_untracked();
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
                <select class="input" on:change=on_event(move |event| shared.space.set(event_target_value(&event)))>
                    <option value="">"All spaces"</option>
                    {part(options)}
                </select>
            </label>
            <FormField name="event-topic".to_string() label="Topic".to_string() control=Control::Line("search") value=shared.topic help=Some("As job:ready, or job:* for all of jobs".to_string()) />
        </div>
    }
    .any()
}

fn list(shared: Events) -> AnyView {
    let keys = move || {
        shared.found.with(|list| {
            list.iter().flat_map(|list| &list.events).map(|row| row.id.clone()).collect::<Vec<_>>()
        })
    };
    let state =
        Memo::new(move |_| shared.found.with(|list| list.as_ref().map(|list| list.events.is_empty())));
    let has_more =
        Memo::new(move |_| shared.found.with(|list| list.as_ref().is_some_and(|list| list.has_more)));
    view! {
        {part(move || match state.get() {
            None => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
            Some(true) => {
                view! {
                    <EmptyState sign=Icon::Bolt title="No events" text="Nothing like this has happened yet. Edit a record or press an action, and it comes here." />
                }
                    .any()
            }
            Some(false) => {
                view! {
                    <Table class="events-table" caption="Events" headings=&["Topic", "Space", "Who", "When"]>
                        {each(keys, move |id| row(shared, &id))}
                    </Table>
                }
                    .any()
            }
        })}
        {part(move || has_more.get().then(|| {
            let more = move |()| shared.most.update(|most| *most += STEP);
            view! { <p class="more"><Button label="Show older events".to_string() press=more /></p> }
        }))}
    }
    .any()
}

fn row(shared: Events, id: &str) -> AnyView {
    let found = shared.found.with_untracked(|list| {
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
