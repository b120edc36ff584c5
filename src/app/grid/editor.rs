//! The editor: one real input laid over the cell. Where values can be chosen, a list beside it goes with what is typed.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

use super::browser::{self, Shared};
use super::editor_note::Note;
use super::geometry::{Geometry, HEADER_HEIGHT, Spot, View};
use super::keyboard::Move;
use super::picking::{self, Picking};
use super::range::Edit;
use super::rows::{RecordName, Rows};
use super::travel;
use super::{aria, fill, range, tooltip};
use crate::app::dom;
use crate::app::plain::between;
use crate::domain::fill::Fill;
use crate::domain::value;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The tallest that an editor grows.
const TALLEST: f64 = 240.0;
/// The room that a line of text and its frame take around it.
const FRAME: f64 = 2.0;

/// An open editor.
pub struct Editor {
    control: HtmlElement,
    /// Whose cell it is, wherever its row goes meanwhile.
    record: RecordName,
    spot: Spot,
    before: Option<String>,
    /// What the cell held when it began.
    seen: Option<String>,
    /// What is to be said of the cell meanwhile.
    note: Note,
    /// It began with a typed character: arrows leave it, as they do the cell.
    typed: bool,
    /// What can be chosen beside it.
    picking: Option<Picking>,
    #[expect(dead_code, reason = "they listen as long as they are kept")]
    listeners: Vec<EventListener>,
}

impl Editor {
    /// Keeps the editor over its cell.
    pub fn place(&self, geometry: &Geometry, view: &View) {
        let cell = geometry.cell(view, self.spot);
        let tall = self.control.tag_name() == "TEXTAREA";
        let width = cell.width.max(if tall { 220.0 } else { 120.0 });
        let bound = geometry.left_bound(view, self.spot.column);
        let x = cell.x.max(bound).min((view.width - width).max(bound));
        let lengths = |y: f64, height: f64| {
            [("left", x - 1.0), ("top", y - 1.0), ("width", width + 1.0), ("height", height)]
        };
        let mut height = cell.height + 1.0;
        if tall {
            dom::set_lengths(&self.control, &lengths(cell.y, height));
            height = between(f64::from(self.control.scroll_height()) + 2.0 * FRAME, height, TALLEST);
        }
        let y = cell.y.max(HEADER_HEIGHT).min(view.height - height);
        dom::set_lengths(&self.control, &lengths(y, height));
        self.note.place((x, y, height), view.height, self.picking.is_some());
    }

    /// Goes with its record to another row.
    pub fn follow(&mut self, record: RecordName, row: u64) {
        if self.record == record {
            self.spot.row = row;
        }
    }

    fn typed_text(&self) -> String {
        let control = &self.control;
        match control.dyn_ref::<HtmlInputElement>() {
            Some(input) => input.value(),
            None => {
                control.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value).unwrap_or_default()
            }
        }
    }

    /// What the cell is to hold.
    fn text(&self) -> Option<String> {
        let typed = self.typed_text();
        let text = self.picking.map_or(typed.clone(), |picking| picking.text(&typed));
        (!text.is_empty()).then_some(text)
    }
}

/// Turns a yes into a no and anything else into a yes; another cell begins to be edited with a space.
pub fn toggle(shared: &Shared) -> bool {
    let edit = {
        let grid = shared.borrow();
        let spot = grid.active;
        let of_yes_and_no = |field: &ColumnView| field.kind == ColumnKind::Boolean && field.locked.is_none();
        let head = grid.columns.get(spot.column).filter(|field| of_yes_and_no(field));
        head.and_then(|_| grid.pages.head(spot.row)).map(|head| {
            let seen = grid.pages.text(spot.row, spot.column);
            let text = if seen.and_then(value::read_boolean) == Some(true) { "false" } else { "true" };
            let (text, seen) = (Some(text.to_string()), seen.map(str::to_string));
            Edit { record: head.record, spot, text, seen }
        })
    };
    let is_one = edit.is_some();
    if let Some(edit) = edit {
        range::write(shared, edit);
        aria::build(shared);
    }
    is_one
}

