//! A finger that rests on a cell opens its menu. Some browsers tell of that themselves, others do not.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Event, PointerEvent};

use super::browser::Shared;
use super::events;

/// How long it rests. Browsers that tell of it do so before.
const REST_MILLISECONDS: u32 = 650;
/// How far it may stray meanwhile.
const STRAY: f64 = 10.0;

/// A finger that is down.
pub struct Resting {
    /// Dropped, it opens nothing.
    _timer: Timeout,
    x: f64,
    y: f64,
}

/// A finger came down.
pub fn begin(shared: &Shared, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>().filter(|event| event.pointer_type() == "touch") else {
        return;
    };
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    let (later, event) = (Rc::clone(shared), event.clone());
    let open = move || events::menu_at_pointer(&later, &event);
    shared.borrow_mut().resting_finger =
        Some(Resting { _timer: Timeout::new(REST_MILLISECONDS, open), x, y });
}

/// It moved; one that strays does something else.
pub fn moved(shared: &Shared, event: &Event) {
    let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
    let strays = shared.borrow().resting_finger.as_ref().is_some_and(|finger| {
        let (x, y) = (f64::from(event.client_x()) - finger.x, f64::from(event.client_y()) - finger.y);
        x.abs().max(y.abs()) > STRAY
    });
    if strays {
        end(shared, event);
    }
}

/// It was lifted, or the browser scrolls with it, or has told of it.
pub fn end(shared: &Shared, _: &Event) {
    shared.borrow_mut().resting_finger = None;
}
