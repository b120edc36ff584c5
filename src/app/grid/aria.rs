//! The accessible layer: the cells that are seen, as elements with roles over the picture. It is
//! transparent; readers, tests and the keyboard focus find the cells there.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use super::browser::{Grid, Shared};
use super::geometry::{HEADER_HEIGHT, SeenColumns, Spot, View};
use super::rows::{RecordName, Rows};
use super::selection::Selection;
use super::shown::shown;
use super::{compose, list};
use crate::app::dom;
use crate::app::format::escape;
use crate::app::sheet::waiting::Sign;
use crate::domain::blueprint::Level;
use crate::domain::ids::{Id, RecordId};
use crate::rpc::records::{ColumnKind, ColumnView};

/// The id of the messages of a cell.
pub const TIP_ID: &str = "grid-tip";
/// The click of a finger comes so long after it was lifted, at most.
const CLICK_MILLISECONDS: u32 = 60;

/// What the layer shows now.
#[derive(Debug, Default)]
pub struct Built {
    rows: Range<u64>,
    columns: SeenColumns,
    top: f64,
    left: f64,
}

impl Built {
    /// Moves the layer with the rows until it is built anew.
    pub fn follow(&self, layer: &HtmlElement, view: &View) {
        let Some(body) = layer.last_element_child() else { return };
        let (x, y) = (self.left - view.left, self.top - view.top);
        dom::set_style(&body, &format!("transform:translate({},{})", dom::pixels(x), dom::pixels(y)));
    }
}

/// Whether the layer may be built anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hold {
    /// It may.
    #[default]
    Free,
    /// A pointer is down: what it pressed has to be there when it is let go, or the browser tells of no click.
    Down,
    /// The same, and it will be built anew then.
    Due,
}

/// The layer stays as it is while a pointer is down.
pub fn hold(shared: &Shared) {
    let mut grid = shared.borrow_mut();
    grid.freeing = None;
    if grid.hold == Hold::Free {
        grid.hold = Hold::Down;
    }
}

/// The pointer is let go: after the click the layer may change again.
pub fn let_go(shared: &Shared) {
    if shared.borrow().hold == Hold::Free {
        return;
    }
    let weak = Rc::downgrade(shared);
    let free = move || {
        let Some(shared) = weak.upgrade() else { return };
        let before = std::mem::take(&mut shared.borrow_mut().hold);
        if before == Hold::Due {
            build(&shared);
        }
    };
    shared.borrow_mut().freeing = Some(Timeout::new(CLICK_MILLISECONDS, free));
}

/// Builds the layer for what is seen, once no pointer is down. The focus stays where it was.
pub fn build(shared: &Shared) {
    let refocus = {
        let mut grid = shared.borrow_mut();
        if grid.closed || grid.geometry.is_list() {
            return;
        }
        if grid.hold != Hold::Free {
            grid.hold = Hold::Due;
            return;
        }
        let rows = grid.geometry.visible_rows(&grid.view);
        let columns = grid.geometry.visible_columns(&grid.view);
        let html = html(&grid, rows.clone(), columns.clone());
        grid.layer = Built { rows, columns, top: grid.view.top, left: grid.view.left };
        // What helps with a message has the focus as long as the person is there.
        let helped = dom::focused().is_some_and(|element| grid.parts.tip.contains(Some(&element)));
        let focused = grid.focused && grid.editor.is_none() && !helped;
        let layer = grid.parts.layer.clone();
        let _ = layer.set_attribute("aria-rowcount", &(grid.geometry.rows + 1).to_string());
        let _ = layer.set_attribute("aria-colcount", &(grid.columns.len() + 1).to_string());
        drop(grid);
        // Removing the focused cell must not look as if the person had left.
        shared.borrow_mut().rebuilding = true;
        layer.set_inner_html(&html);
        shared.borrow_mut().rebuilding = false;
        place(&shared.borrow(), &layer);
        focused
    };
    mark_selected(shared);
    mark_others(shared);
    let grid = shared.borrow();
    if grid.chooses() {
        mark_chosen(&grid);
    }
    drop(grid);
    if refocus {
        focus_active(shared);
    }
}

fn html(grid: &Grid, rows: Range<u64>, columns: SeenColumns) -> String {
    let mut html = String::with_capacity(16 << 10);
    html.push_str(
        "<div role=\"row\" aria-rowindex=\"1\"><div role=\"columnheader\" aria-colindex=\"1\">\
         <input type=\"checkbox\" tabindex=\"-1\" data-all aria-label=\"Select all records\"></div>",
    );
    for column in columns.each() {
        let Some(field) = grid.columns.get(column) else { continue };
        header_html(grid, field, column, &mut html);
    }
    html.push_str("</div><div role=\"rowgroup\">");
    // The active cell is always there, even out of sight: the focus must have somewhere to be.
    let here = rows.contains(&grid.active.row);
    for row in rows {
        let mut columns: Vec<usize> = columns.each().collect();
        if row == grid.active.row && !columns.contains(&grid.active.column) {
            columns.push(grid.active.column);
        }
        row_html(grid, row, &columns, &mut html);
    }
    if !here && grid.active.row < grid.geometry.rows {
        row_html(grid, grid.active.row, &[grid.active.column], &mut html);
    }
    html.push_str("</div>");
    html
}

