//! The headers of the columns: sign of the type, label, required mark, order, the button of the menu.

use super::pen::Font;
use super::{PADDING, Painter, Scene};
use crate::app::grid::geometry::{HEADER_HEIGHT, MENU_WIDTH, Rectangle, Spot};
use crate::app::grid::selection::Selection;
use crate::app::grid::signs::{self, SIGN};
use crate::rpc::records::{ColumnKind, ColumnView};

/// Room between the sign and the label.
const GAP: f64 = 6.0;

impl Painter {
    /// The headers, the columns that stay on top, and the box over the row numbers.
    pub(super) fn header(&self, scene: &Scene) {
        let (width, gutter) = (scene.geometry.sheet_width() - scene.view.left, scene.geometry.gutter);
        let right = width.min(scene.view.width);
        self.pen.fill(&self.colors.header, 0.0, 0.0, right, HEADER_HEIGHT);
        let seen = scene.geometry.visible_columns(&scene.view);
        for column in seen.scrolled.clone().chain(0..seen.held) {
            let Some(field) = scene.columns.get(column) else { continue };
            let cell = scene.geometry.cell(&scene.view, Spot { row: 0, column });
            let bound = scene.geometry.left_bound(&scene.view, column);
            self.pen.clipped(cell.x.max(bound), 0.0, cell.x + cell.width, HEADER_HEIGHT, || {
                self.column_header(scene, field, column, cell);
            });
        }
        self.pen.fill(&self.colors.header, 0.0, 0.0, gutter, HEADER_HEIGHT);
        self.checkbox(*scene.selection == Selection::All, gutter - 24.0, HEADER_HEIGHT / 2.0 - 7.0);
        self.pen.fill(&self.colors.line, gutter - 1.0, 0.0, 1.0, HEADER_HEIGHT);
        self.pen.fill(&self.colors.line, 0.0, HEADER_HEIGHT - 1.0, right, 1.0);
        self.drop_line(scene);
    }

    fn column_header(&self, scene: &Scene, field: &ColumnView, column: usize, cell: Rectangle) {
        let middle = HEADER_HEIGHT / 2.0;
        let lively = scene.header.lively == Some(column);
        let background = if lively { &self.colors.header_lively } else { &self.colors.header };
        self.pen.fill(background, cell.x, 0.0, cell.width, HEADER_HEIGHT);
        self.pen.font(Font::Strong);
        let direction = scene.question.direction(&field.key);
        let star = if field.required { 9.0 } else { 0.0 } + if direction.is_some() { 18.0 } else { 0.0 };
        let room = cell.width - 2.0 * PADDING - star - SIGN - GAP;
        let said = self.words.say(&field.label);
        let label = self.pen.width(&said).min(room).max(0.0);
        let x = match field.kind {
            ColumnKind::Number => {
                f64::max(cell.x + PADDING, cell.x + cell.width - PADDING - 1.0 - label - star - SIGN - GAP)
            }
            _ => cell.x + PADDING,
        };
        for line in signs::lines(field.kind) {
            self.pen.stroke(&self.colors.header_sign, 1.2, line, x, middle - SIGN / 2.0);
        }
        let x = x + SIGN + GAP;
        self.pen.text(&said, Font::Strong, &self.colors.header_ink, "left", x, middle, label);
        if field.required {
            self.pen.text("*", Font::Strong, &self.colors.header_star, "left", x + label + 3.0, middle, 8.0);
        }
        if let Some(down) = direction {
            let arrow = if down { "↓" } else { "↑" };
            let x = x + label + star - 14.0;
            self.pen.text(arrow, Font::Strong, &self.colors.header_ink, "left", x, middle, 18.0);
        }
        if lively {
            let left = cell.x + cell.width - MENU_WIDTH - 4.0;
            self.pen.fill(background, left - 2.0, 0.0, MENU_WIDTH + 6.0, HEADER_HEIGHT);
            let chevron = [(7.0, -1.8), (11.0, 2.2), (15.0, -1.8)];
            self.pen.stroke(&self.colors.header_ink, 1.6, &chevron, left, middle);
        }
        self.pen.fill(&self.colors.line, cell.x + cell.width - 1.0, 0.0, 1.0, HEADER_HEIGHT);
    }

    /// Where a dragged column will go.
    fn drop_line(&self, scene: &Scene) {
        let Some(place) = scene.header.drop else { return };
        let last = scene.geometry.columns().saturating_sub(1);
        let cell = scene.geometry.cell(&scene.view, Spot { row: 0, column: place.min(last) });
        let x = if place > last { cell.x + cell.width } else { cell.x };
        self.pen.fill(&self.colors.drop, x.max(scene.geometry.gutter) - 1.5, 0.0, 2.0, scene.view.height);
    }
}
