//! News from the server: one stream a browser and space, held by the page that has the Web Lock and
//! shared with the others through a channel. Hidden pages let it go.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::app::signals::LocalValue;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::{document, on_cleanup, window};
use leptos::wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, EventSource, MessageEvent, VisibilityState};

use super::dom::{self, Json};
use super::state::SpaceState;

/// How long to wait before a stream that the browser gave up is opened again, by how often that happened.
const AGAIN_MILLISECONDS: [u32; 5] = [1_000, 3_000, 8_000, 20_000, 60_000];

struct Live {
    space: String,
    state: SpaceState,
    /// The last event that was heard.
    sequence: Cell<i64>,
    channel: Option<BroadcastChannel>,
    source: RefCell<Option<(EventSource, Vec<EventListener>)>>,
    /// Gives the lock back.
    release: RefCell<Option<js_sys::Function>>,
    /// How often in a row the stream was given up.
    failures: Cell<usize>,
    /// Whether the lock is held or asked for.
    leading: Cell<bool>,
    closed: Cell<bool>,
}

/// Follows a space from an event on, as long as the page is shown.
pub fn follow(state: SpaceState, sequence: i64) {
    let space = state.id();
    let live = Rc::new(Live {
        channel: BroadcastChannel::new(&format!("inlet-{space}")).ok(),
        space,
        state,
        sequence: Cell::new(sequence),
        source: RefCell::new(None),
        release: RefCell::new(None),
        failures: Cell::new(0),
        leading: Cell::new(false),
        closed: Cell::new(false),
    });
    let mut listeners = Vec::new();
    if let Some(channel) = &live.channel {
        let weak = Rc::downgrade(&live);
        listeners.push(EventListener::new(channel, "message", move |event| {
            if let (Some(live), Some(text)) = (weak.upgrade(), text_of(event)) {
                live.hear(&text);
            }
        }));
    }
    let weak = Rc::downgrade(&live);
    listeners.push(EventListener::new(&document(), "visibilitychange", move |_| {
        let Some(live) = weak.upgrade() else { return };
        if document().visibility_state() == VisibilityState::Hidden {
            live.step_down();
        } else {
            live.lead();
            live.catch_up();
        }
    }));
    if document().visibility_state() != VisibilityState::Hidden {
        live.lead();
    }
    let kept = LocalValue::new(Some((live, listeners)));
    on_cleanup(move || {
        let Some((live, _)) = kept.try_update_value(Option::take).flatten() else { return };
        live.closed.set(true);
        live.step_down();
        if let Some(channel) = &live.channel {
            channel.close();
        }
    });
}

fn text_of(event: &web_sys::Event) -> Option<String> {
    event.dyn_ref::<MessageEvent>()?.data().as_string()
}

impl Live {
    /// Asks for the lock, and opens the stream once it is there. Without locks every page has a stream.
    fn lead(self: &Rc<Self>) {
        if self.leading.replace(true) {
            return;
        }
        let locks =
            js_sys::Reflect::get(&window().navigator(), &"locks".into()).ok().filter(JsValue::is_object);
        let Some(locks) = locks else {
            self.open();
            return;
        };
        let weak = Rc::downgrade(self);
        let held = Closure::once_into_js(move |_lock: JsValue| -> JsValue {
            let Some(live) = weak.upgrade().filter(|live| live.leading.get() && !live.closed.get()) else {
                return JsValue::UNDEFINED;
            };
            live.open();
            js_sys::Promise::new(&mut |resolve, _| {
                live.release.replace(Some(resolve));
            })
            .into()
        });
        dom::call(&locks, "request", &[format!("inlet-{}", self.space).into(), held]);
    }

    /// Lets the stream and the lock go.
    fn step_down(&self) {
        self.leading.set(false);
        if let Some((source, _)) = self.source.take() {
            source.close();
        }
        if let Some(release) = self.release.take() {
            let _ = release.call0(&JsValue::NULL);
        }
    }

