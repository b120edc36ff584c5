//! Paints what is seen of the sheet onto a canvas: columns first, so that a clip is set once a column.

mod header;
mod pen;
mod people;

use std::rc::Rc;

use leptos::wasm_bindgen::JsCast;
use pen::{Font, Pen};
use web_sys::HtmlCanvasElement;

use super::Question;
use super::block::{Block, HANDLE};
use super::geometry::{Geometry, HEADER_HEIGHT, Rectangle, Spot, View};
use super::header::HeaderLooks;
use super::others::{Other, TONES};
use super::pending::Pending;
use super::rows::{RowHead, Rows};
use super::selection::Selection;
use super::shown::shown;
use super::wrap::wrapped;
use crate::app::dom::{self, Words};
use crate::app::sheet::waiting::Sign;
use crate::domain::blueprint::Level;
use crate::domain::value::read_boolean;
use crate::rpc::records::{ColumnKind, ColumnView};

/// Space between the edge of a cell and its text.
const PADDING: f64 = 10.0;
/// A row of this height shows texts in several lines, each of that one.
const TALL: f64 = 48.0;
const LINE: f64 = 15.5;
/// More characters than these are never seen in one cell.
const MOST_CHARACTERS: usize = 240;

/// Everything a picture of the grid depends on.
pub struct Scene<'a> {
    /// Where things are.
    pub geometry: &'a Geometry,
    /// What is seen.
    pub view: View,
    /// The rows.
    pub rows: &'a dyn Rows,
    /// The columns.
    pub columns: &'a [Rc<ColumnView>],
    /// The range.
    pub range: Block,
    /// What is chosen of what is seen, where that is more than one cell.
    pub chosen: Vec<Block>,
    /// Whether the range can be filled by its handle.
    pub has_handle: bool,
    /// The active cell, a corner of it.
    pub active: Spot,
    /// What the handle is being pulled over.
    pub pulled: Option<Block>,
    /// Whether the grid has the focus.
    pub focused: bool,
    /// The selected records.
    pub selection: &'a Selection,
    /// The row that the pointer is over.
    pub hovered: Option<u64>,
    /// Which rows are shown, in which order.
    pub question: &'a Question,
    /// What goes on in the headers.
    pub header: HeaderLooks,
    /// Cells whose texts are not on the server.
    pub pending: &'a [Pending],
    /// Every field of the sheet, by which those cells are counted.
    pub fields: &'a [Rc<ColumnView>],
    /// Where other people are.
    pub others: Vec<(Spot, &'a Other)>,
    /// The cell that the pointer is over.
    pub pointed: Option<Spot>,
}

macro_rules! colors {
    ($($name:ident = $property:literal),* $(,)?) => {
        /// The page's colours, read from its style.
        #[derive(Default)]
        pub struct Colors { $($name: String),* }

        impl Colors {
            /// The colours of the present theme.
            pub fn read() -> Self {
                Self { $($name: dom::style_value($property)),* }
            }
        }
    };
}

colors! {
    canvas = "--canvas", chrome = "--chrome", sunken = "--sunken", line = "--line", line_strong = "--line-strong",
    ink = "--ink", ink_2 = "--ink-2", error = "--error", error_soft = "--error-soft", warn = "--warn",
    warn_soft = "--warn-soft", info = "--info", info_soft = "--info-soft", ok = "--ok", ok_soft = "--ok-soft",
    family = "--grid-font", number_family = "--grid-number-font", header = "--grid-header", header_lively = "--grid-header-lively",
    header_ink = "--grid-header-ink", header_size = "--grid-header-size", header_sign = "--grid-header-sign",
    header_star = "--grid-header-star", index = "--grid-index",
    index_ink = "--grid-index-ink", index_chosen = "--grid-index-chosen", chosen = "--grid-chosen",
    active = "--grid-active", active_width = "--grid-active-width", check = "--grid-check",
    check_ink = "--grid-check-ink", check_line = "--grid-check-line", tick = "--grid-tick",
    loading = "--grid-loading", drop = "--grid-drop", waiting = "--grid-waiting",
}

