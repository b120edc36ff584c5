//! Input methods that compose, as for Chinese or Japanese. They need something to write into while no editor is open:
//! the active cell of the layer is that. What was composed begins the edit.

use leptos::prelude::window;
use web_sys::{CompositionEvent, HtmlElement};

use super::browser::Shared;
use super::{aria, editor};
use crate::app::dom;

fn focused_cell(shared: &Shared) -> Option<HtmlElement> {
    let layer = shared.borrow().parts.layer.clone();
    dom::focused().filter(|cell| layer.contains(Some(cell)))
}

/// Lets the active cell take what is composed, where there is a real keyboard: a touch would bring up the one on the
/// screen.
pub fn prepare(shared: &Shared, cell: &HtmlElement) {
    let has_keyboard =
        window().match_media("(pointer: fine)").ok().flatten().is_some_and(|media| media.matches());
    let grid = shared.borrow();
    if has_keyboard && grid.columns.get(grid.active.column).is_some_and(|field| field.locked.is_none()) {
        let _ = cell.set_attribute("contenteditable", "plaintext-only");
    }
}

/// The cell is emptied and seen while something is composed in it.
pub fn begin(shared: &Shared) {
    if let Some(cell) = focused_cell(shared) {
        cell.set_text_content(None);
        let _ = cell.class_list().add_1("composing");
    }
}

/// The editor takes over what was composed.
pub fn end(shared: &Shared, event: &CompositionEvent) {
    let typed = event.data().unwrap_or_default();
    let shared = std::rc::Rc::clone(shared);
    // The browser has to be done with the cell first.
    leptos::prelude::queue_microtask(move || {
        if let Some(cell) = focused_cell(&shared) {
            cell.set_text_content(None);
        }
        aria::build(&shared);
        if !typed.is_empty() {
            editor::open(&shared, Some(&typed));
        }
    });
}
