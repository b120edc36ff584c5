//! What is wrong with a cell, beside it: on hover, and when the cell has the focus.

use super::browser::Shared;
use super::geometry::{HEADER_HEIGHT, Spot};
use super::rows::{Remark, Rows};
use crate::app::dom;
use crate::app::format::escape;
use crate::domain::blueprint::Level;

const WIDTH: f64 = 272.0;

/// Shows the messages of the cell that is pointed at, else of the active one, or hides them.
pub fn update(shared: &Shared) {
    let grid = shared.borrow();
    let active = (grid.focused && grid.editor.is_none()).then_some(grid.active);
    let shown = [grid.pointed, active].into_iter().flatten().find_map(|spot| {
        let remarks = grid.blocks.remarks(spot.row, spot.column);
        (!remarks.is_empty()).then(|| (grid.geometry.cell(&grid.view, spot), remarks))
    });
    let tip = &grid.parts.tip;
    let described = grid.headers.hovered.and_then(|column| {
        let field = grid.columns.get(column)?;
        let text = field.description.as_deref()?;
        let cell = grid.geometry.cell(&grid.view, Spot { row: 0, column });
        Some((cell.x, format!("<p><b>{}</b></p><p>{}</p>", escape(&field.label), escape(text))))
    });
    if let Some((x, html)) = described {
        tip.set_inner_html(&html);
        tip.set_hidden(false);
        let x = x.max(grid.geometry.gutter).min((grid.view.width - WIDTH - 12.0).max(4.0));
        dom::set_lengths(tip, &[("left", x), ("top", HEADER_HEIGHT + 4.0)]);
        return;
    }
    let Some((cell, remarks)) = shown.filter(|(cell, _)| cell.y > 0.0 && cell.y < grid.view.height) else {
        tip.set_hidden(true);
        return;
    };
    tip.set_inner_html(&html(remarks));
    tip.set_hidden(false);
    let x = cell.x.max(grid.geometry.gutter).min((grid.view.width - WIDTH - 12.0).max(4.0));
    let below = cell.y + cell.height + 4.0;
    let height = f64::from(tip.offset_height());
    let y =
        if below + height > grid.view.height { (cell.y - height - 4.0).max(HEADER_HEIGHT) } else { below };
    dom::set_lengths(tip, &[("left", x), ("top", y)]);
}

/// Hides the messages.
pub fn hide(shared: &Shared) {
    shared.borrow().parts.tip.set_hidden(true);
}

fn html(remarks: &[Remark]) -> String {
    let line = |remark: &Remark| {
        let (class, word) = match remark.level {
            Level::Error => ("text-error", "Error"),
            Level::Warn => ("text-warn", "Warning"),
            Level::Info => ("text-info", "Note"),
        };
        format!("<p><b class=\"{class}\">{word}</b> {}</p>", escape(&remark.text))
    };
    remarks.iter().map(line).collect()
}
