//! The editor: one real input laid over the cell.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent};

use super::browser::{self, Shared};
use super::geometry::{Geometry, HEADER_HEIGHT, Spot, View};
use super::keyboard::Move;
use super::rows::{RecordName, Rows};
use super::{aria, range, tooltip};
use crate::app::dom;
use crate::app::format::escape;
use crate::rpc::records::{ColumnKind, ColumnView};

/// An open editor.
pub struct Editor {
    control: HtmlElement,
    /// Whose cell it is, wherever its row goes meanwhile.
    record: RecordName,
    spot: Spot,
    before: Option<String>,
    #[expect(dead_code, reason = "they listen as long as they are kept")]
    listeners: Vec<EventListener>,
}

impl Editor {
    /// Keeps the editor over its cell.
    pub fn place(&self, geometry: &Geometry, view: &View) {
        let cell = geometry.cell(view, self.spot);
        let tall = self.control.tag_name() == "TEXTAREA";
        let width = cell.width.max(if tall { 280.0 } else { 120.0 });
        let bound = geometry.left_bound(view, self.spot.column);
        let x = cell.x.max(bound).min((view.width - width).max(bound));
        let height = if tall { 132.0 } else { cell.height + 1.0 };
        let y = cell.y.max(HEADER_HEIGHT).min(view.height - height);
        let lengths = [("left", x - 1.0), ("top", y - 1.0), ("width", width + 1.0), ("height", height)];
        dom::set_lengths(&self.control, &lengths);
    }

    /// Goes with its record to another row.
    pub fn follow(&mut self, record: RecordName, row: u64) {
        if self.record == record {
            self.spot.row = row;
        }
    }

    fn text(&self) -> Option<String> {
        let control = &self.control;
        let text = if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
            input.value()
        } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
            area.value()
        } else {
            control.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value).unwrap_or_default()
        };
        (!text.is_empty()).then_some(text)
    }
}

/// Opens the editor on the active cell, with `typed` instead of what the cell holds.
pub fn open(shared: &Shared, typed: Option<&str>) {
    let opened = {
        let grid = shared.borrow();
        let spot = grid.active;
        let Some(field) = grid.columns.get(spot.column).cloned() else { return };
        let Some(head) = grid.blocks.head(spot.row) else { return };
        if let Some(reason) = &field.locked {
            let reason = reason.clone();
            let control = grid.control;
            drop(grid);
            control.trouble(reason);
            return;
        }
        let before = grid.blocks.text(spot.row, spot.column).map(str::to_string);
        (grid.parts.host.clone(), spot, field, head, before)
    };
    let (host, spot, field, head, before) = opened;
    let Some(control) = make(&field, head.position, before.as_deref(), typed) else { return };
    let _ = host.append_child(&control);
    let listeners = listen(shared, &control);
    {
        let mut grid = shared.borrow_mut();
        let mut editor = Editor { control: control.clone(), record: head.record, spot, before, listeners };
        if typed.is_none() {
            // Inputs change line ends; what nobody typed must not look typed.
            editor.before = editor.text();
        }
        editor.place(&grid.geometry, &grid.view);
        grid.editor = Some(editor);
    }
    tooltip::hide(shared);
    dom::focus_still(&control);
    if let (Some(input), None) = (control.dyn_ref::<HtmlInputElement>(), typed) {
        input.select();
    }
}

fn make(field: &ColumnView, position: u64, before: Option<&str>, typed: Option<&str>) -> Option<HtmlElement> {
    let long = before.is_some_and(|text| text.contains('\n') || text.len() > 120) && typed.is_none();
    let tag = match field.kind {
        ColumnKind::Enum | ColumnKind::Boolean => "select",
        _ if long => "textarea",
        _ => "input",
    };
    let element = dom::make(tag, "grid-editor")?;
    let _ = element.set_attribute("aria-label", &format!("{}, record {position}", field.label));
    let text = typed.or(before).unwrap_or("");
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(text);
    } else if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(text);
    } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
        select.set_inner_html(&options(field, before));
        select.set_value(&matching(field, before, typed));
    }
    element.dyn_into().ok()
}

fn options(field: &ColumnView, before: Option<&str>) -> String {
    let mut html = String::from("<option value=\"\">Empty</option>");
    let mut add = |value: &str, label: &str| {
        html.push_str(&format!("<option value=\"{}\">{}</option>", escape(value), escape(label)));
    };
    let known = |text: &str| match field.kind {
        ColumnKind::Boolean => matches!(text, "true" | "false"),
        _ => field.choices.iter().any(|choice| choice.value == text),
    };
    if let Some(text) = before.filter(|text| !known(text)) {
        add(text, &format!("{text} (not an option)"));
    }
    if field.kind == ColumnKind::Boolean {
        add("true", "Yes");
        add("false", "No");
    }
    for choice in &field.choices {
        add(&choice.value, &choice.label);
    }
    html
}

