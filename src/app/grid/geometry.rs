//! Where everything in the grid is: pure numbers, in CSS pixels, without a browser.
//!
//! Three spaces: the *sheet* (all rows below one another, however tall), the *scroller* (what the
//! browser scrolls, capped, because browsers stop at some 17 million pixels), and the *view* (what is
//! seen, with the header on top and the row numbers at the left).

use std::ops::Range;

use super::arrangement::Arrangement;
use crate::app::plain::between;

/// The tallest that the scroller may be.
pub const TALLEST: f64 = 16_000_000.0;
/// Height of the header.
pub const HEADER_HEIGHT: f64 = 34.0;
/// A move of the scroller up to this far is taken as a small one even where the scroller is capped.
const SMALL_MOVE: f64 = 2_000.0;
/// Room below the last row, so that nothing covers it.
const FOOT: f64 = 64.0;
/// Width of the strip at the end of a header by which the column is made wider.
const EDGE: f64 = 5.0;
/// Width of the button in a header that opens its menu.
pub const MENU_WIDTH: f64 = 22.0;
/// Pinned columns take at most this share of the view; those beyond it scroll with the others.
const MOST_PINNED: f64 = 0.6;

/// Where the columns are, and how many rows there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// `edges[i]` is the left edge of column `i`; one more for the right edge of the last.
    edges: Vec<f64>,
    /// How many rows there are.
    pub rows: u64,
    /// Width of the row numbers.
    pub gutter: f64,
    /// Height of a row.
    pub row_height: f64,
    /// How many of the first columns are pinned.
    pinned: usize,
    /// Height of the header; none over a list of records.
    header: f64,
}

/// The columns that are seen: those that stay at the left, and the part of the others that is scrolled to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenColumns {
    /// How many of the first columns stay at the left.
    pub held: usize,
    /// The others.
    pub scrolled: Range<usize>,
}

impl SeenColumns {
    /// Whether a column is seen.
    pub fn contains(&self, column: usize) -> bool {
        column < self.held || self.scrolled.contains(&column)
    }

    /// Each column, from left to right.
    pub fn each(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.held).chain(self.scrolled.clone())
    }
}

/// What is seen of the sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct View {
    /// How far the sheet is scrolled down.
    pub top: f64,
    /// How far it is scrolled to the right.
    pub left: f64,
    /// Width of what is seen, the row numbers included.
    pub width: f64,
    /// Height of what is seen, the header included.
    pub height: f64,
}

/// A rectangle in the view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// One cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// Its row in the view's order, from 0.
    pub row: u64,
    /// Its column, from 0.
    pub column: usize,
}

/// What is at a point of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The box over the row numbers.
    Corner,
    /// A column's header.
    Header(usize),
    /// The button of a header that opens its menu.
    Menu(usize),
    /// The end of a header, by which its column is made wider.
    Edge(usize),
    /// A row's number.
    RowNumber(u64),
    /// A cell.
    Cell(Spot),
    /// Neither.
    Nothing,
}

impl Geometry {
    /// A grid of columns as they are arranged; `numbers` is the largest row number.
    pub fn new(columns: &Arrangement, rows: u64, numbers: u64) -> Self {
        let widths = &columns.widths;
        let mut edges = Vec::with_capacity(widths.len() + 1);
        let mut edge = 0.0;
        edges.push(edge);
        for width in widths {
            edge += width;
            edges.push(edge);
        }
        let (row_height, pinned) = (columns.row_height, columns.pinned.min(widths.len()));
        let mut geometry = Self { edges, rows: 0, gutter: 0.0, row_height, pinned, header: HEADER_HEIGHT };
        geometry.set_rows(rows, numbers);
        geometry
    }

    /// The same records as cards below one another: as wide as the view, without a header.
    pub fn as_list(self, card_height: f64) -> Self {
        Self { row_height: card_height, header: 0.0, ..self }
    }

    /// Whether the records are cards below one another.
    pub fn is_list(&self) -> bool {
        self.header == 0.0
    }

