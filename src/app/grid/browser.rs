//! The grid at work in the browser: one struct holds its state, functions over the shared struct
//! change it. Signals carry only what the chrome around the grid shows.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::request_animation_frame;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::arrangement::Arrangement;
use super::editor::Editor;
use super::geometry::{Geometry, Spot, View};
use super::header::Headers;
use super::list::card::CARD_HEIGHT;
use super::others::Other;
use super::pages::Pages;
use super::painter::{Painter, Scene};
use super::pending::Pending;
use super::ranges::Ranges;
use super::rows::{RecordName, Rows};
use super::selection::Selection;
use super::{GridControl, Question, aria, editor, list, source, tooltip};
use crate::app::dom;
use crate::domain::layout::SheetLayout;
use crate::rpc::records::{ColumnView, SheetView};

/// How long scrolling has to rest before the accessible layer is built anew and neighbours are asked for.
const REST_MILLISECONDS: u32 = 120;

/// The grid, as its event handlers share it.
pub type Shared = Rc<RefCell<Grid>>;

/// The elements that the grid is made of.
pub struct Parts {
    /// Holds everything and is as large as the view.
    pub host: HtmlElement,
    /// What the browser scrolls.
    pub scroller: HtmlElement,
    /// As tall as the sheet, as far as browsers allow.
    pub sizer: HtmlElement,
    /// The accessible layer.
    pub layer: HtmlElement,
    /// The records as cards.
    pub cards: HtmlElement,
    /// Messages of a cell.
    pub tip: HtmlElement,
    /// Opens the record whose row is pointed at.
    pub opener: HtmlElement,
    /// What the server sent before.
    pub window: Option<HtmlElement>,
}

/// Everything the grid knows.
pub struct Grid {
    pub(super) parts: Parts,
    pub(super) sheet_id: String,
    /// The columns that are shown, in order.
    pub(super) columns: Vec<Rc<ColumnView>>,
    /// Every field of the sheet, in its order.
    pub(super) fields: Vec<Rc<ColumnView>>,
    pub(super) headers: Headers,
    pub(super) geometry: Geometry,
    pub(super) view: View,
    pub(super) scroll_top: f64,
    pub(super) pages: Pages,
    pub(super) question: Question,
    pub(super) active: Spot,
    pub(super) anchor: Spot,
    /// The ranges that were chosen before that of the active cell, and stay.
    pub(super) earlier: Ranges,
    /// The record of the active cell.
    pub(super) place: Option<RecordName>,
    /// The largest record number that was seen.
    numbers: u64,
    pub(super) focused: bool,
    /// The chrome went to the active cell: it looks as if it had the focus.
    pub(super) lit: bool,
    /// The chrome has not heard yet which record the person is at: its row is not here.
    pub(super) untold: bool,
    /// The cell whose messages are shown.
    pub(super) explained: Option<Spot>,
    pub(super) leaving: bool,
    pub(super) rebuilding: bool,
    pub(super) hovered: Option<u64>,
    pub(super) pointed: Option<Spot>,
    pub(super) selection: Selection,
    pub(super) last_toggled: Option<u64>,
    pub(super) editor: Option<Editor>,
    /// Cells whose texts are not on the server.
    pub(super) pending: Vec<Pending>,
    /// The cells that other people are on.
    pub(super) others: Vec<Other>,
    /// Where the handle is being pulled to.
    pub(super) pulled: Option<Spot>,
    /// A finger that may come to rest on a cell.
    pub(super) resting_finger: Option<super::touch::Resting>,
    /// Cells on their way to the clipboard.
    pub(super) fetched: Option<super::clipboard::Fetched>,
    /// Whether people may add records.
    pub(super) may_add: bool,
    pub(super) layer: aria::Built,
    pub(super) hold: aria::Hold,
    /// Until this is over, the click of a pointer that was let go may come.
    pub(super) freeing: Option<Timeout>,
    pub(super) cards: list::Cards,
    pub(super) control: GridControl,
    painter: Painter,
    frame_asked: bool,
    resting: Option<Timeout>,
    /// Until this is over, rows that are passed over are not asked for.
    pub(super) asking: Option<Timeout>,
    pub(super) listeners: Vec<EventListener>,
    pub(super) closed: bool,
}

