//! The first rows as a plain table, as wide and tall as the picture that takes its place.

use std::fmt::Write as _;

use super::arrangement::Arrangement;
use super::geometry::Geometry;
use super::list::card::{Card, Plan, Saying, shown};
use super::signs;
use crate::app::format::escape;
use crate::domain::blueprint::Level;
use crate::domain::frame::Frame;
use crate::rpc::records::{ColumnKind, ColumnView, SheetView};

/// Cards that the tallest phone shows.
const MOST_CARDS: usize = 14;

/// The table's HTML. Widths stand in attributes: the content policy refuses inline styles.
pub fn first_window(sheet: &SheetView, frame: &Frame) -> String {
    let arrangement = Arrangement::of(&sheet.columns, &sheet.layout);
    let total = sheet.choosing.standing.of(&sheet.found);
    let geometry = Geometry::new(&arrangement, total, sheet.counts.total);
    let columns: Vec<(usize, &ColumnView)> =
        arrangement.shown.iter().map(|place| (*place, &sheet.columns[*place])).collect();
    let mut html = format!(
        "<table class=\"{}\" width=\"{}\"><caption class=\"sr-only\">{}: first records</caption><colgroup><col width=\"{}\">",
        sheet.layout.row_height.word().to_lowercase(),
        geometry.sheet_width(),
        escape(&sheet.name),
        geometry.gutter
    );
    for column in 0..geometry.columns() {
        let _ = write!(html, "<col width=\"{}\">", geometry.width(column));
    }
    html.push_str("</colgroup><thead><tr><td></td>");
    for (_, column) in &columns {
        let class = if column.kind == ColumnKind::Number { " class=\"text-right\"" } else { "" };
        let star = if column.required { "<em>*</em>" } else { "" };
        let (sign, label) = (signs::html(column.kind), escape(&column.label));
        let arrow = match sheet.choosing.sort.as_ref().filter(|sort| sort.field == column.key) {
            Some(sort) if sort.descending => " ↓",
            Some(_) => " ↑",
            None => "",
        };
        let _ = write!(html, "<th scope=\"col\"{class}>{sign}{label}{star}{arrow}</th>");
    }
    html.push_str("</tr></thead><tbody>");
    for row in 0..frame.rows.len() {
        row_html(&columns, frame, row, &mut html);
    }
    html.push_str("</tbody></table>");
    cards_html(sheet, &columns, frame, &mut html);
    html
}

/// The same rows as cards, for a narrow screen. The style shows one of the two.
fn cards_html(sheet: &SheetView, columns: &[(usize, &ColumnView)], frame: &Frame, html: &mut String) {
    let sorted = sheet.choosing.sort.as_ref().map(|sort| sort.field.as_str());
    let plan = Plan::of(columns.iter().map(|(_, column)| *column), sorted);
    let _ = write!(html, "<ul role=\"list\" aria-label=\"{}: first records\">", escape(&sheet.name));
    for (row, head) in frame.rows.iter().enumerate().take(MOST_CARDS) {
        let text = |place: usize| frame.columns.get(place).and_then(|cells| cells.get(row)).unwrap_or("");
        let line = |place: &usize| {
            let (field, column) = columns[*place];
            (column.label.as_str(), shown(column, text(field)))
        };
        let mut remarks: Vec<_> =
            frame.messages.iter().filter(|message| message.row as usize == row).collect();
        remarks.sort_by_key(|message| message.column);
        let label = |place: u32| sheet.columns.get(place as usize).map_or("", |column| column.label.as_str());
        let card = Card {
            position: head.position + 1,
            title: plan.title.iter().map(|place| shown(columns[*place].1, text(columns[*place].0))).collect(),
            lines: plan.lines.iter().map(line).collect(),
            remarks: remarks
                .iter()
                .map(|message| Saying {
                    label: label(message.column),
                    level: message.level,
                    hosts: message.hosts,
                    text: &message.text,
                })
                .collect(),
        };
        let class = if card.is_invalid() { "card invalid" } else { "card" };
        let _ = write!(
            html,
            "<li class=\"{class}\"><span class=\"card-check\"></span><span class=\"card-open\">{}</span></li>",
            card.html()
        );
    }
    html.push_str("</ul>");
}

fn row_html(columns: &[(usize, &ColumnView)], frame: &Frame, row: usize, html: &mut String) {
    let head = &frame.rows[row];
    let class = if head.flags.has(Level::Error) { " class=\"invalid\"" } else { "" };
    let _ = write!(html, "<tr><th scope=\"row\"{class}>{}</th>", head.position + 1);
    for (place, column) in columns {
        let of_cell = frame
            .messages
            .iter()
            .filter(|message| (message.row as usize, message.column as usize) == (row, *place));
        let level = of_cell.map(|message| message.level).max();
        let mut classes = vec![];
        classes.extend((column.kind == ColumnKind::Number).then_some("text-right"));
        classes.extend(match level {
            Some(Level::Error) => Some("error"),
            Some(Level::Warn) => Some("warn"),
            _ => None,
        });
        let text = frame.columns.get(*place).and_then(|cells| cells.get(row)).unwrap_or("");
        let _ = write!(html, "<td class=\"{}\">{}</td>", classes.join(" "), escape(&shown(column, text)));
    }
    html.push_str("</tr>");
}