fn header_html(grid: &Grid, field: &ColumnView, column: usize, html: &mut String) {
    let described = field
        .description
        .as_deref()
        .map_or_else(String::new, |text| format!(" aria-description=\"{}\"", escape(text)));
    let label = escape(&field.label);
    // A label with a word of ours behind it is no word of the host.
    let required = if field.required { ", required\" class=\"ours\"" } else { "\"" };
    let _ = write!(
        html,
        "<div role=\"columnheader\" aria-colindex=\"{}\" data-column=\"{column}\" aria-label=\"{label}{required}{}{described}>\
         <button type=\"button\" class=\"ours\" tabindex=\"-1\" data-menu=\"{column}\" aria-haspopup=\"dialog\" \
         aria-label=\"Column menu of {label}\"></button><button type=\"button\" tabindex=\"-1\" aria-hidden=\"true\" \
         data-handle=\"{column}\"></button></div>",
        column + 2,
        match grid.question.direction(&field.key) {
            Some(false) => " aria-sort=\"ascending\"",
            Some(true) => " aria-sort=\"descending\"",
            None => "",
        },
    );
}

fn row_html(grid: &Grid, row: u64, columns: &[usize], html: &mut String) {
    let head = grid.pages.head(row);
    let position = head.map_or(row + 1, |head| head.position);
    let record = head.map_or_else(String::new, |head| head.record.id());
    let _ = write!(
        html,
        "<div role=\"row\" aria-rowindex=\"{}\" data-record=\"{record}\"><div role=\"rowheader\" aria-colindex=\"1\">\
         <input type=\"checkbox\" tabindex=\"-1\" data-row=\"{row}\" aria-label=\"Select record {position}\">\
         {position}{}</div>",
        row + 2,
        if head.is_some_and(|head| head.invalid) { " <span>has errors</span>" } else { "" }
    );
    for column in columns.iter().copied() {
        let Some(field) = grid.columns.get(column) else { continue };
        let active = grid.active == Spot { row, column };
        let _ = write!(
            html,
            "<div role=\"gridcell\" aria-colindex=\"{}\" data-row=\"{row}\" data-column=\"{column}\" tabindex=\"{}\"{}{}{}>{}</div>",
            column + 2,
            if active { "0" } else { "-1" },
            if grid.pages.level(row, column) == Some(Level::Error) { " aria-invalid=\"true\"" } else { "" },
            if field.locked.is_some() { " aria-readonly=\"true\"" } else { "" },
            if head.is_none() { " aria-busy=\"true\"" } else { "" },
            escape(&said(field, grid.pages.text(row, column).unwrap_or("")))
        );
    }
    html.push_str("</div>");
}

/// What a cell says: a list by its items, everything else as it is stored.
fn said<'a>(field: &'a ColumnView, text: &'a str) -> Cow<'a, str> {
    if field.kind == ColumnKind::List { shown(field, text) } else { text.into() }
}

/// Puts rows and cells where the picture has them.
fn place(grid: &Grid, layer: &HtmlElement) {
    let (Some(header), Some(body)) = (layer.first_element_child(), layer.last_element_child()) else {
        return;
    };
    cells(grid, &header, HEADER_HEIGHT);
    for row in children(&body) {
        let spot = Spot { row: index(&row, "aria-rowindex"), column: 0 };
        let y = grid.geometry.cell(&grid.view, spot).y;
        dom::set_lengths(&row, &[("top", y)]);
        cells(grid, &row, grid.geometry.row_height);
    }
}

fn cells(grid: &Grid, row: &Element, height: f64) {
    for cell in children(row) {
        let (x, width) = if cell.get_attribute("aria-colindex").as_deref() == Some("1") {
            (0.0, grid.geometry.gutter)
        } else {
            let column = index(&cell, "aria-colindex") as usize;
            let cell = grid.geometry.cell(&grid.view, Spot { row: 0, column });
            (cell.x, cell.width)
        };
        dom::set_lengths(&cell, &[("left", x), ("width", width), ("height", height)]);
    }
}

fn children(element: &Element) -> impl Iterator<Item = Element> + use<> {
    let list = element.children();
    (0..list.length()).filter_map(move |place| list.item(place))
}