/// Takes over the host element that the server rendered.
pub fn start(host: HtmlElement, sheet: &SheetView, control: GridControl) -> Option<Shared> {
    let part = |name: &str| host.query_selector(name).ok().flatten()?.dyn_into::<HtmlElement>().ok();
    let canvas: HtmlCanvasElement = part("canvas")?.dyn_into().ok()?;
    let parts = Parts {
        scroller: part(".grid-scroller")?,
        sizer: part(".grid-sizer")?,
        layer: part(".grid-layer")?,
        cards: part(".grid-cards")?,
        tip: part(".grid-tip")?,
        opener: part(".grid-open")?,
        window: part(".grid-window"),
        host: host.clone(),
    };
    let question = control.question.get_untracked();
    let (total, numbers) = (question.standing.of(&sheet.found), sheet.counts.total);
    let fields: Vec<_> = sheet.columns.iter().cloned().map(Rc::new).collect();
    let arrangement = Arrangement::of(&fields, &control.layout.get_untracked());
    let grid = Grid {
        parts,
        sheet_id: sheet.id.clone(),
        columns: shown(&fields, &arrangement),
        geometry: Geometry::new(&arrangement, total, numbers),
        headers: Headers::default(),
        view: View::default(),
        scroll_top: 0.0,
        pages: Pages::new(fields.len(), arrangement.shown, total, sheet.version),
        fields,
        question,
        active: Spot::default(),
        anchor: Spot::default(),
        earlier: Ranges::default(),
        place: None,
        numbers,
        focused: false,
        lit: false,
        untold: false,
        explained: None,
        leaving: false,
        rebuilding: false,
        hovered: None,
        pointed: None,
        selection: Selection::None,
        last_toggled: None,
        editor: None,
        pending: Vec::new(),
        others: Vec::new(),
        pulled: None,
        resting_finger: None,
        fetched: None,
        may_add: sheet.permits.add,
        layer: aria::Built::default(),
        hold: aria::Hold::Free,
        freeing: None,
        cards: list::Cards::default(),
        control,
        painter: Painter::new(canvas)?,
        frame_asked: false,
        resting: None,
        asking: None,
        listeners: Vec::new(),
        closed: false,
    };
    let shared = Rc::new(RefCell::new(grid));
    super::events::listen(&shared);
    resize(&shared);
    list::follow_choice(&shared, control.listed.get_untracked());
    Some(shared)
}

fn shown(fields: &[Rc<ColumnView>], arrangement: &Arrangement) -> Vec<Rc<ColumnView>> {
    arrangement.shown.iter().map(|place| Rc::clone(&fields[*place])).collect()
}

/// The grid becomes a list of cards, or a grid again, at the same rows.
pub fn turn(shared: &Shared, list: bool) {
    let layout = {
        let grid = shared.borrow();
        let _ = grid.parts.host.set_attribute("data-list", if list { "true" } else { "false" });
        grid.control.layout.get_untracked()
    };
    tooltip::hide(shared);
    arrange_as(shared, &layout, list);
    {
        let mut grid = shared.borrow_mut();
        if grid.focused || grid.lit {
            let spot = grid.active;
            grid.show(spot);
        }
    }
    aria::build(shared);
}

/// Other columns are shown, or in another order, width or height. The active cell stays in its field.
pub fn arrange(shared: &Shared, layout: &SheetLayout) {
    let list = shared.borrow().geometry.is_list();
    arrange_as(shared, layout, list);
}

fn arrange_as(shared: &Shared, layout: &SheetLayout, list: bool) {
    editor::close(shared, true, None);
    {
        let mut grid = shared.borrow_mut();
        let arrangement = Arrangement::of(&grid.fields, layout);
        let columns = shown(&grid.fields, &arrangement);
        let place = |before: usize, known: &[Rc<ColumnView>]| {
            let key = known.get(before).map(|field| &field.key);
            columns.iter().position(|field| Some(&field.key) == key)
        };
        let moved = [grid.active.column, grid.anchor.column].map(|column| place(column, &grid.columns));
        let first_row = grid.view.top / grid.geometry.row_height;
        let (rows, numbers) = (grid.geometry.rows, grid.numbers);
        let geometry = Geometry::new(&arrangement, rows, numbers);
        grid.geometry = if list { geometry.as_list(CARD_HEIGHT) } else { geometry };
        grid.view.top = first_row * grid.geometry.row_height;
        if let [Some(active), Some(anchor)] = moved {
            (grid.active.column, grid.anchor.column) = (active, anchor);
        } else {
            // A range that lost an end is none any more.
            grid.active.column = moved[0].unwrap_or(grid.active.column);
            grid.anchor = grid.active;
        }
        if list || !columns.iter().map(Rc::as_ptr).eq(grid.columns.iter().map(Rc::as_ptr)) {
            grid.earlier.clear();
        }
        grid.columns = columns;
        grid.pages.arrange(arrangement.shown);
        grid.fit();
        grid.put_thumb();
        grid.view.left = f64::from(grid.parts.scroller.scroll_left());
        grid.follow();
    }
    repaint(shared);
    fetch_and_rest(shared);
}

