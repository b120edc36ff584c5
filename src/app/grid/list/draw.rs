//! Draws the cards that are seen, and some on either side of them, so that a finger finds them there.

use web_sys::HtmlInputElement;

use leptos::wasm_bindgen::JsCast;

use super::card::{CARD_HEIGHT, Card, Plan, Saying, shown};
use super::events;
use super::hooks::Drawn;
use crate::app::dom;
use crate::app::format::count;
use crate::app::grid::Wish;
use crate::app::grid::browser::{Grid, Shared};
use crate::app::grid::rows::{Remark, RowHead, Rows};

/// Cards on either side of those that are seen.
const AROUND: u64 = 8;

/// Draws what is seen now.
pub fn draw(shared: &Shared) {
    events::listen(shared);
    let (opens, control) = {
        let mut grid = shared.borrow_mut();
        if grid.closed || !grid.geometry.is_list() {
            return;
        }
        let here = grid.pages.head(grid.active.row).is_some();
        let opens = grid.cards.opening && here && grid.is_where_told();
        grid.cards.opening &= !opens;
        (opens, grid.control)
    };
    place_cards(shared);
    if opens && control.wish.try_get_untracked().is_some() {
        control.wish.set(Some(Wish::Record));
    }
}

fn place_cards(shared: &Shared) {
    // The elements that go may have the focus, whose loss is told while they go.
    let (gone, cards, refocus) = {
        let mut grid = shared.borrow_mut();
        let seen = grid.geometry.visible_rows(&grid.view);
        let rows = seen.start.saturating_sub(AROUND)..(seen.end + AROUND).min(grid.geometry.rows);
        let active = grid.active.row;
        let total = grid.geometry.rows;
        // The card of the person's place is always there: the focus must have somewhere to be.
        let stays = |row: u64| rows.contains(&row) || row == active && row < total;
        let gone: Vec<u64> = grid.cards.drawn.keys().copied().filter(|row| !stays(*row)).collect();
        let gone: Vec<Drawn> = gone.iter().filter_map(|row| grid.cards.drawn.remove(row)).collect();
        let plan = plan(&grid);
        for row in rows.clone().chain((!rows.contains(&active) && active < total).then_some(active)) {
            place_card(&mut grid, &plan, row);
        }
        let refocus = grid.focused && !has_focus(&grid, active);
        (gone, grid.parts.cards.clone(), refocus)
    };
    for card in gone {
        let _ = cards.remove_child(&card.element);
    }
    let inside = dom::focused().is_some_and(|element| cards.contains(Some(&element)));
    let lost = dom::focused().is_none_or(|element| element.tag_name() == "BODY");
    if refocus && (inside || lost) {
        let button = {
            let grid = shared.borrow();
            let card = grid.cards.drawn.get(&grid.active.row);
            card.and_then(|card| card.element.query_selector(".card-open").ok().flatten())
        };
        if let Some(button) = button {
            dom::focus_still(&button);
        }
    }
}

fn has_focus(grid: &Grid, row: u64) -> bool {
    let card = grid.cards.drawn.get(&row);
    card.zip(dom::focused()).is_some_and(|(card, focused)| card.element.contains(Some(&focused)))
}

fn plan(grid: &Grid) -> Plan {
    let sorted = grid.question.sort.as_ref().map(|sort| sort.field.as_str());
    Plan::of(grid.columns.iter().map(AsRef::as_ref), sorted)
}

fn card<'a>(grid: &'a Grid, plan: &Plan, row: u64, head: RowHead) -> Card<'a> {
    let text = |column: usize| grid.pages.text(row, column).unwrap_or("");
    let line = |column: &usize| {
        let field = &grid.columns[*column];
        (field.label.as_str(), shown(field, text(*column)))
    };
    let remarks = grid.pages.remarks_of(row).into_iter().flat_map(|(field, remarks)| {
        let label = grid.fields.get(field).map_or("", |field| field.label.as_str());
        let saying = move |remark: &'a Remark| Saying {
            label,
            level: remark.level,
            hosts: remark.hosts,
            text: &remark.text,
        };
        remarks.iter().map(saying)
    });
    Card {
        position: head.position,
        title: plan.title.iter().map(|column| shown(&grid.columns[*column], text(*column))).collect(),
        lines: plan.lines.iter().map(line).collect(),
        remarks: remarks.collect(),
    }
}

fn place_card(grid: &mut Grid, plan: &Plan, row: u64) {
    let head = grid.pages.head(row);
    let (html, invalid, check) = match head {
        Some(head) => {
            let card = card(grid, plan, row, head);
            let check = ["Select ", &card.name(), ", record ", &count(head.position)].concat();
            (card.html(), card.is_invalid(), check)
        }
        None => (
            "<span class=\"sr-only\">Loading</span><span class=\"bone\"></span><span class=\"bone\"></span><span class=\"bone\"></span>"
                .to_string(),
            false,
            "Select the record, which is loading".to_string(),
        ),
    };
    let selected = head.is_some_and(|head| grid.selection.contains(head.record));
    let at = row == grid.active.row;
    let mut class = "card".to_string();
    for (is, word) in [
        (invalid, " invalid"),
        (selected, " chosen"),
        (at && (grid.focused || grid.lit), " at"),
        (head.is_none(), " coming-card"),
    ] {
        class.push_str(if is { word } else { "" });
    }
    let total = grid.geometry.rows.to_string();
    let step = if at { "0" } else { "-1" };
    let look = [html.as_str(), &check, &class, &total, step].join("\n");
    let top = row as f64 * CARD_HEIGHT + grid.scroll_top - grid.view.top;
    let known = grid.cards.drawn.get_mut(&row);
    let element = match known {
        Some(drawn) => {
            if drawn.top != top {
                drawn.top = top;
                dom::set_lengths(&drawn.element, &[("top", top)]);
            }
            if drawn.look == look {
                return;
            }
            drawn.look = look;
            drawn.element.clone()
        }
        None => {
            let Some(element) = dom::make("li", "card").and_then(|made| made.dyn_into().ok()) else { return };
            let element: web_sys::HtmlElement = element;
            element.set_inner_html(
                "<label class=\"card-check\"><input type=\"checkbox\"></label><button type=\"button\" class=\"card-open\"></button>",
            );
            let _ = element.set_attribute("data-row", &row.to_string());
            dom::set_lengths(&element, &[("top", top)]);
            let after = grid.cards.drawn.range(row..).next().map(|(_, next)| next.element.clone());
            let _ = grid.parts.cards.insert_before(&element, after.as_ref().map(AsRef::as_ref));
            grid.cards.drawn.insert(row, Drawn { element: element.clone(), look, top });
            element
        }
    };
    let attributes = [
        ("class", class.as_str()),
        ("aria-posinset", &(row + 1).to_string()),
        ("aria-setsize", &total),
        ("aria-busy", if head.is_none() { "true" } else { "false" }),
    ];
    for (name, value) in attributes {
        let _ = element.set_attribute(name, value);
    }
    let part = |name: &str| element.query_selector(name).ok().flatten();
    if let Some(button) = part(".card-open") {
        button.set_inner_html(&html);
        let _ = button.set_attribute("tabindex", step);
    }
    if let Some(input) = part("input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.set_checked(selected);
        input.set_disabled(head.is_none());
        let _ = input.set_attribute("aria-label", &check);
        let _ = input.set_attribute("tabindex", step);
    }
}
