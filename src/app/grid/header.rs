//! What people do to the headers: a column is made wider by its edge, moved by dragging, sorted by a press, its
//! cells chosen by a press with Ctrl or Shift, and its menu opened by its button, the right button, or the keyboard.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent, PointerEvent};

use super::arrangement::header_width;
use super::browser::{self, Grid, Shared};
use super::events::hit;
use super::geometry::{HEADER_HEIGHT, Hit, Spot};
use super::range::{self, Joining};
use super::rows::Rows;
use super::shown::shown;
use super::{HeaderMenu, editor, tooltip};
use crate::app::dom;

/// The pointer has to go this far before a press is a drag.
const DRAG: f64 = 5.0;
/// So near to an end of the view a dragged column scrolls it.
const SCROLL_ZONE: f64 = 36.0;
/// How far it scrolls with each move of the pointer.
const SCROLL_STEP: f64 = 16.0;
/// No column is made wider than this to fit what it holds.
const WIDEST_FIT: f64 = 480.0;

/// What goes on in the headers.
#[derive(Debug, Default)]
pub struct Headers {
    /// The column that the pointer is over.
    pub hovered: Option<usize>,
    drag: Option<Drag>,
    /// The press that ends a drag is no press of the header.
    dragged: bool,
}

/// What the painter shows of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeaderLooks {
    /// The column whose menu can be pressed or is open.
    pub lively: Option<usize>,
    /// Before which column a dragged one goes.
    pub drop: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Drag {
    /// The edge of a column: where the pointer began, and how wide the column was.
    Edge { column: usize, from: f64, width: f64 },
    /// A whole column: where the pointer began, and where it goes once it moves.
    Column { column: usize, from: f64, to: Option<usize> },
}

/// What is listened for.
pub const LISTENERS: [(&str, fn(&Shared, &Event)); 7] = [
    ("pointerdown", |shared, event| pointer(shared, event, press)),
    ("pointermove", |shared, event| pointer(shared, event, drag)),
    ("pointerup", |shared, event| pointer(shared, event, release)),
    ("pointercancel", |shared, event| pointer(shared, event, |shared, _| give_up(shared))),
    ("pointerleave", |shared, event| pointer(shared, event, |shared, _| point_at(shared, Hit::Nothing))),
    ("dblclick", |shared, event| pointer(shared, event, fit_pressed)),
    ("contextmenu", |shared, event| pointer(shared, event, context)),
];

fn pointer(shared: &Shared, event: &Event, act: fn(&Shared, &MouseEvent)) {
    if let Some(event) = event.dyn_ref() {
        act(shared, event);
    }
}

/// The pointer's place in the view, from the left.
fn x_of(grid: &Grid, event: &MouseEvent) -> f64 {
    f64::from(event.client_x()) - dom::place(&grid.parts.scroller).0
}

fn press(shared: &Shared, event: &MouseEvent) {
    shared.borrow_mut().headers.dragged = false;
    if event.button() != 0 {
        return;
    }
    let hit = touched_handle(event).map_or_else(|| hit(shared, event), Hit::Edge);
    let mut grid = shared.borrow_mut();
    let from = x_of(&grid, event);
    grid.headers.drag = match hit {
        Hit::Edge(column) => Some(Drag::Edge { column, from, width: grid.geometry.width(column) }),
        Hit::Header(column) => Some(Drag::Column { column, from, to: None }),
        Hit::Menu(_) => None,
        _ => return,
    };
    // The focus stays where it is: the layer's elements come and go.
    event.prevent_default();
    if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
        let _ = grid.parts.scroller.set_pointer_capture(pointer.pointer_id());
    }
}

/// The column whose handle a finger is on.
fn touched_handle(event: &MouseEvent) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let handle = target.closest("[data-handle]").ok().flatten()?;
    handle.get_attribute("data-handle")?.parse().ok()
}

fn drag(shared: &Shared, event: &MouseEvent) {
    let Some(going) = shared.borrow().headers.drag else {
        point_at(shared, hit(shared, event));
        return;
    };
    let x = x_of(&shared.borrow(), event);
    match going {
        Drag::Edge { column, from, width } => set_width(shared, column, width + x - from),
        Drag::Column { column, from, to } if to.is_some() || (x - from).abs() > DRAG => {
            let mut grid = shared.borrow_mut();
            let to = Some(grid.geometry.drop_place(&grid.view, x));
            grid.headers.drag = Some(Drag::Column { column, from, to });
            let step = match x {
                x if x > grid.view.width - SCROLL_ZONE => SCROLL_STEP,
                x if x < grid.geometry.left_bound(&grid.view, usize::MAX) + SCROLL_ZONE => -SCROLL_STEP,
                _ => 0.0,
            };
            let left = f64::from(grid.parts.scroller.scroll_left()) + step;
            let scroller = grid.parts.scroller.clone();
            drop(grid);
            if step != 0.0 {
                scroller.set_scroll_left(left as i32);
            }
            show_pointer(shared, "moving");
            browser::repaint(shared);
        }
        Drag::Column { .. } => {}
    }
}

