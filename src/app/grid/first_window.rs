//! The first rows as a plain table, as wide and tall as the picture that takes its place.

use std::fmt::Write as _;

use super::geometry::Geometry;
use super::widths;
use crate::app::format::escape;
use crate::domain::blueprint::Level;
use crate::domain::record::Record;
use crate::rpc::records::{ColumnKind, ColumnView};

/// The table's HTML. Widths stand in attributes: the content policy refuses inline styles.
pub fn first_window(name: &str, columns: &[ColumnView], total: u64, records: &[Record]) -> String {
    let geometry = Geometry::new(&widths(columns), total, total);
    let mut html = format!(
        "<table width=\"{}\"><caption class=\"sr-only\">{}: first records</caption><colgroup><col width=\"{}\">",
        geometry.sheet_width(),
        escape(name),
        geometry.gutter
    );
    for column in 0..geometry.columns() {
        let _ = write!(html, "<col width=\"{}\">", geometry.width(column));
    }
    html.push_str("</colgroup><thead><tr><td></td>");
    for column in columns {
        let class = if column.kind == ColumnKind::Number { " class=\"text-right\"" } else { "" };
        let star = if column.required { "<em>*</em>" } else { "" };
        let _ = write!(html, "<th scope=\"col\"{class}>{}{star}</th>", escape(&column.label));
    }
    html.push_str("</tr></thead><tbody>");
    for (position, record) in records.iter().enumerate() {
        row(columns, position + 1, record, &mut html);
    }
    html.push_str("</tbody></table>");
    html
}

fn row(columns: &[ColumnView], position: usize, record: &Record, html: &mut String) {
    let class = if record.is_valid() { "" } else { " class=\"invalid\"" };
    let _ = write!(html, "<tr><th scope=\"row\"{class}>{position}</th>");
    for (column, cell) in columns.iter().zip(&record.cells) {
        let level = cell.messages.iter().map(|message| message.level).max();
        let mut classes = vec![];
        classes.extend((column.kind == ColumnKind::Number).then_some("text-right"));
        classes.extend(match level {
            Some(Level::Error) => Some("error"),
            Some(Level::Warn) => Some("warn"),
            _ => None,
        });
        let text = cell.text.as_deref().unwrap_or("");
        let shown: String = text.lines().next().unwrap_or("").chars().take(120).collect();
        let choice = column.choices.iter().find(|choice| choice.value == text);
        let shown = choice.map_or(shown.as_str(), |choice| choice.label.as_str());
        let _ = write!(html, "<td class=\"{}\">{}</td>", classes.join(" "), escape(shown));
    }
    html.push_str("</tr>");
}