/// Gives the focus back to the active cell, as after a menu was closed.
pub fn focus(shared: &Shared) {
    shared.borrow_mut().focused = true;
    aria::activate(shared);
    repaint(shared);
}

/// Lets go of the browser.
pub fn close(shared: &Shared) {
    let mut grid = shared.borrow_mut();
    grid.closed = true;
    grid.listeners.clear();
    grid.resting = None;
}

/// The host has another size.
pub fn resize(shared: &Shared) {
    let control = shared.borrow().control;
    list::look(control);
    {
        let mut grid = shared.borrow_mut();
        let (width, height) =
            (f64::from(grid.parts.scroller.client_width()), f64::from(grid.parts.scroller.client_height()));
        grid.view.width = width;
        grid.view.height = height;
        grid.painter.resize(width, height);
        dom::set_lengths(&grid.parts.layer, &[("width", width), ("height", height)]);
        grid.fit();
        grid.follow();
    }
    // A canvas that was resized is empty: paint before the browser shows it.
    paint(shared);
    fetch_and_rest(shared);
}

/// The browser scrolled.
pub fn scrolled(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        let (now, left) =
            (f64::from(grid.parts.scroller.scroll_top()), f64::from(grid.parts.scroller.scroll_left()));
        if (now - grid.scroll_top).abs() > 0.9 {
            let Grid { geometry, view, scroll_top, .. } = &*grid;
            let top = geometry.scrolled(view.top, *scroll_top, now, view.height);
            grid.view.top = top;
            grid.scroll_top = now;
        }
        grid.view.left = left;
        grid.follow();
    }
    repaint(shared);
    fetch_and_rest(shared);
}

/// Asks for the rows that are seen now, and for a new layer once all is at rest.
pub fn fetch_and_rest(shared: &Shared) {
    source::fetch(shared);
    let later = Rc::clone(shared);
    let timer = Timeout::new(REST_MILLISECONDS, move || rest(&later));
    shared.borrow_mut().resting = Some(timer);
}

fn rest(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        // Small moves on a capped scroller let the thumb stray: put it where it belongs.
        if grid.geometry.is_capped() {
            grid.put_thumb();
        }
        grid.pages.rest();
    }
    source::fetch(shared);
    if shared.borrow().geometry.is_list() {
        repaint(shared);
    }
    aria::build(shared);
    tooltip::update(shared);
}

/// Paints with the next frame, once, however often it is asked.
pub fn repaint(shared: &Shared) {
    {
        let mut grid = shared.borrow_mut();
        if grid.frame_asked || grid.closed {
            return;
        }
        grid.frame_asked = true;
    }
    let later = Rc::clone(shared);
    request_animation_frame(move || {
        later.borrow_mut().frame_asked = false;
        paint(&later);
    });
}

fn paint(shared: &Shared) {
    if shared.borrow().geometry.is_list() {
        if list::is_here() {
            drop_window(shared);
        }
        return list::draw(shared);
    }
    let grid = shared.borrow();
    if grid.closed {
        return;
    }
    grid.painter.paint(&Scene {
        geometry: &grid.geometry,
        view: grid.view,
        rows: &grid.pages,
        columns: &grid.columns,
        range: grid.range(),
        chosen: grid.chosen_seen(),
        has_handle: grid.focused && grid.earlier.is_empty(),
        active: grid.active,
        pulled: grid.pulled.and_then(|spot| grid.range().filled_to(spot)).map(|(block, _)| block),
        focused: grid.focused || grid.lit,
        selection: &grid.selection,
        hovered: grid.hovered,
        question: &grid.question,
        header: grid.header_looks(),
        pending: &grid.pending,
        fields: &grid.fields,
        others: grid.others_seen(),
        pointed: grid.pointed,
    });
}

/// The theme changed.
pub fn recolor(shared: &Shared) {
    shared.borrow_mut().painter.recolor();
    repaint(shared);
}

