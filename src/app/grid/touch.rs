//! A finger that rested on a cell opens its menu. Some browsers tell of that themselves, others do not.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Event, PointerEvent};

use super::browser::Shared;
use super::events;
use crate::app::dom;

/// How long it rests at least. Browsers that tell of it do so before.
const REST_MILLISECONDS: i64 = 650;
/// How far it may stray meanwhile.
const STRAY: f64 = 10.0;

/// A finger that is down.
pub struct Resting {
    since: i64,
    x: f64,
    y: f64,
}

/// A finger came down.
pub fn begin(shared: &Shared, event: &Event) {
    let touch = event.dyn_ref::<PointerEvent>().filter(|event| event.pointer_type() == "touch");
    shared.borrow_mut().resting_finger = touch.map(|event| Resting {
        since: dom::now(),
        x: f64::from(event.client_x()),
        y: f64::from(event.client_y()),
    });
}

/// It moved; one that strays does something else.
pub fn moved(shared: &Shared, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    let strays = shared.borrow().resting_finger.as_ref().is_some_and(|finger| {
        let (x, y) = (f64::from(event.client_x()) - finger.x, f64::from(event.client_y()) - finger.y);
        x.abs().max(y.abs()) > STRAY
    });
    if strays {
        give_up(shared, event);
    }
}

/// It was lifted.
pub fn lifted(shared: &Shared, event: &Event) {
    let Some(finger) = shared.borrow_mut().resting_finger.take() else { return };
    let Some(event) = event.dyn_ref::<PointerEvent>().cloned() else { return };
    if dom::now() - finger.since >= REST_MILLISECONDS {
        // Lifting a finger closes the menus that are open when it is told of.
        let later = Rc::clone(shared);
        Timeout::new(0, move || events::menu_at_pointer(&later, &event)).forget();
    }
}

/// The browser scrolls with it, or has told of it.
pub fn give_up(shared: &Shared, _: &Event) {
    shared.borrow_mut().resting_finger = None;
}
