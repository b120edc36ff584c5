//! News from the server: one stream a browser and space, held by the page that has the Web Lock and
//! shared with the others through a channel. Hidden pages let it go.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::{GetUntracked, Update, document, on_cleanup, window};
use leptos::wasm_bindgen::{JsCast, JsValue, closure::Closure};
use send_free::Kept;
use serde_json::Value;
use web_sys::{BroadcastChannel, EventSource, MessageEvent, VisibilityState};

use super::dom;
use super::state::SpaceState;

/// How long to wait before a stream that the browser gave up is opened again.
const AGAIN_MILLISECONDS: u32 = 2_000;

struct Live {
    space: String,
    state: SpaceState,
    /// The last event that was heard.
    sequence: Cell<i64>,
    channel: Option<BroadcastChannel>,
    source: RefCell<Option<(EventSource, Vec<EventListener>)>>,
    /// Gives the lock back.
    release: RefCell<Option<js_sys::Function>>,
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
    let kept = Kept::new((live, listeners));
    on_cleanup(move || {
        kept.take(|(live, _)| {
            live.closed.set(true);
            live.step_down();
            if let Some(channel) = &live.channel {
                channel.close();
            }
        });
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
        let Ok(source) = EventSource::new(&address) else { return };
        let weak = Rc::downgrade(self);
        let message = EventListener::new(&source, "message", move |event| {
            let (Some(live), Some(text)) = (weak.upgrade(), text_of(event)) else { return };
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
            let weak = weak.clone();
            Timeout::new(AGAIN_MILLISECONDS, move || {
                if let Some(live) = weak.upgrade().filter(|live| live.leading.get() && !live.closed.get()) {
                    live.open();
                }
            })
            .forget();
        });
        self.source.replace(Some((source, vec![message, trouble])));
    }

    /// After a time away: everything may have changed.
    fn catch_up(&self) {
        self.state.sheet_moved.update(|moved| *moved = (moved.0 + 1, None));
        for card in self.state.jobs.running.get_untracked() {
            self.state.jobs.ask(card.id);
        }
        self.state.refresh();
    }

    fn hear(&self, text: &str) {
        let Ok(message) = serde_json::from_str::<Value>(text) else { return };
        let sequence = message["sequence"].as_i64().unwrap_or(0);
        if self.closed.get() || (sequence != 0 && sequence <= self.sequence.get()) {
            return;
        }
        self.sequence.set(sequence.max(self.sequence.get()));
        let (topic, context) = (message["topic"].as_str().unwrap_or(""), &message["context"]);
        let kind = topic.split(':').next().unwrap_or("");
        match kind {
            "job" => {
                if let Some(id) = context["jobId"].as_str() {
                    self.state.jobs.event(topic, id, &message["payload"]);
                }
            }
            "records" | "commit" => self.sheet_moved(context),
            "sheet" if topic == "sheet:counts-updated" => self.sheet_moved(context),
            "file" => {
                self.state.files_moved.update(|moved| *moved += 1);
                self.state.refresh();
            }
            "sheet" | "workbook" | "space" => self.state.refresh(),
            // The stream lost its place.
            "reload" => self.catch_up(),
            _ => {}
        }
    }

    fn sheet_moved(&self, context: &Value) {
        let sheet = context["sheetId"].as_str().map(str::to_string);
        self.state.sheet_moved.update(|moved| *moved = (moved.0 + 1, sheet));
        self.state.refresh();
    }
}

/// `on_cleanup` wants what can move between threads; the browser has one.
mod send_free {
    use leptos::prelude::StoredValue;
    use leptos::reactive::owner::LocalStorage;

    /// A value that stays on its thread.
    pub struct Kept<T: 'static>(StoredValue<Option<T>, LocalStorage>);

    impl<T: 'static> Clone for Kept<T> {
        fn clone(&self) -> Self {
            *self
        }
    }

    impl<T: 'static> Copy for Kept<T> {}

    impl<T: 'static> Kept<T> {
        /// Keeps a value.
        pub fn new(value: T) -> Self {
            Self(StoredValue::new_local(Some(value)))
        }

        /// Uses the value up.
        pub fn take(self, act: impl FnOnce(T)) {
            use leptos::prelude::UpdateValue;
            if let Some(value) = self.0.try_update_value(Option::take).flatten() {
                act(value);
            }
        }
    }
}