/// Another tab or search.
pub fn ask(shared: &Shared, question: Question) {
    {
        let mut grid = shared.borrow_mut();
        if grid.question == question {
            return;
        }
        grid.question = question;
        grid.control.refused.set(None);
        grid.pages.ask_anew();
        grid.last_toggled = None;
        grid.active = Spot { row: 0, column: grid.active.column };
        grid.anchor = grid.active;
        grid.earlier.clear();
        grid.view.top = 0.0;
        grid.put_thumb();
        grid.select(Selection::None);
    }
    repaint(shared);
    fetch_and_rest(shared);
}

/// The sheet has a newer version. The view does not move.
pub fn changed(shared: &Shared, version: i64) {
    shared.borrow_mut().pages.changed(version);
    repaint(shared);
    fetch_and_rest(shared);
}

/// What is here may be wrong: it is asked for anew.
pub fn doubt(shared: &Shared) {
    shared.borrow_mut().pages.doubt();
    fetch_and_rest(shared);
}

/// What the server sent goes once the browser has rows of its own.
fn drop_window(shared: &Shared) {
    let mut grid = shared.borrow_mut();
    if grid.pages.is_here()
        && let Some(window) = grid.parts.window.take()
    {
        window.remove();
    }
}

/// Rows are here.
pub fn arrived(shared: &Shared) {
    if !shared.borrow().geometry.is_list() {
        drop_window(shared);
    }
    {
        let mut grid = shared.borrow_mut();
        grid.fit();
        grid.keep_place();
        if grid.untold || grid.is_where_told() {
            grid.tell_place();
        }
    }
    editor::check(shared);
    repaint(shared);
    fetch_and_rest(shared);
}

/// Tells the chrome where the columns stand.
pub fn tell_columns(shared: &Shared) {
    shared.borrow().tell_columns();
}

impl Grid {
    /// How wide the widest of some texts is in a cell.
    pub(super) fn fitting_width<'a>(&self, texts: impl Iterator<Item = &'a str>) -> f64 {
        self.painter.fitting_width(texts)
    }

    /// Makes the scroller as tall as the rows need, and tells the chrome how many there are.
    pub(super) fn fit(&mut self) {
        let total = self.pages.total();
        self.numbers = self.numbers.max(total);
        self.geometry.set_rows(total, self.numbers);
        if self.control.shown.try_get_untracked() != Some(total) {
            self.control.shown.set(total);
        }
        let (width, height) = (self.geometry.sheet_width(), self.geometry.scroller_height());
        // A list is as wide as the view.
        let width = Some(("width", width)).filter(|_| !self.geometry.is_list());
        let lengths: Vec<_> = width.into_iter().chain([("height", height)]).collect();
        dom::set_lengths(&self.parts.sizer, &lengths);
        self.view.top = self.view.top.min(self.geometry.most_top(self.view.height));
        let last = Spot { row: total.saturating_sub(1), column: self.geometry.columns().saturating_sub(1) };
        for spot in [&mut self.active, &mut self.anchor] {
            *spot = Spot { row: spot.row.min(last.row), column: spot.column.min(last.column) };
        }
        self.earlier.keep_within(total);
        self.pages.want(self.geometry.visible_rows(&self.view));
    }

    /// Scrolls as little as shows a cell.
    pub(super) fn show(&mut self, spot: Spot) {
        let (top, left) = self.geometry.reveal(&self.view, spot);
        if (top, left) != (self.view.top, self.view.left) {
            self.view.top = top;
            self.view.left = left;
            self.put_thumb();
            self.parts.scroller.set_scroll_left(left as i32);
            self.view.left = f64::from(self.parts.scroller.scroll_left());
        }
        self.follow();
    }

    /// What belongs to the rows goes with them: the wanted window, the layer, the editor.
    pub(super) fn follow(&mut self) {
        let seen = self.geometry.visible_rows(&self.view);
        self.pages.want(seen);
        self.layer.follow(&self.parts.layer, &self.view);
        if let Some(editor) = &self.editor {
            editor.place(&self.geometry, &self.view);
        }
        self.tell_columns();
        self.tell_clash();
    }

    /// Puts the scroller's thumb where the view is.
    pub(super) fn put_thumb(&mut self) {
        let wanted = self.geometry.scroll_at(self.view.top, self.view.height).round();
        self.parts.scroller.set_scroll_top(wanted as i32);
        self.scroll_top = f64::from(self.parts.scroller.scroll_top());
    }

    /// Whether the active cell is in what is seen.
    pub(super) fn sees_active(&self) -> bool {
        self.geometry.visible_rows(&self.view).contains(&self.active.row)
            && self.geometry.visible_columns(&self.view).contains(self.active.column)
    }
}
