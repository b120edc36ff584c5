//! Leaving the dialog: what was filled in is not lost without a question.

use leptos::prelude::*;

use super::answers::Answers;
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::RwSignal;

/// Closes the dialog, or asks first when something would be lost.
pub fn leave(open: RwSignal<bool>, answers: Answers, leaving: RwSignal<bool>) {
    if answers.is_filled() && !leaving.get_untracked() {
        leaving.set(true);
        focus_question();
    } else {
        open.set(false);
    }
}

/// The question in place of the buttons.
pub fn question(open: RwSignal<bool>, leaving: RwSignal<bool>) -> AnyView {
    view! {
        <footer class="dialog-foot leaving" role="alertdialog" aria-label="Discard what you filled in?">
            <p>"Discard what you filled in?"</p>
            <button type="button" class="button" data-keep="" on:click=on_mouse(move |_| leaving.set(false))>
                "Keep editing"
            </button>
            <button type="button" class="button button-danger" on:click=on_mouse(move |_| open.set(false))>
                "Discard"
            </button>
        </footer>
    }
    .any()
}

/// Stands between the dialog and the ways to close it: Esc, its closing button, the gesture of a phone.
pub fn guard(open: RwSignal<bool>, answers: Answers, leaving: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    browser::guard(open, answers, leaving);
    #[cfg(not(feature = "hydrate"))]
    let _ = (open, answers, leaving);
}

/// Brings the person to an input, once it is there.
pub fn focus_input(key: String) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        let id = crate::app::components::field_id(&key);
        if let Some(control) = crate::app::dom::by_id(&id) {
            crate::app::dom::focus_still(&control);
            crate::app::dom::call(&control, "scrollIntoView", &[false.into()]);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = key;
}

fn focus_question() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(|| {
        let found = document().query_selector("#action [data-keep]");
        if let Some(button) = found.ok().flatten() {
            crate::app::dom::focus_still(&button);
        }
    });
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo::events::{EventListener, EventListenerOptions};
    use leptos::wasm_bindgen::JsCast;
    use web_sys::{Element, Event, KeyboardEvent};

    use super::{Answers, RwSignal, leave};
    use crate::app::dom;
    use crate::app::signals::LocalValue;

    pub fn guard(open: RwSignal<bool>, answers: Answers, leaving: RwSignal<bool>) {
        let Some(dialog) = dom::by_id("action") else { return };
        let closes = move |event: &Event| {
            if leaving.try_get_untracked() == Some(true) {
                event.prevent_default();
                leaving.set(false);
            } else if answers.is_filled() {
                event.prevent_default();
                leave(open, answers, leaving);
            }
        };
        let own = dialog.clone();
        let canceled = move |event: &Event| {
            // A file picker that is closed tells of it in the same way.
            if event.target().as_ref().and_then(|target| target.dyn_ref::<Element>()) == Some(own.as_ref()) {
                closes(event);
            }
        };
        let pressed = move |event: &Event| {
            let is_escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape");
            let lists = || {
                dom::focused().is_some_and(|at| at.get_attribute("aria-expanded").as_deref() == Some("true"))
            };
            if is_escape && !event.default_prevented() && !lists() {
                closes(event);
            }
        };
        let options = EventListenerOptions::enable_prevent_default();
        let listeners = [
            EventListener::new_with_options(&dialog, "cancel", options, canceled),
            EventListener::new_with_options(&dialog, "keydown", options, pressed),
        ];
        // They go with the steps.
        let _ = LocalValue::new(listeners);
    }
}
