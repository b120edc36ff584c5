//! Where other people are, and which cells wait.

use super::pen::Font;
use super::{Painter, Scene};
use crate::app::grid::geometry::{HEADER_HEIGHT, Rectangle};
use crate::app::sheet::waiting::Sign;

/// Height of a name over a cell, and the room around its text.
const NAME: f64 = 17.0;
const ROOM: f64 = 5.0;

impl Painter {
    /// The frames around the cells of other people, with their names.
    pub(super) fn others(&self, scene: &Scene) {
        for (spot, other) in &scene.others {
            let cell = scene.geometry.cell(&scene.view, *spot);
            let bound = scene.geometry.left_bound(&scene.view, spot.column);
            let color = &self.people[other.tone % self.people.len()];
            self.pen.clipped(bound, HEADER_HEIGHT, scene.view.width, scene.view.height, || {
                self.pen.outline(color, 2.0, cell.x, cell.y, cell.width - 1.0, cell.height - 1.0);
                if other.is_new || scene.pointed == Some(*spot) {
                    self.pen.font(Font::Small);
                    let width = self.pen.width(&other.name).min(160.0) + 2.0 * ROOM;
                    // Under the cell where there is no room over it.
                    let above = cell.y - NAME;
                    let y = if above < HEADER_HEIGHT { cell.y + cell.height - 1.0 } else { above };
                    self.pen.rounded(color, cell.x - 1.0, y, width, NAME, 3.0);
                    let (x, middle) = (cell.x - 1.0 + ROOM, y + NAME / 2.0 + 0.5);
                    self.pen.text(&other.name, Font::Small, &self.colors.canvas, "left", x, middle, width);
                }
            });
        }
    }

    /// The sign of a cell whose text is not on the server: a clock, or a frame where the person has to choose.
    pub(super) fn sign(&self, sign: Sign, cell: Rectangle) {
        let (x, y) = (cell.x + cell.width - 15.0, cell.y + cell.height / 2.0);
        let color = match sign {
            Sign::Waiting => &self.colors.waiting,
            _ => &self.colors.warn,
        };
        match sign {
            Sign::Sent => {}
            Sign::Waiting => {
                self.pen.circle(color, x, y, 6.5);
                let hands = [(0.0, -3.5), (0.0, 0.0), (2.5, 1.5)];
                self.pen.stroke(&self.colors.canvas, 1.3, &hands, x, y);
            }
            Sign::Clash => {
                self.pen.outline(color, 2.0, cell.x + 1.0, cell.y + 1.0, cell.width - 3.0, cell.height - 3.0);
                self.mark(color, x, y);
            }
        }
    }
}
