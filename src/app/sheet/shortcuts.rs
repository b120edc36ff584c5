//! Keys that mean something anywhere on the sheet page: find, replace, errors.

use leptos::ev;
use leptos::prelude::*;

use super::control::{Finding, SheetControl, Side};
use crate::app::grid::Wish;
use crate::app::plain::watch;
use crate::domain::message_kind::{condition, kind};

/// Begins to listen, and to do what the grid wishes for.
pub fn listen(control: SheetControl) {
    watch(move || {
        let handle = window_event_listener(ev::keydown, move |event| key(control, &event));
        on_cleanup(move || handle.remove());
    });
    watch(move || {
        let Some(wish) = control.grid.wish.get() else { return };
        match wish {
            Wish::Record => control.side.set(Some(Side::Record)),
            Wish::Messages { field, text } => {
                let condition = condition(&field, &kind(&text)).to_string();
                control.show_found(condition, field);
                if control.side.get_untracked() != Some(Side::Errors) {
                    control.side.set(Some(Side::Errors));
                }
            }
        }
    });
}

fn key(control: SheetControl, event: &ev::KeyboardEvent) {
    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
        return;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("f" | "F", false) => control.finding.set(Some(Finding::Find)),
        ("h" | "H", false) => {
            let omits = control.sheet.with_value(|sheet| sheet.omits.replace);
            control.finding.set(Some(if omits { Finding::Find } else { Finding::Replace }));
        }
        ("e" | "E", true) => control.toggle_side(Side::Errors),
        _ => return,
    }
    event.prevent_default();
}