    fn open(self: &Rc<Self>) {
        let address = format!("/stream?space={}&after={}", self.space, self.sequence.get());
        if let Some((before, _)) = self.source.take() {
            before.close();
        }
        let Ok(source) = EventSource::new(&address) else { return };
        let weak = Rc::downgrade(self);
        let message = EventListener::new(&source, "message", move |event| {
            let (Some(live), Some(text)) = (weak.upgrade(), text_of(event)) else { return };
            live.failures.set(0);
            if let Some(channel) = &live.channel {
                let _ = channel.post_message(&JsValue::from_str(&text));
            }
            live.hear(&text);
        });
        let weak = Rc::downgrade(self);
        let watched = source.clone();
        let trouble = EventListener::new(&source, "error", move |_| {
            // The browser connects again by itself, unless the server refused.
            if watched.ready_state() != EventSource::CLOSED {
                return;
            }
            let Some(live) = weak.upgrade() else { return };
            let failures = live.failures.get();
            live.failures.set(failures + 1);
            let weak = weak.clone();
            Timeout::new(AGAIN_MILLISECONDS[failures.min(AGAIN_MILLISECONDS.len() - 1)], move || {
                if let Some(live) = weak.upgrade().filter(|live| live.leading.get() && !live.closed.get()) {
                    live.open();
                }
            })
            .forget();
        });
        // The server is there again: what waited for it can go.
        let outbox = self.state.outbox;
        let opened = EventListener::new(&source, "open", move |_| outbox.wake());
        self.source.replace(Some((source, vec![message, trouble, opened])));
    }

    /// After a time away: everything may have changed.
    fn catch_up(&self) {
        self.state.sheet_moved.update(|moved| *moved = (moved.0 + 1, None));
        self.state.documents_moved.update(|moved| *moved += 1);
        for card in self.state.jobs.running.get_untracked() {
            self.state.jobs.ask(card.id);
        }
        self.state.refresh();
    }

    fn hear(&self, text: &str) {
        let Some(message) = Json::read(text) else { return };
        let sequence = message.at("sequence").number().unwrap_or(0.0) as i64;
        if self.closed.get() || (sequence != 0 && sequence <= self.sequence.get()) {
            return;
        }
        self.sequence.set(sequence.max(self.sequence.get()));
        let (topic, context) = (message.at("topic").text().unwrap_or_default(), message.at("context"));
        match topic.split(':').next().unwrap_or("") {
            "presence" => {
                if let Some(Some(hear)) = self.state.presence.try_get_value() {
                    hear.try_run(text.to_string());
                }
            }
            "job" => {
                if let Some(id) = context.at("jobId").text() {
                    self.state.jobs.event(&topic, &id, &message.at("payload"));
                }
            }
            "records" | "commit" => self.sheet_moved(&context),
            "sheet" if topic == "sheet:counts-updated" => self.sheet_moved(&context),
            "file" | "action" => {
                self.state.files_moved.update(|moved| *moved += 1);
                self.state.refresh();
            }
            "document" => {
                self.state.documents_moved.update(|moved| *moved += 1);
                self.state.refresh();
            }
            "sheet" | "workbook" | "space" => {
                // Actions come with the frame: the grid stays, and the editor in it.
                let details = message.at("payload").at("changes").at("0").at("details");
                let only_actions = details.at("member").text().as_deref() == Some("actions");
                if !only_actions && (topic == "sheet:updated" || topic == "workbook:updated") {
                    self.state.shape_moved.update(|moved| *moved += 1);
                }
                self.state.refresh();
            }
            _ => {}
        }
    }

    fn sheet_moved(&self, context: &Json) {
        let sheet = context.at("sheetId").text();
        self.state.sheet_moved.update(|moved| *moved = (moved.0 + 1, sheet));
        self.state.refresh();
    }
}