/// A canvas and the colours to paint it with.
pub struct Painter {
    canvas: HtmlCanvasElement,
    pen: Pen,
    colors: Colors,
    /// The colours of people.
    people: [String; TONES],
    words: Words,
}

impl Painter {
    /// Takes a canvas over; nothing where the browser has no 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let (pen, words) = (Pen::new(context), Words::of_page());
        let mut painter = Self { canvas, pen, colors: Colors::default(), people: Default::default(), words };
        painter.recolor();
        Some(painter)
    }

    /// Reads the colours anew, after the theme changed.
    pub fn recolor(&mut self) {
        self.colors = Colors::read();
        self.people =
            std::array::from_fn(|tone| dom::style_value(&["--person-", &tone.to_string()].concat()));
        let Colors { family, number_family, header_size, .. } = &self.colors;
        self.pen.set_fonts([
            ["400 13px ", family],
            [&["500 ", header_size, " "].concat(), family],
            ["500 12px ", family],
            ["400 13px ", number_family],
        ]);
    }

    /// Gives the canvas as many pixels as it covers on the screen.
    pub fn resize(&self, width: f64, height: f64) {
        let ratio = dom::device_ratio();
        self.canvas.set_width((width * ratio).round() as u32);
        self.canvas.set_height((height * ratio).round() as u32);
        dom::set_lengths(&self.canvas, &[("width", width), ("height", height)]);
    }

    /// How wide the widest of some texts is in a cell, with the room around it.
    pub fn fitting_width<'a>(&self, texts: impl Iterator<Item = &'a str>) -> f64 {
        self.pen.font(Font::Cell);
        // A mark of a message takes its room too.
        texts.map(|text| self.pen.width(cut(text))).fold(0.0, f64::max) + 2.0 * PADDING + 22.0
    }

    /// Paints the whole view.
    pub fn paint(&self, scene: &Scene) {
        self.pen.begin(dom::device_ratio());
        self.pen.fill(&self.colors.canvas, 0.0, 0.0, scene.view.width, scene.view.height);
        let heads: Vec<(u64, Option<RowHead>)> =
            scene.geometry.visible_rows(&scene.view).map(|row| (row, scene.rows.head(row))).collect();
        let seen = scene.geometry.visible_columns(&scene.view);
        // Those that stay at the left come last, over what passes under them.
        for column in seen.scrolled.clone().chain(0..seen.held) {
            self.column(scene, column, &heads);
        }
        self.row_lines(scene, &heads);
        self.held_line(scene, seen.held);
        self.others(scene);
        self.ring(scene);
        self.gutter(scene, &heads);
        self.header(scene);
    }

    fn column(&self, scene: &Scene, column: usize, heads: &[(u64, Option<RowHead>)]) {
        let Some(field) = scene.columns.get(column) else { return };
        let first = scene.geometry.cell(&scene.view, Spot { row: 0, column });
        self.pen.clipped(
            first.x.max(scene.geometry.left_bound(&scene.view, column)),
            HEADER_HEIGHT,
            first.x + first.width,
            scene.view.height,
            || {
                for (row, head) in heads {
                    let cell = scene.geometry.cell(&scene.view, Spot { row: *row, column });
                    match head {
                        Some(head) => self.cell(scene, field, column, *row, *head, cell),
                        None => self.skeleton(*row, column, cell),
                    }
                }
                let last = heads.last().map_or(HEADER_HEIGHT, |(row, _)| {
                    scene.geometry.cell(&scene.view, Spot { row: *row, column }).y + scene.geometry.row_height
                });
                self.pen.fill(
                    &self.colors.line,
                    first.x + first.width - 1.0,
                    HEADER_HEIGHT,
                    1.0,
                    last - HEADER_HEIGHT,
                );
            },
        );
    }

    fn cell(
        &self,
        scene: &Scene,
        field: &ColumnView,
        column: usize,
        row: u64,
        head: RowHead,
        cell: Rectangle,
    ) {
        let level = scene.rows.level(row, column);
        let marks = level.map(|level| self.marks(level));
        let in_range = scene.chosen.iter().any(|block| block.contains(Spot { row, column }));
        let background = match marks {
            _ if in_range || scene.selection.contains(head.record) => Some(&self.colors.chosen),
            Some((soft, _)) => Some(soft),
            None if field.locked.is_some() => Some(&self.colors.chrome),
            None => None,
        };
        if let Some(color) = background {
            self.pen.fill(color, cell.x, cell.y, cell.width, cell.height);
        }
        let mut room = cell;
        if let Some((_, color)) = marks {
            self.pen.fill(color, cell.x, cell.y, 2.0, cell.height);
            self.mark(color, cell.x + cell.width - 15.0, cell.y + cell.height / 2.0);
            room.width -= 20.0;
        }
        let is_here = |pending: &&Pending| {
            pending.0 == head.record && scene.fields.get(pending.1).is_some_and(|of| of.key == field.key)
        };
        let sign = scene.pending.iter().find(is_here).map(|pending| pending.2);
        if sign.is_some_and(|sign| sign != Sign::Sent) {
            room.width = cell.width - 20.0;
        }
        if let Some(text) = scene.rows.text(row, column) {
            self.value(field, text, level.is_some(), room);
        }
        if let Some(sign) = sign {
            self.sign(sign, cell);
        }
    }

    /// The background and the colour of a level.
    fn marks(&self, level: Level) -> (&String, &String) {
        match level {
            Level::Error => (&self.colors.error_soft, &self.colors.error),
            Level::Warn => (&self.colors.warn_soft, &self.colors.warn),
            Level::Info => (&self.colors.info_soft, &self.colors.info),
        }
    }

    fn value(&self, field: &ColumnView, text: &str, marked: bool, room: Rectangle) {
        let middle = room.y + room.height / 2.0;
        let read = if field.kind == ColumnKind::List { shown(field, text) } else { text.into() };
        let text = read.as_ref();
        match field.kind {
            ColumnKind::Enum if !marked => self.tag(field, text, room),
            ColumnKind::Boolean if !marked && read_boolean(text).is_some() => {
                let (color, ways): (_, &[&[(f64, f64)]]) = match read_boolean(text) {
                    Some(true) => (&self.colors.tick, &[&[(0.0, 0.0), (4.0, 4.0), (11.0, -5.0)]]),
                    _ => (&self.colors.ink_2, &[&[(1.0, -4.0), (9.0, 4.0)], &[(1.0, 4.0), (9.0, -4.0)]]),
                };
                for way in ways {
                    self.pen.stroke(color, 1.8, way, room.x + PADDING, middle);
                }
            }
            ColumnKind::Number => {
                self.pen.text(
                    cut(text),
                    Font::Number,
                    &self.colors.ink,
                    "right",
                    room.x + room.width - PADDING - 1.0,
                    middle,
                    room.width - PADDING,
                );
            }
            ColumnKind::Text if room.height >= TALL => self.lines(text, room),
            _ => self.pen.text(
                cut(text),
                Font::Cell,
                &self.colors.ink,
                "left",
                room.x + PADDING,
                middle,
                room.width - 2.0 * PADDING,
            ),
        }
    }

    /// A text in the lines that a tall row has room for.
    fn lines(&self, text: &str, room: Rectangle) {
        self.pen.font(Font::Cell);
        let width = room.width - 2.0 * PADDING;
        let text = text.char_indices().nth(MOST_CHARACTERS).map_or(text, |(end, _)| &text[..end]);
        let fits = |line: &str| (line.len() as f64) * 11.0 <= width || self.pen.width(line) <= width + 0.5;
        let lines = wrapped(text, (room.height / LINE) as usize, fits);
        let first = room.y + (room.height - LINE * (lines.len() as f64 - 1.0)) / 2.0;
        for (place, line) in lines.into_iter().enumerate() {
            let y = first + LINE * place as f64;
            self.pen.text(line, Font::Cell, &self.colors.ink, "left", room.x + PADDING, y, width);
        }
    }

    fn tag(&self, field: &ColumnView, text: &str, room: Rectangle) {
        let place = field.choices.iter().position(|choice| choice.value == text);
        let label = place.map_or(text, |place| field.choices[place].label.as_str());
        let colors = &self.colors;
        let tones = [
            (&colors.ok_soft, &colors.ok),
            (&colors.info_soft, &colors.info),
            (&colors.warn_soft, &colors.warn),
            (&colors.sunken, &colors.ink_2),
        ];
        let (soft, ink) = tones[place.unwrap_or(3) % tones.len()];
        self.pen.font(Font::Small);
        let width = self.pen.width(label).min(room.width - 2.0 * PADDING - 14.0) + 14.0;
        self.pen.rounded(soft, room.x + PADDING, room.y + (room.height - 20.0) / 2.0, width, 20.0, 5.0);
        self.pen.text(
            label,
            Font::Small,
            ink,
            "left",
            room.x + PADDING + 7.0,
            room.y + room.height / 2.0 + 0.5,
            width - 14.0,
        );
    }

    fn skeleton(&self, row: u64, column: usize, cell: Rectangle) {
        let share = [0.55, 0.4, 0.7, 0.5, 0.62][(row as usize * 3 + column * 7) % 5];
        let width = (cell.width - 2.0 * PADDING) * share;
        let y = cell.y + (cell.height - 10.0) / 2.0;
        self.pen.rounded(&self.colors.loading, cell.x + PADDING, y, width.max(8.0), 10.0, 4.0);
    }

    fn row_lines(&self, scene: &Scene, heads: &[(u64, Option<RowHead>)]) {
        let right = scene.geometry.sheet_width() - scene.view.left;
        for (row, _) in heads {
            let cell = scene.geometry.cell(&scene.view, Spot { row: *row, column: 0 });
            self.pen.fill(
                &self.colors.line,
                0.0,
                cell.y + cell.height - 1.0,
                right.min(scene.view.width),
                1.0,
            );
        }
    }

    /// The line between the columns that stay at the left and the others.
    fn held_line(&self, scene: &Scene, held: usize) {
        let Some(last) = held.checked_sub(1) else { return };
        let cell = scene.geometry.cell(&scene.view, Spot { row: 0, column: last });
        let bottom = scene.geometry.rows as f64 * scene.geometry.row_height - scene.view.top + HEADER_HEIGHT;
        let color = if scene.view.left > 0.0 { &self.colors.line_strong } else { &self.colors.line };
        self.pen.fill(color, cell.x + cell.width - 2.0, 0.0, 2.0, bottom.min(scene.view.height));
    }

    /// The frame around the active cell, and a thin one around each range, with the handle.
    fn ring(&self, scene: &Scene) {
        if scene.geometry.rows == 0 {
            return;
        }
        let color = if scene.focused { &self.colors.active } else { &self.colors.line_strong };
        let thick = self.colors.active_width.trim_end_matches("px").parse::<u8>().unwrap_or(2);
        let bound = |column| scene.geometry.left_bound(&scene.view, column);
        let (width, height) = (scene.view.width, scene.view.height);
        let frame = |block: &Block, color, thick| {
            self.pen.clipped(bound(block.columns.start), HEADER_HEIGHT, width, height, || {
                self.around(scene, block, color, thick);
            });
        };
        for block in &scene.chosen {
            frame(block, color, 1.0);
        }
        if let Some(pulled) = &scene.pulled {
            frame(pulled, &self.colors.active, 2.0);
        }
        let last = scene.range.columns.end.saturating_sub(1);
        self.pen.clipped(bound(scene.active.column.min(last)), HEADER_HEIGHT, width, height, || {
            let cell = scene.geometry.cell(&scene.view, scene.active);
            self.pen.outline(color, thick.into(), cell.x, cell.y, cell.width - 1.0, cell.height - 1.0);
            if let Some((x, y)) = scene.range.handle(scene.geometry, &scene.view).filter(|_| scene.has_handle)
            {
                self.pen.fill(&self.colors.canvas, x - 1.0, y - 1.0, HANDLE + 2.0, HANDLE + 2.0);
                self.pen.fill(color, x, y, HANDLE, HANDLE);
            }
        });
    }

    fn around(&self, scene: &Scene, block: &Block, color: &str, thick: f64) {
        let Some((first, last)) = block.corners() else { return };
        let (start, end) = (scene.geometry.cell(&scene.view, first), scene.geometry.cell(&scene.view, last));
        let (width, height) = (end.x + end.width - start.x, end.y + end.height - start.y);
        self.pen.outline(color, thick, start.x - 0.5, start.y - 0.5, width, height);
    }

    fn gutter(&self, scene: &Scene, heads: &[(u64, Option<RowHead>)]) {
        let width = scene.geometry.gutter;
        let bottom = heads.last().map_or(HEADER_HEIGHT, |(row, _)| {
            scene.geometry.cell(&scene.view, Spot { row: *row, column: 0 }).y + scene.geometry.row_height
        });
        let row_height = scene.geometry.row_height;
        self.pen.fill(&self.colors.index, 0.0, HEADER_HEIGHT, width, bottom - HEADER_HEIGHT);
        for (row, head) in heads {
            let y = scene.geometry.cell(&scene.view, Spot { row: *row, column: 0 }).y;
            let middle = y + row_height / 2.0;
            let selected = head.is_some_and(|head| scene.selection.contains(head.record));
            if selected {
                self.pen.fill(&self.colors.index_chosen, 0.0, y, width, row_height);
            }
            if selected || scene.hovered == Some(*row) {
                self.checkbox(selected, width - 24.0, middle - 7.0);
            } else {
                let number = head.map_or(*row + 1, |head| head.position).to_string();
                let invalid = head.is_some_and(|head| head.invalid);
                let color = if invalid { &self.colors.error } else { &self.colors.index_ink };
                self.pen.text(&number, Font::Small, color, "right", width - PADDING, middle, width);
                if invalid {
                    self.pen.circle(color, 9.0, middle, 2.5);
                }
            }
        }
        for (row, _) in heads {
            let y = scene.geometry.cell(&scene.view, Spot { row: *row, column: 0 }).y;
            self.pen.fill(&self.colors.line, 0.0, y + row_height - 1.0, width, 1.0);
        }
        self.pen.fill(&self.colors.line, width - 1.0, HEADER_HEIGHT, 1.0, bottom - HEADER_HEIGHT);
    }

    fn checkbox(&self, checked: bool, x: f64, y: f64) {
        if checked {
            self.pen.rounded(&self.colors.check, x, y, 14.0, 14.0, 3.5);
            self.pen.stroke(&self.colors.check_ink, 1.8, &[(3.5, 7.5), (6.0, 10.0), (10.5, 4.5)], x, y);
        } else {
            self.pen.rounded(&self.colors.canvas, x, y, 14.0, 14.0, 3.5);
            self.pen.edge(&self.colors.check_line, 1.0);
        }
    }

    /// The sign of a remark: a circle with an exclamation mark.
    fn mark(&self, color: &str, x: f64, y: f64) {
        self.pen.ring(color, 1.3, x, y, 5.5);
        self.pen.stroke(color, 1.3, &[(0.0, -3.0), (0.0, 0.5)], x, y);
        self.pen.circle(color, x, y + 2.8, 0.8);
    }
}

/// The first line of a text, no longer than can be seen.
fn cut(text: &str) -> &str {
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    line.char_indices().nth(MOST_CHARACTERS).map_or(line, |(end, _)| &line[..end])
}
