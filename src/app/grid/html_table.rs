//! The HTML tables that spreadsheets put on the clipboard. They are read as a document of their own, which runs and
//! loads nothing, and never become a part of the page.

use leptos::wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, SupportedType};

use crate::domain::clipboard::{BREAK, Table, seen_text};

/// What tells the tables of Excel, Google Sheets and LibreOffice from other HTML.
const SPREADSHEETS: [&str; 4] =
    ["office:excel", "google-sheets-html-origin", "content=\"LibreOffice", "Excel.Sheet"];
/// Cells that one cell may span.
const MOST_SPANNED: usize = 1_000;

/// The first table of a spreadsheet's HTML; nothing when it is not one of those.
pub fn read(html: &str) -> Option<Table> {
    if !SPREADSHEETS.iter().any(|sign| html.contains(sign)) {
        return None;
    }
    let document = DomParser::new().ok()?.parse_from_string(html, SupportedType::TextHtml).ok()?;
    let lines = document.query_selector("table").ok()??.query_selector_all("tr").ok()?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    // How many more rows each column is taken by a cell above.
    let mut taken: Vec<usize> = Vec::new();
    for place in 0..lines.length() {
        let Some(line) = lines.item(place).and_then(|line| line.dyn_into::<Element>().ok()) else { continue };
        let mut row = Vec::new();
        let cells = line.children();
        for cell in (0..cells.length()).filter_map(|place| cells.item(place)) {
            pass_taken(&mut row, &mut taken);
            let mut raw = String::new();
            gather(&cell, &mut raw);
            let (right, down) = (span(&cell, "colspan"), span(&cell, "rowspan"));
            taken.resize(taken.len().max(row.len() + right), 0);
            taken[row.len()..row.len() + right].fill(down - 1);
            row.push(seen_text(&raw));
            row.resize(row.len() + right - 1, String::new());
        }
        pass_taken(&mut row, &mut taken);
        rows.push(row);
    }
    (!rows.is_empty()).then(|| Table::of_rows(rows))
}

/// Leaves the cells empty that a cell above covers.
fn pass_taken(row: &mut Vec<String>, taken: &mut [usize]) {
    while let Some(rows) = taken.get_mut(row.len()).filter(|rows| **rows > 0) {
        *rows -= 1;
        row.push(String::new());
    }
}

fn span(cell: &Element, name: &str) -> usize {
    let span = cell.get_attribute(name).and_then(|text| text.parse().ok());
    span.unwrap_or(1).clamp(1, MOST_SPANNED)
}

fn gather(node: &Node, raw: &mut String) {
    let mut next = node.first_child();
    while let Some(child) = next {
        match child.node_name().as_str() {
            "BR" => raw.push(BREAK),
            "#text" => raw.push_str(&child.text_content().unwrap_or_default()),
            _ => gather(&child, raw),
        }
        next = child.next_sibling();
    }
}
