//! What people do to the grid: pointer, wheel, keys, focus, copying.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::Set;
use leptos::wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent, Node, WheelEvent};

use super::Wish;
use super::browser::{self, Shared};
use super::geometry::{Hit, Spot};
use super::keyboard::{self, Command, Held};
use super::rows::Rows;
use super::{aria, editor, header, range, tooltip};

/// Begins to listen.
pub fn listen(shared: &Shared) {
    let (scroller, tip, opener) = {
        let grid = shared.borrow();
        (grid.parts.scroller.clone(), grid.parts.tip.clone(), grid.parts.opener.clone())
    };
    let mut listeners = Vec::new();
    let mut on = |target: &HtmlElement, name: &'static str, act: fn(&Shared, &Event)| {
        let weak = Rc::downgrade(shared);
        let options = EventListenerOptions::enable_prevent_default();
        listeners.push(EventListener::new_with_options(target, name, options, move |event| {
            if let Some(shared) = weak.upgrade() {
                act(&shared, event);
            }
        }));
    };
    on(&scroller, "scroll", |shared, _| browser::scrolled(shared));
    on(&scroller, "wheel", |shared, event| with(event, |event| wheel(shared, event)));
    on(&scroller, "pointerdown", |shared, event| with(event, |event| press(shared, event)));
    on(&scroller, "pointermove", |shared, event| with(event, |event| hover(shared, event)));
    on(&scroller, "pointerleave", |shared, event| with(event, |event| leave(shared, event)));
    on(&tip, "pointerleave", |shared, event| with(event, |event| leave(shared, event)));
    on(&tip, "click", |shared, event| with(event, |event| tooltip::press(shared, event)));
    on(&tip, "focusout", |shared, event| with(event, |event| blur(shared, event)));
    on(&tip, "keydown", |shared, event| with(event, |event| tooltip::key(shared, event)));
    on(&opener, "click", |shared, _| open_hovered(shared));
    on(&opener, "pointerleave", |shared, event| with(event, |event| leave(shared, event)));
    on(&scroller, "click", |shared, event| with(event, |event| click(shared, event)));
    on(&scroller, "dblclick", |shared, event| with(event, |event| double_click(shared, event)));
    on(&scroller, "keydown", |shared, event| with(event, |event| key(shared, event)));
    on(&scroller, "focusin", |shared, event| with(event, |event| focus(shared, event)));
    on(&scroller, "focusout", |shared, event| with(event, |event| blur(shared, event)));
    on(&scroller, "copy", |shared, event| with(event, |event| copy(shared, event)));
    for (name, act) in header::LISTENERS {
        on(&scroller, name, act);
    }
    shared.borrow_mut().listeners = listeners;
}

fn with<T: JsCast>(event: &Event, act: impl FnOnce(&T)) {
    if let Some(event) = event.dyn_ref() {
        act(event);
    }
}

/// What the pointer is over.
pub(super) fn hit(shared: &Shared, event: &MouseEvent) -> Hit {
    let grid = shared.borrow();
    let (left, top, ..) = crate::app::dom::place(&grid.parts.scroller);
    grid.geometry.hit(&grid.view, f64::from(event.client_x()) - left, f64::from(event.client_y()) - top)
}

/// Where the scroller is shorter than the sheet, the wheel moves the sheet itself.
fn wheel(shared: &Shared, event: &WheelEvent) {
    if !shared.borrow().geometry.is_capped()
        || event.ctrl_key()
        || event.delta_y() == 0.0
        || event.shift_key()
    {
        return;
    }
    event.prevent_default();
    {
        let mut grid = shared.borrow_mut();
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => 32.0,
            WheelEvent::DOM_DELTA_PAGE => grid.view.height,
            _ => 1.0,
        };
        let most = grid.geometry.most_top(grid.view.height);
        grid.view.top = (grid.view.top + event.delta_y() * unit).clamp(0.0, most);
        grid.put_thumb();
        let left = f64::from(grid.parts.scroller.scroll_left()) + event.delta_x() * unit;
        grid.parts.scroller.set_scroll_left(left as i32);
    }
    browser::scrolled(shared);
}

fn press(shared: &Shared, event: &MouseEvent) {
    if is_checkbox(event) {
        // The layer is built anew now and then: the focus stays on a cell, which is found again.
        event.prevent_default();
        return;
    }
    if event.button() != 0 {
        return;
    }
    let Hit::Cell(spot) = hit(shared, event) else { return };
    event.prevent_default();
    editor::close(shared, true, None);
    shared.borrow_mut().focused = true;
    browser::go(shared, spot, event.shift_key());
}

fn hover(shared: &Shared, event: &MouseEvent) {
    let hit = hit(shared, event);
    let (focused, active) = {
        let grid = shared.borrow();
        (grid.focused, grid.active)
    };
    match hit {
        Hit::Cell(spot) if event.buttons() == 1 && focused && active != spot => {
            browser::go(shared, spot, true)
        }
        _ => {}
    }
    let (row, spot) = match hit {
        Hit::Cell(spot) => (Some(spot.row), Some(spot)),
        Hit::RowNumber(row) => (Some(row), None),
        _ => (None, None),
    };
    point_at(shared, row, spot);
}

fn point_at(shared: &Shared, row: Option<u64>, spot: Option<Spot>) {
    let (other_row, other_spot) = {
        let mut grid = shared.borrow_mut();
        let other = (grid.hovered != row, grid.pointed != spot);
        grid.hovered = row;
        grid.pointed = spot;
        other
    };
    if other_row {
        place_opener(shared);
        browser::repaint(shared);
    }
    if other_spot {
        tooltip::update(shared);
    }
}