fn release(shared: &Shared, _: &MouseEvent) {
    let Some(drag) = shared.borrow_mut().headers.drag.take() else { return };
    let moved = match drag {
        Drag::Column { column, to: Some(to), .. } => Some((column, to)),
        _ => None,
    };
    if let Some((column, to)) = moved {
        shared.borrow_mut().headers.dragged = true;
        let (control, key, before) = {
            let grid = shared.borrow();
            let key = |column: usize| grid.columns.get(column).map(|field| field.key.clone());
            (grid.control, key(column), key(to))
        };
        if let Some(key) = key.filter(|_| to != column && to != column + 1) {
            control.arrange(&|layout| layout.put_before(&key, before.as_deref()));
        }
    }
    show_pointer(shared, "");
    browser::repaint(shared);
}

fn give_up(shared: &Shared) {
    shared.borrow_mut().headers.drag = None;
    show_pointer(shared, "");
    browser::repaint(shared);
}

/// Shows what a press would do.
fn point_at(shared: &Shared, hit: Hit) {
    let (over, hovered) = match hit {
        Hit::Header(column) => ("header", Some(column)),
        Hit::Menu(column) => ("menu", Some(column)),
        Hit::Edge(column) => ("edge", Some(column)),
        _ => ("", None),
    };
    let is_new = {
        let mut grid = shared.borrow_mut();
        let is_new = grid.headers.hovered != hovered;
        grid.headers.hovered = hovered;
        is_new
    };
    show_pointer(shared, over);
    if is_new {
        browser::repaint(shared);
        tooltip::update(shared);
    }
}

/// The style knows which pointer goes with it.
fn show_pointer(shared: &Shared, over: &str) {
    let _ = shared.borrow().parts.host.set_attribute("data-over", over);
}

fn set_width(shared: &Shared, column: usize, width: f64) {
    let (control, key) = {
        let grid = shared.borrow();
        (grid.control, grid.columns.get(column).map(|field| field.key.clone()))
    };
    if let Some(key) = key {
        control.arrange(&|layout| layout.set_width(&key, width));
    }
}

fn fit_pressed(shared: &Shared, event: &MouseEvent) {
    if let Hit::Edge(column) = hit(shared, event) {
        fit(shared, column);
    }
}

/// The same for the column of a field.
pub fn fit_named(shared: &Shared, key: &str) {
    let column = shared.borrow().columns.iter().position(|field| field.key == key);
    if let Some(column) = column {
        fit(shared, column);
    }
}

/// Makes a column as wide as its header and the rows need that are seen.
pub fn fit(shared: &Shared, column: usize) {
    let width = {
        let grid = shared.borrow();
        let Some(field) = grid.columns.get(column) else { return };
        let rows = grid.geometry.visible_rows(&grid.view);
        let texts: Vec<_> =
            rows.filter_map(|row| Some(shown(field, grid.pages.text(row, column)?))).collect();
        grid.fitting_width(texts.iter().map(AsRef::as_ref)).max(header_width(field)).min(WIDEST_FIT)
    };
    set_width(shared, column, width);
}

/// A press on a header sorts by its column; with Ctrl or Shift it chooses the cells of the column.
pub fn click(shared: &Shared, column: usize, event: &MouseEvent) {
    let (control, field, dragged) = {
        let mut grid = shared.borrow_mut();
        let dragged = std::mem::take(&mut grid.headers.dragged);
        (grid.control, grid.columns.get(column).map(|field| field.key.clone()), dragged)
    };
    let Some(field) = field.filter(|_| !dragged) else { return };
    let joining = match (event.ctrl_key() || event.meta_key(), event.shift_key()) {
        (false, false) => return control.press_sort(&field),
        (_, true) => Joining::UpTo,
        (true, false) => Joining::Beside,
    };
    editor::close(shared, true, None);
    range::select_column(shared, column, joining);
}

/// A press on the button in a header, by pointer or by an assisting program. False for any other press.
pub fn click_button(shared: &Shared, event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let named = target.and_then(|target| target.get_attribute("data-menu")?.parse().ok());
    let dragged = shared.borrow().headers.dragged;
    match (hit(shared, event), named) {
        (Hit::Menu(column), _) | (Hit::Nothing | Hit::Corner, Some(column)) if !dragged => {
            open_menu(shared, column);
            true
        }
        _ => false,
    }
}

fn context(shared: &Shared, event: &MouseEvent) {
    if let Hit::Header(column) | Hit::Menu(column) | Hit::Edge(column) = hit(shared, event) {
        event.prevent_default();
        open_menu(shared, column);
    }
}

/// Opens the menu of a column under its header.
pub fn open_menu(shared: &Shared, column: usize) {
    tooltip::hide(shared);
    let grid = shared.borrow();
    let Some(field) = grid.columns.get(column) else { return };
    let cell = grid.geometry.cell(&grid.view, Spot { row: 0, column });
    let (left, top, ..) = dom::place(&grid.parts.scroller);
    let x = cell.x.max(grid.geometry.left_bound(&grid.view, column));
    let menu = HeaderMenu { key: field.key.clone(), x: left + x, y: top + HEADER_HEIGHT };
    let control = grid.control;
    drop(grid);
    control.menu.set(Some(menu));
    browser::repaint(shared);
}

impl Grid {
    /// What the painter shows of the headers.
    pub(super) fn header_looks(&self) -> HeaderLooks {
        let open = self.control.menu.try_get_untracked().flatten();
        let open = open.and_then(|menu| self.columns.iter().position(|field| field.key == menu.key));
        let drop = match self.headers.drag {
            Some(Drag::Column { to, .. }) => to,
            _ => None,
        };
        HeaderLooks { lively: open.or(self.headers.hovered).filter(|_| drop.is_none()), drop }
    }
}
