//! Calls of server functions that the page does not wait for: the browser sends them even when the page is left in the
//! same moment. Nobody hears the answer.

use gloo::events::EventListener;
use leptos::prelude::{on_cleanup, window};
use leptos::server_fn::{Encodes, ServerFn};
use serde::Serialize;

use crate::app::dom;
use crate::app::signals::LocalValue;
use crate::rpc::Wire;

/// Sends a call.
pub fn say<Call: ServerFn + Serialize>(call: &Call) {
    if let Ok(body) = Wire::encode(call) {
        let body = js_sys::Uint8Array::from(body.as_ref());
        dom::call(&window().navigator(), "sendBeacon", &[Call::url().into(), body.into()]);
    }
}

/// Does something when this part of the page is left, whether for another page, another site or for good. Before a page
/// is loaded anew it is done before that is asked for; not every browser on every phone tells so early.
pub fn at_the_end(act: impl Fn() + Copy + Send + Sync + 'static) {
    let listen = |name| EventListener::new(&window(), name, move |_| act());
    let listeners = LocalValue::new(Some(["beforeunload", "pagehide"].map(listen)));
    on_cleanup(move || {
        act();
        listeners.try_update_value(Option::take);
    });
}
