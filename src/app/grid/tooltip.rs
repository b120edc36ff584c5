//! What is wrong with a cell, beside it, on hover and when the cell has the focus; and what helps with it.

use leptos::prelude::queue_microtask;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

use super::Wish;
use super::browser::{Grid, Shared};
use super::fix::fix;
use super::geometry::{HEADER_HEIGHT, Spot};
use super::range::{self, Edit};
use super::rows::{Remark, Rows};
use super::travel;
use crate::app::dom;
use crate::app::format::escape;
use crate::app::sheet::waiting::CLASH_ID;
use crate::domain::blueprint::Level;
use crate::domain::said;

const WIDTH: f64 = 288.0;
/// Most letters of a proposed text that the button shows.
const MOST_SHOWN: usize = 28;

/// Shows the messages of the cell that is pointed at, else of the active one, or hides them.
pub fn update(shared: &Shared) {
    let mut grid = shared.borrow_mut();
    if grid.geometry.is_list() {
        return;
    }
    // Somebody is about to press one of its buttons by keyboard.
    if dom::focused().is_some_and(|element| grid.parts.tip.contains(Some(&element))) {
        return;
    }
    let active = (grid.focused && grid.editor.is_none()).then_some(grid.active);
    let described = grid.headers.hovered.and_then(|column| {
        let field = grid.columns.get(column)?;
        let text = field.description.as_deref()?;
        let cell = grid.geometry.cell(&grid.view, Spot { row: 0, column });
        Some((
            cell.x,
            format!(
                "<div class=\"host\"><p><b>{}</b></p><p>{}</p></div>",
                escape(&field.label),
                escape(text)
            ),
        ))
    });
    if let Some((x, html)) = described {
        grid.explained = None;
        let tip = &grid.parts.tip;
        part(tip, "[role=tooltip]", &html);
        part(tip, ".grid-tip-offers", "");
        tip.set_hidden(false);
        let x = x.max(grid.geometry.gutter).min((grid.view.width - WIDTH - 12.0).max(4.0));
        dom::set_lengths(tip, &[("left", x), ("top", HEADER_HEIGHT + 4.0)]);
        return;
    }
    let is_shown = |spot: &Spot| {
        let cell = grid.geometry.cell(&grid.view, *spot);
        cell.y > 0.0 && cell.y < grid.view.height && !grid.pages.remarks(spot.row, spot.column).is_empty()
    };
    let shown = [grid.pointed, active].into_iter().flatten().find(is_shown);
    grid.explained = shown;
    let tip = grid.parts.tip.clone();
    let Some(spot) = shown else {
        tip.set_hidden(true);
        return;
    };
    part(&tip, "[role=tooltip]", &html(grid.pages.remarks(spot.row, spot.column)));
    part(&tip, ".grid-tip-offers", &offers(&grid, spot));
    tip.set_hidden(false);
    let cell = grid.geometry.cell(&grid.view, spot);
    let x = cell.x.max(grid.geometry.gutter).min((grid.view.width - WIDTH - 12.0).max(4.0));
    let below = cell.y + cell.height;
    let height = f64::from(tip.offset_height());
    let y = if below + height > grid.view.height { (cell.y - height).max(HEADER_HEIGHT) } else { below };
    dom::set_lengths(&tip, &[("left", x), ("top", y)]);
}

/// Hides the messages.
pub fn hide(shared: &Shared) {
    shared.borrow().parts.tip.set_hidden(true);
}

/// Goes from the cell to what helps with its messages, or first to the choice that waits.
pub fn enter(shared: &Shared) {
    if let Some(choice) = dom::by_id(CLASH_ID).and_then(|card| card.query_selector("button").ok().flatten()) {
        dom::focus_still(&choice);
        return;
    }
    update(shared);
    let tip = shared.borrow().parts.tip.clone();
    if let Some(first) = tip.query_selector("button").ok().flatten().filter(|_| !tip.hidden()) {
        dom::focus_still(&first);
    }
}

/// Does what was pressed.
pub fn press(shared: &Shared, event: &MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let button = target.and_then(|target| target.closest("button").ok().flatten());
    let Some(offer) = button.and_then(|button| button.get_attribute("data-offer")) else { return };
    let (spot, control) = {
        let grid = shared.borrow();
        (grid.explained, grid.control)
    };
    let Some(spot) = spot else { return };
    if offer == "fix" {
        let edit = {
            let grid = shared.borrow();
            let seen = grid.pages.text(spot.row, spot.column).map(str::to_string);
            grid.pages.head(spot.row).zip(proposal(&grid, spot)).map(|(head, text)| Edit {
                record: head.record,
                spot,
                text: Some(text),
                seen,
            })
        };
        if let Some(edit) = edit {
            travel::go(shared, spot, false);
            range::write(shared, edit);
        }
        back(shared);
        return;
    }
    let wish = {
        let grid = shared.borrow();
        let first = grid.pages.remarks(spot.row, spot.column).first();
        let field = grid.columns.get(spot.column).map(|column| column.key.clone());
        field.zip(first).map(|(field, remark)| Wish::Messages { field, text: remark.text.clone() })
    };
    hide(shared);
    control.wish.set(wish);
}

/// Esc leads back to the cell, and so does Tab from the last button.
pub fn key(shared: &Shared, event: &KeyboardEvent) {
    if event.key() == "Escape" {
        event.prevent_default();
        back(shared);
    }
}

fn back(shared: &Shared) {
    let shared = shared.clone();
    queue_microtask(move || {
        shared.borrow_mut().focused = true;
        let spot = shared.borrow().active;
        travel::go(&shared, spot, false);
    });
}

fn part(tip: &HtmlElement, name: &str, html: &str) {
    if let Ok(Some(part)) = tip.query_selector(name) {
        part.set_inner_html(html);
    }
}

fn html(remarks: &[Remark]) -> String {
    let mut html = String::new();
    for remark in remarks {
        let (class, word) = match remark.level {
            Level::Error => ("text-error", "Error"),
            Level::Warn => ("text-warn", "Warning"),
            Level::Info => ("text-info", "Note"),
        };
        let whose = said::class(remark.hosts);
        for piece in [
            "<p><b class=\"",
            class,
            "\">",
            word,
            "</b> <span class=\"",
            whose,
            "\">",
            &escape(&remark.text),
            "</span></p>",
        ] {
            html.push_str(piece);
        }
    }
    html
}

fn offers(grid: &Grid, spot: Spot) -> String {
    let mut html = String::new();
    if let Some(text) = proposal(grid, spot) {
        let choices = grid.columns.get(spot.column).map_or(&[][..], |column| &column.choices);
        let label = choices.iter().find(|choice| choice.value == text).map_or(&text, |choice| &choice.label);
        let mut shown: String = label.chars().take(MOST_SHOWN).collect();
        shown.push_str(if shown.len() < label.len() { "…" } else { "" });
        for piece in [
            "<button type=\"button\" class=\"button button-small\" data-offer=\"fix\">Use “",
            &escape(&shown),
            "”</button>",
        ] {
            html.push_str(piece);
        }
    }
    html.push_str(
        "<button type=\"button\" class=\"button button-small button-ghost\" data-offer=\"all\">All like this…</button>",
    );
    html
}

/// What the cell was probably meant to hold, when it may be changed.
fn proposal(grid: &Grid, spot: Spot) -> Option<String> {
    let column = grid.columns.get(spot.column).filter(|column| column.locked.is_none())?;
    let remarks = grid.pages.remarks(spot.row, spot.column).iter();
    fix(column, grid.pages.text(spot.row, spot.column)?, remarks.map(|remark| remark.text.as_str()))
}