/// Opens the editor on the active cell, with `typed` instead of what the cell holds.
pub fn open(shared: &Shared, typed: Option<&str>) {
    let opened = {
        let mut grid = shared.borrow_mut();
        // Of a range the cell is edited that it began with.
        let (active, anchor) = (grid.active, grid.anchor);
        (grid.active, grid.anchor) = (anchor, active);
        let spot = grid.active;
        let Some(field) = grid.columns.get(spot.column).cloned() else { return };
        let Some(head) = grid.pages.head(spot.row) else { return };
        if let Some(reason) = &field.locked {
            let reason = reason.clone();
            let control = grid.control;
            drop(grid);
            control.trouble(reason);
            return;
        }
        let before = grid.pages.text(spot.row, spot.column).map(str::to_string);
        (grid.parts.host.clone(), spot, field, head, before)
    };
    let (host, spot, field, head, before) = opened;
    let Some(control) = make(&field, head.position) else { return };
    let picking = shared.borrow().control.picking;
    let picking = picking::picks(&field).then_some(picking);
    let text = match picking {
        Some(picking) => {
            let cell = (shared.borrow().sheet_id.clone(), head.record.id());
            picking.begin(cell, &field, before.as_deref(), typed)
        }
        None => typed.or(before.as_deref()).unwrap_or("").to_string(),
    };
    match control.dyn_ref::<HtmlInputElement>() {
        Some(input) => input.set_value(&text),
        None => {
            if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
                area.set_value(&text);
            }
        }
    }
    let _ = host.append_child(&control);
    let listeners = listen(shared, &control);
    {
        let mut grid = shared.borrow_mut();
        let mut editor = Editor {
            control: control.clone(),
            record: head.record,
            spot,
            seen: before.clone(),
            before,
            note: Note::default(),
            typed: typed.is_some(),
            picking,
            listeners,
        };
        if typed.is_none() {
            // Inputs change line ends; what nobody typed must not look typed.
            editor.before = editor.text();
        }
        editor.place(&grid.geometry, &grid.view);
        grid.editor = Some(editor);
        grid.control.editing.set(true);
    }
    if let Some(picking) = picking {
        picking.show(dom::place(&control));
    }
    tooltip::hide(shared);
    dom::focus_still(&control);
    if typed.is_none() && control.tag_name() == "INPUT" {
        dom::call(&control, "select", &[]);
    }
}

fn make(field: &ColumnView, position: u64) -> Option<HtmlElement> {
    let tag = if field.kind == ColumnKind::Text { "textarea" } else { "input" };
    let element = dom::make(tag, "grid-editor")?;
    let label = [&field.label, ", record ", &position.to_string()].concat();
    let mut attributes =
        vec![("aria-label", label.as_str()), ("spellcheck", "false"), ("autocomplete", "off")];
    match field.kind {
        ColumnKind::Number => attributes.push(("inputmode", "decimal")),
        ColumnKind::Date => attributes.push(("placeholder", "YYYY-MM-DD")),
        _ => {}
    }
    if picking::picks(field) && field.kind != ColumnKind::Date {
        attributes.extend([
            ("role", "combobox"),
            ("aria-expanded", "true"),
            ("aria-autocomplete", "list"),
            ("aria-controls", picking::LIST_ID),
        ]);
    }
    for (name, value) in attributes {
        let _ = element.set_attribute(name, value);
    }
    element.dyn_into().ok()
}

