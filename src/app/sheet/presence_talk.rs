//! Tells the server where this person is, with each move and every few seconds, and hears of the others.

use std::time::Duration;

use gloo::events::EventListener;
use gloo::net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::VisibilityState;

use super::SheetControl;
use super::presence::Page;
use crate::app::dom::{self, Json};
use crate::app::plain::watch;
use crate::app::signals::{Callback, LocalValue, RwSignal, StoredValue};

/// How often a page that rests says that it is there; twice in the time after which it is taken to be gone.
const BEAT: Duration = Duration::from_millis(4_000);
/// How long moves are gathered.
const MOVE: Duration = Duration::from_millis(250);

#[derive(Clone, Copy)]
struct Talk {
    control: SheetControl,
    pages: RwSignal<Vec<Page>>,
    /// This person, as others know them.
    own: StoredValue<String>,
    /// What this page calls itself.
    page: StoredValue<String>,
    /// The last news that was heard.
    known: StoredValue<Option<f64>>,
    /// A move will be told soon.
    is_due: StoredValue<bool>,
}

/// Begins to tell and to hear.
pub fn follow(control: SheetControl, pages: RwSignal<Vec<Page>>, own: StoredValue<String>) {
    let half = || format!("{:x}", (js_sys::Math::random() * 4_294_967_296.0) as u64);
    let page = StoredValue::new(half() + &half());
    let (known, is_due) = (StoredValue::new(None), StoredValue::new(false));
    let talk = Talk { control, pages, own, page, known, is_due };
    let place = control.grid.place;
    watch(move || {
        place.track();
        if talk.is_due.try_update_value(|is_due| std::mem::replace(is_due, true)) == Some(false) {
            set_timeout(move || talk.moved(), MOVE);
        }
    });
    let beat = set_interval_with_handle(move || talk.say(), BEAT).ok();
    let listeners = [("visibilitychange", true), ("pagehide", false)].map(|(name, of_document)| {
        let target: web_sys::EventTarget = if of_document { document().into() } else { window().into() };
        EventListener::new(&target, name, move |_| {
            if of_document && is_shown() {
                talk.say();
            } else {
                talk.leave();
            }
        })
    });
    let kept = LocalValue::new(Some(listeners));
    let heard = Callback::new(move |text: String| talk.hear(&text));
    control.state.presence.set_value(Some(heard));
    on_cleanup(move || {
        if let Some(beat) = beat {
            beat.clear();
        }
        talk.leave();
        kept.try_update_value(Option::take);
    });
}

fn is_shown() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

impl Talk {
    fn address(self) -> Option<String> {
        let space = self.control.state.frame.try_with_untracked(|frame| frame.id.clone())?;
        let sheet = self.control.sheet.try_with_value(|sheet| sheet.id.clone())?;
        let page = self.page.try_get_value()?;
        Some(["/presence?space=", &space, "&sheet=", &sheet, "&page=", &page].concat())
    }

    fn moved(self) {
        self.is_due.set_value(false);
        self.say();
    }

    fn say(self) {
        let Some(mut address) = self.address().filter(|_| is_shown()) else { return };
        if let Some(Some(place)) = self.control.grid.place.try_get_untracked() {
            let field = String::from(js_sys::encode_uri_component(&place.field));
            address = [address.as_str(), "&record=", &place.record, "&field=", &field].concat();
        }
        if let Some(Some(known)) = self.known.try_get_value() {
            address = address + "&known=" + &(known as u64).to_string();
        }
        spawn_local(async move {
            let Ok(answer) = Request::post(&address).send().await else {
                // Without the server nobody is known to be here.
                self.take(Vec::new());
                self.known.set_value(None);
                return;
            };
            if answer.status() == 200
                && let Ok(text) = answer.text().await
                && let Some(message) = Json::read(&text)
            {
                self.own.set_value(message.at("you").text().unwrap_or_default());
                self.known.set_value(message.at("turn").number());
                self.take(read(&message.at("here")));
            }
        });
    }

    fn leave(self) {
        if let Some(address) = self.address() {
            let address = address + "&leaving=true";
            dom::call(&window().navigator(), "sendBeacon", &[address.into()]);
        }
    }

    fn hear(self, text: &str) {
        let Some(message) = Json::read(text) else { return };
        let Some(Some(known)) = self.known.try_get_value() else { return };
        let turn = message.at("turn").number().unwrap_or(0.0);
        if turn <= known {
            return;
        }
        // After a gap the next answer tells all.
        if turn == known + 1.0 {
            self.known.set_value(Some(turn));
        }
        let (mut here, gone) = (read(&message.at("here")), message.at("gone"));
        let mut pages = self.pages.try_get_untracked().unwrap_or_default();
        let went = |page: &Page| (0..).map_while(|at| gone.at(at).text()).any(|name| name == page.page);
        pages.retain(|page| !went(page) && here.iter().all(|other| other.page != page.page));
        pages.append(&mut here);
        self.take(pages);
    }

    /// The pages of others that are on this sheet.
    fn take(self, mut pages: Vec<Page>) {
        let (Some(sheet), Some(own)) =
            (self.control.sheet.try_with_value(|sheet| sheet.id.clone()), self.page.try_get_value())
        else {
            return;
        };
        pages.retain(|page| page.page != own && page.sheet == sheet);
        if self.pages.try_with_untracked(|known| *known != pages) == Some(true) {
            self.pages.set(pages);
        }
    }
}

fn read(list: &Json) -> Vec<Page> {
    let one = |at: u32| {
        let page = list.at(at);
        let text = |name: &str| page.at(name).text().unwrap_or_default();
        Some(Page {
            page: page.at("page").text()?,
            person: text("person"),
            name: text("name"),
            tone: page.at("tone").number().unwrap_or(0.0) as usize,
            sheet: text("sheet"),
            record: text("record"),
            field: text("field"),
        })
    };
    (0..).map_while(one).collect()
}