    /// Sets the number of rows; the row numbers get as much room as the largest needs.
    pub fn set_rows(&mut self, rows: u64, numbers: u64) {
        self.rows = rows;
        let digits = numbers.max(999).ilog10() + 1;
        self.gutter = 32.0 + 8.0 * f64::from(digits);
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.edges.len() - 1
    }

    /// Width of a column; 0 for one that is not there.
    pub fn width(&self, column: usize) -> f64 {
        self.edges.get(column + 1).map_or(0.0, |right| right - self.edges[column])
    }

    /// How many columns stay at the left: the pinned ones, as far as they leave room for others.
    pub fn held(&self, view: &View) -> usize {
        let room = (view.width - self.gutter) * MOST_PINNED;
        self.edges[1..=self.pinned].partition_point(|right| *right <= room)
    }

    /// Width of the columns that stay at the left.
    pub fn held_width(&self, view: &View) -> f64 {
        self.edges[self.held(view)]
    }

    /// Where a column begins to be seen: it passes under the row numbers, or under the columns that stay.
    pub fn left_bound(&self, view: &View, column: usize) -> f64 {
        self.gutter + if column < self.held(view) { 0.0 } else { self.held_width(view) }
    }

    /// Width of the whole sheet, the row numbers included.
    pub fn sheet_width(&self) -> f64 {
        if self.is_list() {
            return 0.0;
        }
        self.gutter + self.edges[self.edges.len() - 1]
    }

    /// Height of the whole sheet, header and foot included.
    pub fn sheet_height(&self) -> f64 {
        self.header + self.rows as f64 * self.row_height + FOOT
    }

    /// Height that the scroller's content is given.
    pub fn scroller_height(&self) -> f64 {
        self.sheet_height().min(TALLEST)
    }

    /// Whether the scroller is shorter than the sheet.
    pub fn is_capped(&self) -> bool {
        self.sheet_height() > TALLEST
    }

    /// How far down the sheet can be scrolled.
    pub fn most_top(&self, height: f64) -> f64 {
        (self.sheet_height() - height).max(0.0)
    }

    fn most_scroll(&self, height: f64) -> f64 {
        (self.scroller_height() - height).max(0.0)
    }

    /// The sheet's top for a position of the scroller's thumb.
    pub fn top_at(&self, scroll_top: f64, height: f64) -> f64 {
        let most = self.most_scroll(height);
        if !self.is_capped() || most <= 0.0 {
            return between(scroll_top, 0.0, self.most_top(height));
        }
        between(scroll_top, 0.0, most) / most * self.most_top(height)
    }

    /// Where the scroller's thumb belongs for a top of the sheet.
    pub fn scroll_at(&self, top: f64, height: f64) -> f64 {
        let most = self.most_top(height);
        if !self.is_capped() || most <= 0.0 {
            return between(top, 0.0, most);
        }
        between(top, 0.0, most) / most * self.most_scroll(height)
    }

    /// The sheet's top after the browser moved the scroller from `before` to `now`.
    ///
    /// Where the scroller is capped a small move is as long in the sheet as on the screen, so that
    /// wheel and touch feel as always, and a jump goes to its share of the sheet.
    pub fn scrolled(&self, top: f64, before: f64, now: f64, height: f64) -> f64 {
        let small = (now - before).abs() <= SMALL_MOVE;
        let at_edge = now <= 0.5 || now >= self.most_scroll(height) - 0.5;
        if self.is_capped() && small && !at_edge {
            return between(top + now - before, 0.0, self.most_top(height));
        }
        self.top_at(now, height)
    }

    /// Rows of which at least a part is seen.
    pub fn visible_rows(&self, view: &View) -> Range<u64> {
        let seen = (view.height - self.header).max(0.0);
        let first = (view.top / self.row_height).floor().max(0.0) as u64;
        let end = ((view.top + seen) / self.row_height).ceil().max(0.0) as u64;
        first.min(self.rows)..end.min(self.rows)
    }

    /// Columns of which at least a part is seen.
    pub fn visible_columns(&self, view: &View) -> SeenColumns {
        let right = view.left + (view.width - self.gutter).max(0.0);
        let held = self.held(view);
        let first = self.column_at(view.left + self.edges[held]).max(held);
        let end = self.edges[..self.columns()].partition_point(|edge| *edge < right);
        SeenColumns { held, scrolled: first.min(end)..end }
    }