/// An index of the layer, which counts from 1 and counts the headers, as one of the grid.
fn index(element: &Element, name: &str) -> u64 {
    element.get_attribute(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(2).saturating_sub(2)
}

fn cell(layer: &HtmlElement, spot: Spot) -> Option<HtmlElement> {
    let name = format!("[role=gridcell][data-row=\"{}\"][data-column=\"{}\"]", spot.row, spot.column);
    layer.query_selector(&name).ok().flatten()?.dyn_into().ok()
}

/// Makes the active cell the one that Tab comes to, and focuses it when the grid has the focus. A layer
/// without that cell is built anew.
pub fn activate(shared: &Shared) {
    if shared.borrow().geometry.is_list() {
        return list::activate(shared);
    }
    if !focus_active(shared) {
        build(shared);
    }
}

/// False when the layer has to be built anew first.
fn focus_active(shared: &Shared) -> bool {
    let (layer, spot, focused, outside) = {
        let grid = shared.borrow();
        let outside =
            !(grid.layer.rows.contains(&grid.active.row) && grid.layer.columns.contains(grid.active.column));
        let focused = grid.focused && grid.editor.is_none();
        (grid.parts.layer.clone(), grid.active, focused, outside && grid.sees_active())
    };
    if outside {
        return false;
    }
    if let Ok(Some(before)) = layer.query_selector("[role=gridcell][tabindex=\"0\"]") {
        let _ = before.set_attribute("tabindex", "-1");
        let _ = before.remove_attribute("contenteditable");
        let _ = before.remove_attribute("aria-describedby");
    }
    let Some(cell) = cell(&layer, spot) else { return false };
    let _ = cell.set_attribute("tabindex", "0");
    if focused {
        compose::prepare(shared, &cell);
    }
    if !shared.borrow().pages.remarks(spot.row, spot.column).is_empty() {
        let _ = cell.set_attribute("aria-describedby", TIP_ID);
    }
    if focused {
        dom::focus_still(&cell);
    }
    true
}

/// Says which cells are chosen, since there are or were several.
pub fn mark_chosen(grid: &Grid) {
    let chosen = grid.chosen_seen();
    let Some(body) = grid.parts.layer.last_element_child() else { return };
    for row in children(&body) {
        let number = index(&row, "aria-rowindex");
        for cell in children(&row).skip(1) {
            let spot = Spot { row: number, column: index(&cell, "aria-colindex") as usize };
            let is_chosen = chosen.iter().any(|block| block.contains(spot));
            let _ = cell.set_attribute("aria-selected", if is_chosen { "true" } else { "false" });
        }
    }
}

/// Says which cells other people are on, which wait for the server, and which for a choice.
pub fn mark_others(shared: &Shared) {
    let grid = shared.borrow();
    let layer = &grid.parts.layer;
    if let Ok(marked) = layer.query_selector_all("[role=gridcell][aria-description]") {
        for place in 0..marked.length() {
            if let Some(cell) = marked.item(place).and_then(|node| node.dyn_into::<Element>().ok()) {
                let _ = cell.remove_attribute("aria-description");
            }
        }
    }
    let describe = |spot: Spot, words: &str| {
        if let Some(cell) = cell(layer, spot) {
            let before = cell.get_attribute("aria-description").map(|before| before + ", ");
            let _ = cell.set_attribute("aria-description", &(before.unwrap_or_default() + words));
        }
    };
    for (record, place, sign) in &grid.pending {
        let words = match sign {
            Sign::Sent => continue,
            Sign::Waiting => "waits to be sent",
            Sign::Clash => "changed by somebody else; Control and full stop go to the choice",
        };
        let column = grid
            .fields
            .get(*place)
            .and_then(|field| grid.columns.iter().position(|other| other.key == field.key));
        if let Some((row, column)) = grid.pages.row_of(*record).zip(column) {
            describe(Spot { row, column }, words);
        }
    }
    for (spot, other) in grid.others_seen() {
        describe(spot, &[&other.name, " is here"].concat());
    }
}

/// Says which rows are selected.
pub fn mark_selected(shared: &Shared) {
    let grid = shared.borrow();
    let all = matches!(grid.selection, Selection::All | Selection::AllBut(_));
    let Ok(boxes) = grid.parts.layer.query_selector_all("input") else { return };
    for place in 0..boxes.length() {
        let Some(checkbox) = boxes.item(place).and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
        else {
            continue;
        };
        let row = checkbox.closest("[data-record]").ok().flatten();
        let id = row.as_ref().and_then(|row| row.get_attribute("data-record"));
        let record = id.and_then(|id| RecordName::read(id.strip_prefix(RecordId::PREFIX)?));
        let selected = record.map_or(all, |record| grid.selection.contains(record));
        checkbox.set_checked(selected);
        if let Some(row) = row {
            let _ = row.set_attribute("aria-selected", if selected { "true" } else { "false" });
        }
    }
}
