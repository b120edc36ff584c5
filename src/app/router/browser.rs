//! The browser's own address bar, history and links.

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

use super::{Address, Route, Router};

/// Where the browser is.
pub fn address() -> String {
    let location = window().location();
    [location.pathname().unwrap_or_default(), location.search().unwrap_or_default()].concat()
}

/// Writes an address into the bar; whether it stands there now.
pub fn write(address: &str, step: bool) -> bool {
    let Ok(history) = window().history() else { return false };
    let written = match step {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(address)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(address)),
    };
    written.is_ok()
}

/// Follows the ways back and forth, and the links to pages. It lasts as long as the document.
pub fn listen(router: Router) {
    EventListener::new(&window(), "popstate", move |_| {
        router.address.set(Address::read(&address()));
    })
    .forget();
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document(), "click", options, move |event| {
        let Some(address) = asked_by(event) else { return };
        event.prevent_default();
        router.go(&address);
        window().scroll_to_with_x_and_y(0.0, 0.0);
    })
    .forget();
}

/// The address of the page that a press asks for; nothing when it is for the browser.
fn asked_by(event: &Event) -> Option<String> {
    let press = event.dyn_ref::<MouseEvent>()?;
    let elsewhere = press.meta_key() || press.ctrl_key() || press.shift_key() || press.alt_key();
    if event.default_prevented() || press.button() != 0 || elsewhere {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let path = link.pathname();
    let ours = window().location().origin().is_ok_and(|origin| origin == link.origin())
        && Route::read(&path).is_some_and(|route| route != Route::SignIn);
    if !ours || !link.hash().is_empty() || !link.target().is_empty() || link.rel() == "external" {
        return None;
    }
    Some([path, link.search()].concat())
}
