//! What people do to the grid: pointer, wheel, keys, focus, clipboard.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Event, FocusEvent, HtmlElement, InputEvent, KeyboardEvent, MouseEvent, Node,
    PointerEvent, WheelEvent,
};

use super::Wish;
use super::browser::{self, Grid, Shared};
use super::change::Change;
use super::geometry::{Hit, Spot};
use super::keyboard::{self, Command, Held};
use super::rows::Rows;
use super::travel;
use super::{aria, clipboard, compose, editor, fill, header, menu, range, tooltip, touch};
use crate::app::plain::between;
use crate::rpc::cells::Adding;

/// Begins to listen.
pub fn listen(shared: &Shared) {
    let (scroller, tip, opener) = {
        let grid = shared.borrow();
        (grid.parts.scroller.clone(), grid.parts.tip.clone(), grid.parts.opener.clone())
    };
    let mut listeners = Vec::new();
    let mut on = |target: &HtmlElement, name: &'static str, act: fn(&Shared, &Event)| {
        let weak = Rc::downgrade(shared);
        // Cards have listeners of their own.
        let of_list = matches!(name, "scroll" | "wheel") || target.tag_name() == "BODY";
        let options = EventListenerOptions::enable_prevent_default();
        listeners.push(EventListener::new_with_options(target, name, options, move |event| {
            if let Some(shared) = weak.upgrade()
                && (of_list || !is_list(&shared))
            {
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
    on(&scroller, "copy", |shared, event| with(event, |event| clipboard::copy(shared, event, false)));
    on(&scroller, "cut", |shared, event| with(event, |event| clipboard::copy(shared, event, true)));
    on(&scroller, "paste", |shared, event| with(event, |event| clipboard::paste(shared, event)));
    on(&scroller, "pointerup", |shared, event| with(event, |event| release(shared, event)));
    on(&scroller, "contextmenu", |shared, event| with(event, |event| menu_at_pointer(shared, event)));
    on(&scroller, "beforeinput", |shared, event| with(event, |event| before_input(shared, event)));
    on(&scroller, "compositionstart", |shared, _| compose::begin(shared));
    on(&scroller, "compositionend", |shared, event| with(event, |event| compose::end(shared, event)));
    on(&scroller, "pointerdown", |shared, event| with(event, |event| hold(shared, event)));
    on(&scroller, "pointerdown", touch::begin);
    on(&scroller, "pointermove", touch::moved);
    on(&scroller, "pointerup", touch::lifted);
    on(&scroller, "pointercancel", touch::give_up);
    on(&scroller, "contextmenu", touch::give_up);
    if let Some(body) = leptos::prelude::document().body() {
        on(&body, "paste", |shared, event| with(event, |event| paste_into_nothing(shared, event)));
        on(&body, "pointerup", |shared, _| aria::let_go(shared));
        on(&body, "pointercancel", |shared, _| aria::let_go(shared));
    }
    for (name, act) in header::LISTENERS {
        on(&scroller, name, act);
    }
    shared.borrow_mut().listeners = listeners;
}

/// A card may be drawn while something is told of it: then it is one.
fn is_list(shared: &Shared) -> bool {
    shared.try_borrow().is_ok_and(|grid| grid.geometry.is_list())
}

fn with<T: JsCast>(event: &Event, act: impl FnOnce(&T)) {
    if let Some(event) = event.dyn_ref() {
        act(event);
    }
}

/// Where the pointer is in the view.
fn point(grid: &Grid, event: &MouseEvent) -> (f64, f64) {
    let (left, top, ..) = crate::app::dom::place(&grid.parts.scroller);
    (f64::from(event.client_x()) - left, f64::from(event.client_y()) - top)
}

/// What the pointer is over.
pub(super) fn hit(shared: &Shared, event: &MouseEvent) -> Hit {
    let grid = shared.borrow();
    let (x, y) = point(&grid, event);
    grid.geometry.hit(&grid.view, x, y)
}

/// Whether the pointer is over the handle of the range.
fn is_on_handle(shared: &Shared, event: &MouseEvent) -> bool {
    let grid = shared.borrow();
    let (x, y) = point(&grid, event);
    // Several ranges have none.
    let has_handle = grid.focused && grid.editor.is_none() && grid.earlier.is_empty();
    has_handle && grid.range().is_on_handle(&grid.geometry, &grid.view, x, y)
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
        grid.view.top = between(grid.view.top + event.delta_y() * unit, 0.0, most);
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
    if event.button() == 2 {
        // The focus would come to the cell, and the range that the menu is for would be given up.
        event.prevent_default();
    }
    if event.button() != 0 {
        return;
    }
    if is_on_handle(shared, event) {
        event.prevent_default();
        let mut grid = shared.borrow_mut();
        grid.pulled = Some(grid.active);
        return;
    }
    let Hit::Cell(spot) = hit(shared, event) else { return };
    event.prevent_default();
    editor::close(shared, true, None);
    shared.borrow_mut().focused = true;
    if (event.ctrl_key() || event.meta_key()) && !event.shift_key() {
        travel::begin_another(shared, spot);
    } else {
        travel::go(shared, spot, event.shift_key());
    }
}

fn hold(shared: &Shared, event: &PointerEvent) {
    if event.button() == 0 {
        aria::hold(shared);
    }
}

/// The handle is let go.
fn release(shared: &Shared, _: &PointerEvent) {
    let pulled = shared.borrow().pulled;
    if let Some(spot) = pulled {
        fill::pull(shared, spot);
    }
}

/// Shows how far the handle is pulled; true while it is.
fn pulls(shared: &Shared, hit: Hit, event: &MouseEvent) -> bool {
    let pulled = shared.borrow().pulled;
    if pulled.is_none() {
        let style = if is_on_handle(shared, event) { "cursor:crosshair" } else { "" };
        crate::app::dom::set_style(&shared.borrow().parts.scroller, style);
        return false;
    }
    if event.buttons() != 1 {
        // It was let go somewhere else.
        shared.borrow_mut().pulled = None;
        browser::repaint(shared);
        return false;
    }
    if let Hit::Cell(spot) = hit
        && pulled != Some(spot)
    {
        shared.borrow_mut().pulled = Some(spot);
        travel::show_spot(shared, spot);
    }
    true
}

fn hover(shared: &Shared, event: &MouseEvent) {
    let hit = hit(shared, event);
    if pulls(shared, hit, event) {
        return;
    }
    let (focused, active) = {
        let grid = shared.borrow();
        (grid.focused, grid.active)
    };
    match hit {
        Hit::Cell(spot) if event.buttons() == 1 && focused && active != spot => {
            travel::go(shared, spot, true)
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
    let row = grid.hovered.filter(|row| grid.pages.head(*row).is_some());
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
        travel::go(shared, Spot { row, column }, false);
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
        Hit::Header(column) => header::click(shared, column, event),
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
        Command::Go(way) => travel::step(shared, way, false),
        Command::Extend(way) => travel::step(shared, way, true),
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
        Command::Replace => editor::open(shared, Some(key)),
        Command::Escape => {
            shared.borrow_mut().leaving = true;
            tooltip::hide(shared);
            obey(shared, command);
        }
        _ => obey(shared, command),
    }
}

/// Does what a key or a menu says.
pub fn obey(shared: &Shared, command: Command) {
    match command {
        Command::Edit | Command::Replace => editor::open(shared, None),
        Command::Space if editor::toggle(shared) => {}
        Command::Space => obey(shared, Command::OpenRecord),
        Command::Clear => fill::clear(shared),
        Command::Copy => clipboard::again(shared, "copy"),
        Command::Cut => clipboard::again(shared, "cut"),
        Command::Paste => clipboard::ask(shared),
        Command::FillDown => fill::down(shared),
        Command::FillRight => fill::right(shared),
        Command::Undo => shared.borrow().control.change(Change::Step(false)),
        Command::Redo => shared.borrow().control.change(Change::Step(true)),
        Command::AddRecord => shared.borrow().control.change(Change::Add(Adding::AtEnd)),
        Command::InsertAbove => fill::add(shared, Adding::Above),
        Command::InsertBelow => fill::add(shared, Adding::Below),
        Command::Duplicate => fill::add(shared, Adding::Copies),
        Command::DeleteRecords => fill::delete(shared),
        Command::FilterByValue => menu::filter_by_value(shared),
        Command::Menu => menu::open_at_cell(shared),
        Command::SelectAll => range::select_everything(shared),
        Command::SelectColumn => range::select_columns(shared),
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
        Command::Escape => range::clear_selection(shared),
        Command::Go(_) | Command::Extend(_) => {}
    }
}

/// The menu of what the pointer is over; what is in the range stays so.
pub(super) fn menu_at_pointer(shared: &Shared, event: &MouseEvent) {
    event.prevent_default();
    let place = (f64::from(event.client_x()), f64::from(event.client_y()));
    let spot = match hit(shared, event) {
        Hit::Cell(spot) => spot,
        Hit::RowNumber(row) => Spot { row, column: shared.borrow().active.column },
        _ => return,
    };
    let within = shared.borrow().ranges().contains(spot);
    editor::close(shared, true, None);
    shared.borrow_mut().focused = true;
    if !within {
        travel::go(shared, spot, false);
    }
    menu::open(shared, place);
}

/// Cells can be written into only by an editor; an input method may compose in them.
fn before_input(_: &Shared, event: &InputEvent) {
    if !event.is_composing() {
        event.prevent_default();
    }
}

/// A sheet without records has no cell that could have the focus.
fn paste_into_nothing(shared: &Shared, event: &ClipboardEvent) {
    let is_empty = shared.borrow().geometry.rows == 0;
    let writes = crate::app::dom::focused()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    if is_empty && !writes && !event.default_prevented() {
        clipboard::paste(shared, event);
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
        grid.earlier.clear();
        grid.note_place();
        grid.tell_range();
    }
    // The cell may be the active one since the page is there, and nobody was at it.
    grid.tell_place();
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