/// The sign that opens a record stands at the row that is pointed at.
fn place_opener(shared: &Shared) {
    let grid = shared.borrow();
    let opener = &grid.parts.opener;
    let row = grid.hovered.filter(|row| grid.blocks.head(*row).is_some());
    opener.set_hidden(row.is_none());
    if let Some(row) = row {
        let cell = grid.geometry.cell(&grid.view, Spot { row, column: 0 });
        crate::app::dom::set_lengths(opener, &[("top", cell.y + (cell.height - 24.0) / 2.0)]);
    }
}

fn open_hovered(shared: &Shared) {
    let (row, control) = {
        let grid = shared.borrow();
        (grid.hovered, grid.control)
    };
    if let Some(row) = row {
        let column = shared.borrow().active.column;
        browser::go(shared, Spot { row, column }, false);
        shared.borrow_mut().lit = true;
        control.wish.set(Some(Wish::Record));
    }
}

/// The messages stay while the pointer is on them.
fn leave(shared: &Shared, event: &MouseEvent) {
    let goes_to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    let host = shared.borrow().parts.host.clone();
    if !goes_to.is_some_and(|node| host.contains(Some(&node))) {
        point_at(shared, None, None);
    }
}

fn is_checkbox(event: &MouseEvent) -> bool {
    checkbox(event).is_some()
}

fn checkbox(event: &MouseEvent) -> Option<HtmlElement> {
    let target: HtmlElement = event.target()?.dyn_into().ok()?;
    (target.tag_name() == "INPUT").then_some(target)
}

fn click(shared: &Shared, event: &MouseEvent) {
    if let Some(checkbox) = checkbox(event) {
        match checkbox.get_attribute("data-row").and_then(|row| row.parse().ok()) {
            Some(row) => range::toggle_row(shared, row, event.shift_key()),
            None => range::toggle_all(shared),
        }
        return;
    }
    if header::click_button(shared, event) {
        return;
    }
    match hit(shared, event) {
        Hit::RowNumber(row) => range::toggle_row(shared, row, event.shift_key()),
        Hit::Corner => range::toggle_all(shared),
        Hit::Header(column) => header::click(shared, column),
        _ => {}
    }
}

fn double_click(shared: &Shared, event: &MouseEvent) {
    if let Hit::Cell(_) = hit(shared, event) {
        event.prevent_default();
        editor::open(shared, None);
    }
}

fn key(shared: &Shared, event: &KeyboardEvent) {
    let on_checkbox = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    if event.is_composing() || on_checkbox.is_some_and(|target| target.tag_name() == "INPUT") {
        return;
    }
    let held = Held {
        control: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key() && !event.get_modifier_state("AltGraph"),
    };
    let key = event.key();
    let Some(command) = keyboard::command(&key, held) else { return };
    // After Esc, Tab leaves the grid, so that nobody is caught in it.
    if std::mem::take(&mut shared.borrow_mut().leaving) && key == "Tab" {
        return;
    }
    let done = match command {
        Command::Go(way) => browser::step(shared, way, false),
        Command::Extend(way) => browser::step(shared, way, true),
        _ => {
            act(shared, command, &key);
            true
        }
    };
    if done {
        event.prevent_default();
    }
}

fn act(shared: &Shared, command: Command, key: &str) {
    match command {
        Command::Edit => editor::open(shared, None),
        Command::Replace => editor::open(shared, Some(key)),
        Command::Clear => range::clear_cells(shared),
        Command::SelectAll => range::select_everything(shared),
        Command::SelectRow => {
            let row = shared.borrow().active.row;
            range::toggle_row(shared, row, false);
        }
        Command::ColumnMenu => {
            let column = shared.borrow().active.column;
            header::open_menu(shared, column);
        }
        Command::OpenRecord => {
            let control = shared.borrow().control;
            shared.borrow_mut().lit = true;
            tooltip::hide(shared);
            control.wish.set(Some(Wish::Record));
        }
        Command::Help => tooltip::enter(shared),
        Command::Escape => {
            shared.borrow_mut().leaving = true;
            tooltip::hide(shared);
            range::clear_selection(shared);
        }
        Command::Go(_) | Command::Extend(_) => {}
    }
}

fn focus(shared: &Shared, event: &FocusEvent) {
    // Focus that the grid itself moves needs no answer: its state is borrowed, or set already.
    let Ok(mut grid) = shared.try_borrow_mut() else { return };
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    let number = |name| target.get_attribute(name)?.parse::<u64>().ok();
    let (Some(row), Some(column)) = (number("data-row"), number("data-column")) else { return };
    let spot = Spot { row, column: column as usize };
    let news = !grid.focused || grid.active != spot;
    grid.focused = true;
    grid.lit = false;
    if grid.active != spot {
        grid.active = spot;
        grid.anchor = spot;
        grid.note_place();
        grid.tell_place();
        grid.tell_range();
    }
    drop(grid);
    if news {
        aria::activate(shared);
        browser::repaint(shared);
        tooltip::update(shared);
    }
}

fn blur(shared: &Shared, event: &FocusEvent) {
    let goes_to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    let Ok(mut grid) = shared.try_borrow_mut() else { return };
    let stays = goes_to.is_some_and(|node| grid.parts.host.contains(Some(&node)));
    if stays || grid.editor.is_some() || grid.rebuilding {
        return;
    }
    grid.focused = false;
    drop(grid);
    browser::repaint(shared);
    tooltip::update(shared);
}

fn copy(shared: &Shared, event: &ClipboardEvent) {
    let Some(clipboard) = event.clipboard_data() else { return };
    if clipboard.set_data("text/plain", &range::copied(shared)).is_ok() {
        event.prevent_default();
    }
}