fn listen(shared: &Shared, control: &HtmlElement) -> Vec<EventListener> {
    let cancelable = EventListenerOptions::enable_prevent_default();
    let weak = Rc::downgrade(shared);
    let keys = EventListener::new_with_options(control, "keydown", cancelable, move |event| {
        let (Some(shared), Some(event)) = (weak.upgrade(), event.dyn_ref::<KeyboardEvent>()) else { return };
        key(&shared, event);
    });
    let weak = Rc::downgrade(shared);
    let input = EventListener::new(control, "input", move |_| {
        let Some(shared) = weak.upgrade() else { return };
        let grid = shared.borrow();
        let Some(editor) = &grid.editor else { return };
        editor.place(&grid.geometry, &grid.view);
        if let Some(picking) = editor.picking {
            picking.typed.set(editor.typed_text());
            picking.at.set(None);
        }
    });
    let weak = Rc::downgrade(shared);
    let leave = EventListener::new(control, "blur", move |_| {
        if let Some(shared) = weak.upgrade() {
            later(&shared, |shared| close(shared, true, None));
        }
    });
    vec![keys, input, leave]
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
    let (picking, typed) = match &shared.borrow().editor {
        Some(editor) => (editor.picking, editor.typed),
        None => return,
    };
    let key = event.key();
    if picking.is_some_and(|picking| picking::key(picking, &key)) {
        event.prevent_default();
        return;
    }
    let held = event.ctrl_key() || event.meta_key();
    let way = match (key.as_str(), event.shift_key()) {
        ("Escape", _) => None,
        ("Enter", _) if event.alt_key() => {
            event.prevent_default();
            break_line(shared);
            return;
        }
        ("Enter", _) if held => {
            event.prevent_default();
            later(shared, fill_range);
            return;
        }
        ("Enter", false) => Some(Move::Down),
        ("Enter", true) => Some(Move::Up),
        ("Tab", false) => Some(Move::Next),
        ("Tab", true) => Some(Move::Previous),
        ("ArrowUp", false) if typed => Some(Move::Up),
        ("ArrowDown", false) if typed => Some(Move::Down),
        ("ArrowLeft", false) if typed => Some(Move::Left),
        ("ArrowRight", false) if typed => Some(Move::Right),
        _ => return,
    };
    event.prevent_default();
    later(shared, move |shared| close(shared, way.is_some(), Some(way)));
}

fn break_line(shared: &Shared) {
    let area = match &shared.borrow().editor {
        Some(editor) => editor.control.clone().dyn_into::<HtmlTextAreaElement>().ok(),
        None => None,
    };
    let Some(area) = area else { return };
    let at = area.selection_start().ok().flatten().unwrap_or(0);
    let to = area.selection_end().ok().flatten().unwrap_or(at);
    let _ = area.set_range_text_with_start_and_end("\n", at, to);
    let _ = area.set_selection_range(at + 1, at + 1);
    let grid = shared.borrow();
    if let Some(editor) = &grid.editor {
        editor.place(&grid.geometry, &grid.view);
    }
}

/// Gives every cell of the range what was typed.
fn fill_range(shared: &Shared) {
    let text = match &shared.borrow().editor {
        Some(editor) => editor.text(),
        None => return,
    };
    close(shared, false, Some(None));
    fill::everywhere(shared, Fill::with(text.unwrap_or_default()));
}

/// Something was chosen beside the editor.
pub fn choose(shared: &Shared) {
    let shared = Rc::clone(shared);
    leptos::prelude::queue_microtask(move || close(&shared, true, Some(None)));
}

/// Rows came: says so when somebody else has changed the cell that is edited.
pub fn check(shared: &Shared) {
    let mut grid = shared.borrow_mut();
    let Some(mut editor) = grid.editor.take() else { return };
    if grid.pages.head(editor.spot.row).is_some_and(|head| head.record == editor.record) {
        let now = grid.pages.text(editor.spot.row, editor.spot.column);
        let other = Some(now).filter(|now| *now != editor.seen.as_deref());
        editor.note.say(&grid.parts.host, &editor.control, other);
        editor.place(&grid.geometry, &grid.view);
    }
    grid.editor = Some(editor);
}

/// Closes the editor, keeps what was typed if `keep`, and goes on as `then` says: nothing when the
/// focus went elsewhere by itself.
pub fn close(shared: &Shared, keep: bool, then: Option<Option<Move>>) {
    let Some(editor) = shared.borrow_mut().editor.take() else { return };
    let text = editor.text();
    let (spot, changed) = (editor.spot, text != editor.before);
    shared.borrow().control.editing.set(false);
    let record = editor.record;
    if let Some(picking) = editor.picking {
        picking.end();
    }
    editor.control.remove();
    if keep && changed {
        range::write(shared, Edit { record, spot, text, seen: editor.seen.clone() });
        aria::build(shared);
    }
    if let Some(way) = then {
        shared.borrow_mut().focused = true;
        match way {
            Some(way) => {
                if !travel::step(shared, way, false) {
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