    /// The column that holds `x` of the sheet, or the number of columns.
    fn column_at(&self, x: f64) -> usize {
        self.edges[1..].partition_point(|right| *right <= x)
    }

    /// What is at a point of the view.
    pub fn hit(&self, view: &View, x: f64, y: f64) -> Hit {
        if x < 0.0 || y < 0.0 || x >= view.width || y >= view.height {
            return Hit::Nothing;
        }
        let inside = x - self.gutter;
        let column = match inside < self.held_width(view) {
            true => self.column_at(inside),
            false => self.column_at(inside + view.left),
        };
        let row = ((y - HEADER_HEIGHT + view.top) / self.row_height).floor().max(0.0) as u64;
        match (x < self.gutter, y < HEADER_HEIGHT) {
            (true, true) => Hit::Corner,
            (true, false) if row < self.rows => Hit::RowNumber(row),
            (false, true) => self.hit_header(view, column, x),
            (false, false) if row < self.rows && column < self.columns() => Hit::Cell(Spot { row, column }),
            _ => Hit::Nothing,
        }
    }

    /// What is at `x` in the header of a column, or right of the last one.
    fn hit_header(&self, view: &View, column: usize, x: f64) -> Hit {
        let Some(last) = self.columns().checked_sub(1) else { return Hit::Nothing };
        let cell = self.cell(view, Spot { row: 0, column: column.min(last) });
        let (from_left, to_right) = (x - cell.x, cell.x + cell.width - x);
        if column > last {
            return if -to_right < EDGE { Hit::Edge(last) } else { Hit::Nothing };
        }
        // The edge is as wide on the side of the next column, unless that column passes under this one.
        let has_neighbour = column > 0 && column != self.held(view);
        if to_right <= EDGE {
            Hit::Edge(column)
        } else if has_neighbour && from_left < EDGE - 1.0 {
            Hit::Edge(column - 1)
        } else if to_right <= EDGE + MENU_WIDTH {
            Hit::Menu(column)
        } else {
            Hit::Header(column)
        }
    }

    /// Before which column something goes that is dropped at `x`; the number of columns for the end.
    pub fn drop_place(&self, view: &View, x: f64) -> usize {
        let inside = (x - self.gutter).max(0.0);
        let at = if inside < self.held_width(view) { inside } else { inside + view.left };
        let column = self.column_at(at);
        let middle = self.edges[column.min(self.columns())] + self.width(column) / 2.0;
        (column + usize::from(at > middle)).min(self.columns())
    }

    /// Where a cell is in the view; parts of it may be outside.
    pub fn cell(&self, view: &View, spot: Spot) -> Rectangle {
        let left = if spot.column < self.held(view) { 0.0 } else { view.left };
        Rectangle {
            x: self.gutter + self.edges[spot.column.min(self.columns())] - left,
            y: self.header + spot.row as f64 * self.row_height - view.top,
            width: self.width(spot.column),
            height: self.row_height,
        }
    }

    /// The smallest move that shows a whole cell: new top and left of the view.
    pub fn reveal(&self, view: &View, spot: Spot) -> (f64, f64) {
        let row_top = spot.row as f64 * self.row_height;
        let seen = (view.height - self.header).max(self.row_height);
        let top = view.top.max(row_top + self.row_height - seen).min(row_top);
        let (left_edge, right_edge) =
            (self.edges[spot.column.min(self.columns())], self.edges[(spot.column + 1).min(self.columns())]);
        let wide = (view.width - self.gutter).max(1.0);
        let left = match spot.column < self.held(view) {
            true => view.left,
            false => view.left.max(right_edge - wide).min(left_edge - self.held_width(view)),
        };
        (between(top, 0.0, self.most_top(view.height)), left.max(0.0))
    }

