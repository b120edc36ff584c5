//! What people do to the cards: open them, choose them, walk over them by keys.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use crate::app::grid::browser::{self, Shared};
use crate::app::grid::geometry::Spot;
use crate::app::grid::keyboard::Move;
use crate::app::grid::travel;
use crate::app::grid::{Wish, range};

/// Begins to listen, once.
pub fn listen(shared: &Shared) {
    if std::mem::replace(&mut shared.borrow_mut().cards.heard, true) {
        return;
    }
    let cards = shared.borrow().parts.cards.clone();
    let mut listeners = Vec::new();
    let mut on = |name: &'static str, act: fn(&Shared, &Event)| {
        let weak = Rc::downgrade(shared);
        let options = EventListenerOptions::enable_prevent_default();
        listeners.push(EventListener::new_with_options(&cards, name, options, move |event| {
            if let Some(shared) = weak.upgrade() {
                act(&shared, event);
            }
        }));
    };
    on("click", click);
    on("keydown", key);
    on("focusin", focus);
    on("focusout", blur);
    shared.borrow_mut().listeners.append(&mut listeners);
}

fn row_of(event: &Event) -> Option<(u64, Element)> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let card = target.closest("[data-row]").ok().flatten()?;
    Some((card.get_attribute("data-row")?.parse().ok()?, target))
}

fn click(shared: &Shared, event: &Event) {
    let Some((row, target)) = row_of(event) else { return };
    if target.tag_name() == "INPUT" {
        let shift = event.dyn_ref::<MouseEvent>().is_some_and(MouseEvent::shift_key);
        range::toggle_row(shared, row, shift);
    } else if target.closest(".card-open").ok().flatten().is_some() {
        open(shared, row);
    }
}

fn open(shared: &Shared, row: u64) {
    let (column, control, here) = {
        let grid = shared.borrow();
        (grid.active.column, grid.control, super::super::rows::Rows::head(&grid.pages, row).is_some())
    };
    if here {
        travel::go(shared, Spot { row, column }, false);
        shared.borrow_mut().lit = true;
        control.wish.set(Some(Wish::Record));
    }
}

fn key(shared: &Shared, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let way = match event.key().as_str() {
        "ArrowDown" => Move::Down,
        "ArrowUp" => Move::Up,
        "Home" => Move::ColumnStart,
        "End" => Move::ColumnEnd,
        "PageDown" => Move::PageDown,
        "PageUp" => Move::PageUp,
        " " if event.shift_key() => {
            if let Some((row, _)) = row_of(event) {
                event.prevent_default();
                range::toggle_row(shared, row, false);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    travel::step(shared, way, false);
}

fn focus(shared: &Shared, event: &Event) {
    let Some((row, _)) = row_of(event) else { return };
    let Ok(mut grid) = shared.try_borrow_mut() else { return };
    let news = !grid.focused || grid.active.row != row;
    grid.focused = true;
    if grid.active.row != row {
        let column = grid.active.column;
        grid.active = Spot { row, column };
        grid.anchor = grid.active;
        grid.earlier.clear();
        grid.note_place();
        grid.tell_place();
        grid.tell_range();
    }
    drop(grid);
    if news {
        browser::repaint(shared);
    }
}

fn blur(shared: &Shared, event: &Event) {
    let goes_to = event.dyn_ref::<web_sys::FocusEvent>().and_then(web_sys::FocusEvent::related_target);
    let goes_to = goes_to.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    let Ok(mut grid) = shared.try_borrow_mut() else { return };
    if !goes_to.is_some_and(|node| grid.parts.cards.contains(Some(&node))) {
        grid.focused = false;
        drop(grid);
        browser::repaint(shared);
    }
}