/// What the list begins with: the first choice that starts with what was typed, else what was there.
fn matching(field: &ColumnView, before: Option<&str>, typed: Option<&str>) -> String {
    let typed = typed.map(dom::lower);
    if field.kind == ColumnKind::Boolean {
        let known =
            [("y", "true"), ("t", "true"), ("1", "true"), ("n", "false"), ("f", "false"), ("0", "false")];
        let meant = known.iter().find(|(letter, _)| typed.as_deref() == Some(letter));
        return meant.map_or_else(|| before.unwrap_or_default().to_string(), |(_, value)| value.to_string());
    }
    let found = typed.and_then(|typed| {
        let starts = |choice: &&crate::rpc::records::Choice| dom::lower(&choice.label).starts_with(&typed);
        field.choices.iter().find(starts).map(|choice| choice.value.clone())
    });
    found.or_else(|| before.map(str::to_string)).unwrap_or_default()
}

fn listen(shared: &Shared, control: &HtmlElement) -> Vec<EventListener> {
    let cancelable = EventListenerOptions::enable_prevent_default();
    let weak = Rc::downgrade(shared);
    // Some browsers say that a list changed at each arrow key; only a press chooses.
    let by_keys = Rc::new(Cell::new(false));
    let (keyed, pressed) = (Rc::clone(&by_keys), Rc::clone(&by_keys));
    let pointer = EventListener::new(control, "pointerdown", move |_| pressed.set(false));
    let keys = EventListener::new_with_options(control, "keydown", cancelable, move |event| {
        keyed.set(true);
        let (Some(shared), Some(event)) = (weak.upgrade(), event.dyn_ref::<KeyboardEvent>()) else { return };
        key(&shared, event);
    });
    let weak = Rc::downgrade(shared);
    let leave = EventListener::new(control, "blur", move |_| {
        if let Some(shared) = weak.upgrade() {
            later(&shared, |shared| close(shared, true, None));
        }
    });
    let weak = Rc::downgrade(shared);
    let pick = EventListener::new(control, "change", move |event: &Event| {
        let is_list = event.target().is_some_and(|target| target.dyn_ref::<HtmlSelectElement>().is_some());
        if let Some(shared) = weak.upgrade().filter(|_| is_list && !by_keys.get()) {
            later(&shared, |shared| close(shared, true, Some(None)));
        }
    });
    vec![pointer, keys, leave, pick]
}

/// A listener must not be dropped while it runs, so the editor closes right after.
fn later(shared: &Shared, act: impl FnOnce(&Shared) + 'static) {
    let shared = Rc::clone(shared);
    leptos::prelude::queue_microtask(move || act(&shared));
}

fn key(shared: &Shared, event: &KeyboardEvent) {
    event.stop_propagation();
    if event.is_composing() {
        return;
    }
    let in_text = event.target().is_some_and(|target| target.dyn_ref::<HtmlTextAreaElement>().is_some());
    let way = match (event.key().as_str(), event.shift_key()) {
        ("Escape", _) => None,
        ("Enter", _) if in_text && !event.ctrl_key() => return,
        ("Enter", false) => Some(Move::Down),
        ("Enter", true) => Some(Move::Up),
        ("Tab", false) => Some(Move::Next),
        ("Tab", true) => Some(Move::Previous),
        _ => return,
    };
    event.prevent_default();
    later(shared, move |shared| close(shared, way.is_some(), Some(way)));
}

/// Closes the editor, keeps what was typed if `keep`, and goes on as `then` says: nothing when the
/// focus went elsewhere by itself.
pub fn close(shared: &Shared, keep: bool, then: Option<Option<Move>>) {
    let Some(editor) = shared.borrow_mut().editor.take() else { return };
    let (text, spot, changed) = (editor.text(), editor.spot, editor.text() != editor.before);
    let record = editor.record;
    editor.control.remove();
    if keep && changed {
        range::write(shared, vec![(record, spot, text)]);
        aria::build(shared);
    }
    if let Some(way) = then {
        shared.borrow_mut().focused = true;
        match way {
            Some(way) => {
                if !browser::step(shared, way, false) {
                    aria::activate(shared);
                }
            }
            None => aria::activate(shared),
        }
        tooltip::update(shared);
    }
    if then.is_none() {
        // The focus went elsewhere by itself; it may have stayed in the grid.
        let scroller = shared.borrow().parts.scroller.clone();
        let stays = dom::focused().is_some_and(|element| scroller.contains(Some(&element)));
        shared.borrow_mut().focused = stays;
    }
    browser::repaint(shared);
}