    /// How many whole rows a page of the view has.
    pub fn page(&self, view: &View) -> u64 {
        (((view.height - self.header) / self.row_height).floor() as u64).saturating_sub(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grids() -> impl Strategy<Value = (Geometry, View)> {
        let widths = proptest::collection::vec(40.0..400.0f64, 1..40);
        let rows = prop_oneof![0u64..300, Just(499_000u64), Just(10_000_000u64), Just(1_000_000_000u64)];
        let looks = (0usize..5, prop_oneof![Just(26.0), Just(32.0), Just(48.0)]);
        (widths, rows, 0.0..1.0f64, 0.0..1.0f64, 100.0..2_000.0f64, 60.0..1_500.0f64, looks).prop_map(
            |(widths, rows, down, right, width, height, (pinned, row_height))| {
                let arrangement = Arrangement { shown: Vec::new(), widths, pinned, row_height };
                let geometry = Geometry::new(&arrangement, rows, rows);
                let top = (geometry.most_top(height) * down).floor();
                let left = ((geometry.sheet_width() - width).max(0.0) * right).floor();
                (geometry, View { top, left, width, height })
            },
        )
    }

    proptest! {
        #[test]
        fn a_hit_is_the_inverse_of_a_cells_rectangle((geometry, view) in grids(), x in 0.0..1.0f64, y in 0.0..1.0f64) {
            let (x, y) = (x * view.width, y * view.height);
            if let Hit::Cell(spot) = geometry.hit(&view, x, y) {
                let cell = geometry.cell(&view, spot);
                prop_assert!(cell.x <= x + 1e-3 && x < cell.x + cell.width + 1e-3, "{cell:?} {x}");
                prop_assert!(cell.y <= y + 1e-3 && y < cell.y + cell.height + 1e-3, "{cell:?} {y}");
                prop_assert!(geometry.visible_rows(&view).contains(&spot.row));
                prop_assert!(geometry.visible_columns(&view).contains(spot.column));
                prop_assert!(x >= geometry.left_bound(&view, spot.column), "hit under the columns that stay");
            }
        }

        #[test]
        fn every_point_of_the_header_belongs_to_the_column_below_it_or_to_its_edge((geometry, view) in grids(), x in 0.0..1.0f64) {
            let x = x * view.width;
            let below = match geometry.hit(&view, x, HEADER_HEIGHT + 1.0) {
                Hit::Cell(spot) => Some(spot.column),
                _ => None,
            };
            match geometry.hit(&view, x, 1.0) {
                Hit::Header(column) | Hit::Menu(column) => prop_assert!(below.is_none_or(|below| below == column)),
                Hit::Edge(column) => {
                    let cell = geometry.cell(&view, Spot { row: 0, column });
                    prop_assert!((cell.x + cell.width - x).abs() <= EDGE + 1e-3, "{cell:?} {x}");
                }
                hit => prop_assert!(below.is_none(), "{hit:?}"),
            }
        }

        #[test]
        fn what_is_dropped_goes_to_the_nearest_edge((geometry, view) in grids(), x in 0.0..1.0f64) {
            let x = geometry.gutter + x * (view.width - geometry.gutter).max(0.0);
            let place = geometry.drop_place(&view, x);
            prop_assert!(place <= geometry.columns());
            if let Hit::Header(column) | Hit::Menu(column) | Hit::Edge(column) = geometry.hit(&view, x, 1.0) {
                prop_assert!(place == column || place == column + 1, "{place} for {column}");
            }
        }

        #[test]
        fn a_window_misses_nothing_that_is_seen((geometry, view) in grids()) {
            let rows = geometry.visible_rows(&view);
            for row in [rows.start.wrapping_sub(1), rows.end] {
                if row < geometry.rows {
                    let cell = geometry.cell(&view, Spot { row, column: 0 });
                    let outside = cell.y + cell.height <= HEADER_HEIGHT + 1e-3 || cell.y >= view.height - 1e-3;
                    prop_assert!(outside, "row {row} at {cell:?} is seen, but not in {rows:?}");
                }
            }
            let columns = geometry.visible_columns(&view);
            for column in (0..geometry.columns()).filter(|column| !columns.contains(*column)) {
                let cell = geometry.cell(&view, Spot { row: 0, column });
                let bound = geometry.left_bound(&view, column);
                prop_assert!(cell.x + cell.width <= bound + 1e-3 || cell.x >= view.width - 1e-3);
            }
            prop_assert!(columns.each().is_sorted() && columns.held <= columns.scrolled.start.max(columns.held));
            prop_assert!(geometry.held_width(&view) <= view.width);
        }

        #[test]
        fn the_thumb_reaches_both_ends_and_never_turns_back((geometry, view) in grids(), a in 0.0..1.0f64, b in 0.0..1.0f64) {
            let most = (geometry.scroller_height() - view.height).max(0.0);
            prop_assert_eq!(geometry.top_at(0.0, view.height), 0.0);
            prop_assert!((geometry.top_at(most, view.height) - geometry.most_top(view.height)).abs() < 1e-3);
            let (low, high) = (a.min(b) * most, a.max(b) * most);
            prop_assert!(geometry.top_at(low, view.height) <= geometry.top_at(high, view.height));
            let back = geometry.scroll_at(geometry.top_at(low, view.height), view.height);
            prop_assert!((back - low).abs() < 1e-3 * low.max(1.0));
        }

        #[test]
        fn a_small_move_is_a_small_move((geometry, view) in grids(), step in -500.0..500.0f64) {
            let before = geometry.scroll_at(view.top, view.height);
            let now = before + step;
            let most = (geometry.scroller_height() - view.height).max(0.0);
            prop_assume!(now > 1.0 && now < most - 1.0);
            let top = geometry.scrolled(view.top, before, now, view.height);
            let wanted = between(view.top + step, 0.0, geometry.most_top(view.height));
            prop_assert!((top - wanted).abs() < 1e-2, "{top} {wanted}");
        }

        #[test]
        fn a_list_shows_each_of_its_cards_and_nothing_sideways((geometry, view) in grids(), row in 0.0..1.0f64) {
            let list = geometry.as_list(96.0);
            prop_assume!(list.rows > 0 && view.height >= list.row_height);
            let row = ((list.rows - 1) as f64 * row) as u64;
            let view = View { top: view.top.min(list.most_top(view.height)), left: 0.0, ..view };
            let (top, _) = list.reveal(&view, Spot { row, column: 0 });
            let view = View { top, ..view };
            let card = list.cell(&view, Spot { row, column: 0 });
            prop_assert!(card.y >= -1e-3 && card.y + card.height <= view.height + 1e-3, "{card:?}");
            prop_assert!(list.visible_rows(&view).contains(&row));
            prop_assert_eq!(list.sheet_width(), 0.0);
            let most = (list.scroller_height() - view.height).max(0.0);
            prop_assert!((list.top_at(most, view.height) - list.most_top(view.height)).abs() < 1e-3);
        }

        #[test]
        fn what_is_revealed_is_seen_whole((geometry, view) in grids(), row in 0.0..1.0f64, column in 0usize..40) {
            prop_assume!(geometry.rows > 0 && view.height >= HEADER_HEIGHT + geometry.row_height);
            let spot = Spot { row: ((geometry.rows - 1) as f64 * row) as u64, column: column % geometry.columns() };
            let (top, left) = geometry.reveal(&view, spot);
            let cell = geometry.cell(&View { top, left, ..view }, spot);
            prop_assert!(cell.y >= HEADER_HEIGHT - 1e-3 && cell.y + cell.height <= view.height + 1e-3, "{cell:?}");
            let bound = geometry.left_bound(&view, spot.column);
            let whole = cell.x >= bound - 1e-3 && cell.x + cell.width <= view.width + 1e-3;
            prop_assert!(whole || cell.width > view.width - bound, "{cell:?}");
        }
    }

    #[test]
    fn ten_million_rows_end_at_the_last_one() {
        let one = Arrangement { shown: vec![0], widths: vec![100.0], pinned: 0, row_height: 32.0 };
        let geometry = Geometry::new(&one, 10_000_000, 10_000_000);
        let view = View { top: geometry.most_top(800.0), left: 0.0, width: 600.0, height: 800.0 };
        assert_eq!(geometry.visible_rows(&view).end, 10_000_000);
        assert_eq!(geometry.scroller_height(), TALLEST);
    }
}
