//! Shapes and texts on the canvas.
//!
//! A style goes to the browser as a text, so one is set only where it differs from the last: a page of cells has
//! hundreds of texts and a handful of styles.

use std::cell::RefCell;
use std::f64::consts::TAU;

use web_sys::CanvasRenderingContext2d;

/// The fonts: cells, headers, small, numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Cell,
    Strong,
    Small,
    Number,
}

/// What the canvas was told last; empty where that is not known.
#[derive(Debug, Clone, Default)]
struct Held {
    fill: String,
    stroke: String,
    align: &'static str,
    font: Option<Font>,
}

/// A canvas's context, and what it was told.
pub(super) struct Pen {
    context: CanvasRenderingContext2d,
    fonts: [String; 4],
    held: RefCell<Held>,
}

impl Pen {
    pub(super) fn new(context: CanvasRenderingContext2d) -> Self {
        Self { context, fonts: Default::default(), held: RefCell::default() }
    }

    /// Size and family of each font from now on.
    pub(super) fn set_fonts(&mut self, fonts: [[&str; 2]; 4]) {
        self.fonts = fonts.map(|parts| parts.concat());
    }

    /// Begins a picture with so many pixels for each of the page's.
    pub(super) fn begin(&self, ratio: f64) {
        // A canvas that was resized, or whose font has arrived, knows nothing any more.
        *self.held.borrow_mut() = Held::default();
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.context.set_text_baseline("middle");
    }

    pub(super) fn fill(&self, color: &str, x: f64, y: f64, width: f64, height: f64) {
        self.fill_with(color);
        self.context.fill_rect(x, y, width, height);
    }

    pub(super) fn outline(&self, color: &str, thick: f64, x: f64, y: f64, width: f64, height: f64) {
        self.stroke_with(color, thick);
        self.context.stroke_rect(x, y, width, height);
    }

    pub(super) fn rounded(&self, color: &str, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        self.fill_with(color);
        self.context.begin_path();
        let _ = self.context.round_rect_with_f64(x, y, width.max(0.0), height, radius);
        self.context.fill();
    }

    /// A line along the shape that was filled last.
    pub(super) fn edge(&self, color: &str, thick: f64) {
        self.stroke_with(color, thick);
        self.context.stroke();
    }

    pub(super) fn circle(&self, color: &str, x: f64, y: f64, radius: f64) {
        self.fill_with(color);
        self.context.begin_path();
        let _ = self.context.arc(x, y, radius, 0.0, TAU);
        self.context.fill();
    }

    pub(super) fn ring(&self, color: &str, thick: f64, x: f64, y: f64, radius: f64) {
        self.stroke_with(color, thick);
        self.context.begin_path();
        let _ = self.context.arc(x, y, radius, 0.0, TAU);
        self.context.stroke();
    }

    /// A line through points that are given from a place on.
    pub(super) fn stroke(&self, color: &str, thick: f64, points: &[(f64, f64)], x: f64, y: f64) {
        self.stroke_with(color, thick);
        self.context.begin_path();
        for (place, (dx, dy)) in points.iter().enumerate() {
            if place == 0 {
                self.context.move_to(x + dx, y + dy)
            } else {
                self.context.line_to(x + dx, y + dy)
            }
        }
        self.context.stroke();
    }

    /// Measures in this font from now on.
    pub(super) fn font(&self, font: Font) {
        let mut held = self.held.borrow_mut();
        if held.font.replace(font) != Some(font) {
            self.context.set_font(&self.fonts[font as usize]);
        }
    }

    /// How wide a text is in the font that was set last.
    pub(super) fn width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map(|measured| measured.width()).unwrap_or(0.0)
    }

    /// Writes a text; what does not fit into `room` fades into three dots.
    #[expect(clippy::too_many_arguments, reason = "a place and a look have that many parts")]
    pub(super) fn text(
        &self,
        text: &str,
        font: Font,
        color: &str,
        align: &'static str,
        x: f64,
        y: f64,
        room: f64,
    ) {
        self.font(font);
        self.fill_with(color);
        self.align(align);
        // Wide letters are 11 px: a text that is this short fits and need not be measured.
        if (text.len() as f64) * 11.0 <= room || self.width(text) <= room + 0.5 {
            let _ = self.context.fill_text(text, x, y);
            return;
        }
        let fits = |end: usize| self.width(&text[..end]) + 11.0 <= room;
        let ends: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        let count = ends.partition_point(|end| fits(*end)).saturating_sub(1);
        let _ = self.context.fill_text(&format!("{}…", &text[..ends.get(count).copied().unwrap_or(0)]), x, y);
    }

    /// Paints within a rectangle only.
    pub(super) fn clipped(&self, left: f64, top: f64, right: f64, bottom: f64, paint: impl FnOnce()) {
        if right <= left || bottom <= top {
            return;
        }
        self.context.save();
        let held = self.held.borrow().clone();
        self.context.begin_path();
        self.context.rect(left, top, right - left, bottom - top);
        self.context.clip();
        paint();
        self.context.restore();
        *self.held.borrow_mut() = held;
    }

    fn fill_with(&self, color: &str) {
        let held = &mut self.held.borrow_mut().fill;
        if held != color {
            self.context.set_fill_style_str(color);
            held.clear();
            held.push_str(color);
        }
    }

    fn stroke_with(&self, color: &str, thick: f64) {
        let held = &mut self.held.borrow_mut().stroke;
        if held != color {
            self.context.set_stroke_style_str(color);
            held.clear();
            held.push_str(color);
        }
        self.context.set_line_width(thick);
    }

    fn align(&self, align: &'static str) {
        let held = &mut self.held.borrow_mut().align;
        if *held != align {
            self.context.set_text_align(align);
            *held = align;
        }
    }
}
