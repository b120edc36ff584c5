//! The grid: a canvas that paints, an accessible layer over it, editors over the cell, and pure
//! geometry beneath. The server sends the first window of rows as a table, so that the data is
//! readable before the browser half is here.

#[cfg(feature = "hydrate")]
mod aria;
pub mod arrangement;
pub mod block;
#[cfg(feature = "hydrate")]
mod browser;
pub mod change;
mod choices;
#[cfg(feature = "hydrate")]
mod clipboard;
#[cfg(feature = "hydrate")]
mod compose;
#[cfg(feature = "hydrate")]
mod editor;
#[cfg(feature = "hydrate")]
mod editor_note;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod fill;
#[cfg(feature = "ssr")]
mod first_window;
pub mod fix;
pub mod geometry;
#[cfg(feature = "hydrate")]
mod header;
pub mod keyboard;
pub mod list;
#[cfg(feature = "hydrate")]
mod menu;
pub mod others;
pub mod pages;
#[cfg(feature = "hydrate")]
mod painter;
#[cfg(feature = "hydrate")]
mod pending;
pub mod picking;
#[cfg(feature = "hydrate")]
mod place;
#[cfg(feature = "hydrate")]
mod range;
pub mod ranges;
pub mod rows;
pub mod selection;
pub mod shown;
mod signs;
#[cfg(feature = "hydrate")]
mod source;
#[cfg(feature = "hydrate")]
mod tooltip;
#[cfg(feature = "hydrate")]
mod touch;
#[cfg(feature = "hydrate")]
mod travel;
pub mod wrap;

use leptos::html::Div;
use leptos::prelude::*;

use crate::domain::layout::SheetLayout;
use crate::rpc::records::{CellEdit, Choosing, SheetView, Sort, Standing};
use change::Change;
pub use choices::{Choices, ChoicesOf};
#[cfg(feature = "ssr")]
pub use first_window::first_window;
use keyboard::Command;
pub use list::Listed;
use picking::Picking;
use ranges::Ranges;
use selection::Selection;

use crate::app::components::{Icon, icon};
use crate::app::plain::Any;
#[cfg(feature = "hydrate")]
use crate::app::plain::watch;
use crate::app::sheet::waiting::Waiting;
use crate::app::signals::{Callback, RwSignal};

/// Which rows the grid shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// The tab.
    pub standing: Standing,
    /// The search box.
    pub search: String,
    /// A condition in the query language; empty for none.
    pub filter: String,
    /// Nothing for the order of the sheet.
    pub sort: Option<Sort>,
}

impl Question {
    /// Whether some records may be left out.
    pub fn narrows(&self) -> bool {
        self.standing != Standing::All || !self.search.is_empty() || !self.filter.is_empty()
    }

    /// The question that a choice of records puts.
    pub fn of(choosing: Choosing) -> Self {
        let Choosing { standing, search, filter, sort, .. } = choosing;
        Self { standing, search, filter, sort }
    }

    /// The records that it finds, none of them selected.
    pub fn choosing(&self) -> Choosing {
        let Self { standing, search, filter, sort } = self.clone();
        Choosing { standing, search, filter, sort, ..Choosing::default() }
    }

    /// Whether the rows stand in the order of a field, and then whether downwards.
    pub fn direction(&self, field: &str) -> Option<bool> {
        self.sort.as_ref().filter(|sort| sort.field == field).map(|sort| sort.descending)
    }
}

/// The menu of a column, while it is open.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderMenu {
    /// Key of its field.
    pub key: String,
    /// Where it opens, in the window.
    pub x: f64,
    /// The same from above.
    pub y: f64,
}

/// The record that a person is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its row in the view, counted from 0.
    pub row: u64,
    /// Its place in the sheet, counted from 1.
    pub position: u64,
    /// Its id.
    pub record: String,
    /// The key of the field.
    pub field: String,
}

/// Several cells that a person has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// In which ranges they are.
    pub ranges: Ranges,
    /// The keys of all columns.
    pub fields: Vec<String>,
}

/// Where the chrome wants the grid to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Go {
    /// To a cell, with the focus or without; without a field to the column of the active cell.
    Cell {
        /// The row, counted from 0.
        row: u64,
        /// The key of the field.
        field: Option<String>,
        /// Whether the focus goes there.
        focus: bool,
    },
    /// To a cell of a record, when its row is here.
    Record {
        /// The record.
        record: rows::RecordName,
        /// The key of the field.
        field: String,
    },
    /// From a record to the one after it or before it, even when it has left the view meanwhile.
    Step {
        /// The record's id.
        record: String,
        /// To the one after it.
        down: bool,
    },
    /// The cells of a field's column are chosen, and the focus comes there.
    Column(String),
    /// The focus comes back to the active cell.
    Back,
}

/// What the grid asks the chrome to show beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The record that the person is at.
    Record,
    /// The messages of a kind on a field.
    Messages {
        /// The key of the field.
        field: String,
        /// One of the messages.
        text: String,
    },
}

/// Where a column stands now, in pixels of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenColumn {
    /// The key of its field; empty for the column of the row numbers.
    pub field: String,
    /// Its left edge.
    pub left: f64,
    /// Its width.
    pub width: f64,
    /// It stays where it is when the others are scrolled.
    pub held: bool,
}

/// What the grid and the chrome around it tell one another.
#[derive(Clone, Copy)]
pub struct GridControl {
    /// Which rows to show.
    pub question: RwSignal<Question>,
    /// How the columns stand: every field of the sheet is in it.
    pub layout: RwSignal<SheetLayout>,
    /// The menu of a column, while it is open.
    pub menu: RwSignal<Option<HeaderMenu>>,
    /// Why the server finds nothing for the question; nothing when it answers it.
    pub refused: RwSignal<Option<String>>,
    /// A column to be made as wide as what it holds, by its key.
    pub fit: RwSignal<Option<String>>,
    /// Moves when the active cell should have the focus.
    pub focus: RwSignal<u32>,
    /// Whether the records are cards, as on a phone.
    pub listed: RwSignal<Listed>,
    /// The newest version of the sheet that anybody here knows.
    pub version: RwSignal<i64>,
    /// Moves when what is shown may be wrong, as after a refused edit.
    pub doubted: RwSignal<u32>,
    /// How many rows there are under the question.
    pub shown: RwSignal<u64>,
    /// The selected records.
    pub selection: RwSignal<Selection>,
    /// A row to go to that was just added, and whether to stay in the column.
    pub reveal: RwSignal<Option<(u64, bool)>>,
    /// The record that the person is at; it moves when the person does.
    pub place: RwSignal<Option<Place>>,
    /// The cells that are chosen, when they are several.
    pub range: RwSignal<Option<Chosen>>,
    /// Where to go.
    pub go: RwSignal<Option<Go>>,
    /// What to show beside the grid.
    pub wish: RwSignal<Option<Wish>>,
    /// Where the columns stand, while something under the grid wants to know.
    pub columns: RwSignal<Option<Vec<SeenColumn>>>,
    /// The last thing to say to a reader.
    pub said: RwSignal<String>,
    /// Moves when the colours have changed.
    pub theme: RwSignal<u32>,
    /// Takes what people write.
    pub write: Callback<Vec<CellEdit>>,
    /// Takes what people do to many cells.
    pub change: Callback<Change>,
    /// The server cannot be reached.
    pub away: RwSignal<bool>,
    /// Edits that are not on the server.
    pub waiting: RwSignal<Waiting>,
    /// Where the cell is that the person has to choose about: its left, top and bottom in the window.
    pub clash_at: RwSignal<Option<(f64, f64, f64)>>,
    /// The cells that other people are on.
    pub others: RwSignal<Vec<others::Other>>,
    /// A cell is being edited.
    pub editing: RwSignal<bool>,
    /// Something to do, as a menu says.
    pub order: RwSignal<Option<Command>>,
    /// Where the menu of a cell is open.
    pub cell_menu: RwSignal<Option<MenuPlace>>,
    /// What can be chosen for the cell that is edited.
    pub picking: Picking,
    /// The rows have other columns than the grid.
    pub misfit: Callback<()>,
    /// Takes what people must know, in words.
    pub trouble: Callback<String>,
}

/// Where a menu opens, and of what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuPlace {
    /// From the left of the window.
    pub x: f64,
    /// From its top.
    pub y: f64,
    /// How many records are meant.
    pub records: u64,
    /// Whether they are several cells.
    pub several: bool,
    /// Why the cells cannot be changed.
    pub locked: Option<String>,
    /// The label of the field, and what the cell holds.
    pub value: (String, Option<String>),
}

impl GridControl {
    /// Hands edits on.
    pub fn write(&self, edits: Vec<CellEdit>) {
        self.write.run(edits);
    }

    /// Arranges the columns otherwise.
    pub fn arrange(&self, change: &dyn Fn(&mut SheetLayout)) {
        let mut layout = self.layout.get_untracked();
        change(&mut layout);
        if self.layout.with_untracked(|known| *known != layout) {
            self.layout.set(layout);
        }
    }

    /// Hands a change on.
    pub fn change(&self, change: Change) {
        self.change.run(change);
    }

    /// Sorts by a field: up, down, and back to the order of the sheet.
    pub fn press_sort(&self, field: &str) {
        self.question.update(|question| question.sort = Sort::pressed(question.sort.as_ref(), field));
    }

    /// Says that the rows have other columns than the grid.
    pub fn misfit(&self) {
        self.misfit.try_run(());
    }

    /// Tells people what went otherwise than they think.
    pub fn trouble(&self, words: String) {
        self.trouble.try_run(words);
    }

    /// Says something to a reader, without a toast.
    pub fn say(&self, text: String) {
        self.said.set(text);
    }

    /// Takes note of a version; older ones are passed over.
    pub fn note_version(&self, version: i64) {
        if self.version.try_get_untracked().is_some_and(|known| known < version) {
            self.version.set(version);
        }
    }
}

/// The grid of one sheet. `window` is the server's table of the first rows; the browser leaves it alone
/// until it has rows of its own.
#[component]
pub fn Grid(
    /// The sheet's shape.
    sheet: SheetView,
    /// What it tells the chrome and is told.
    control: GridControl,
    /// HTML of the first rows.
    window: String,
) -> impl IntoView {
    let host = NodeRef::<Div>::new();
    let label = format!("{}: records", sheet.name);
    let list_label = label.clone();
    let read_only = !sheet.permits.edit;
    #[cfg(feature = "hydrate")]
    mount(host, sheet, control);
    #[cfg(not(feature = "hydrate"))]
    let _ = control;
    view! {
        <div id="grid" class="grid-host" node_ref=host>
            <canvas class="grid-canvas" aria-hidden="true"></canvas>
            <div class="grid-window" inner_html=window></div>
            <div class="grid-scroller" tabindex="-1">
                <div class="grid-sizer">
                    <div
                        class="grid-layer"
                        role="grid"
                        aria-label=label
                        aria-multiselectable="true"
                        aria-readonly=read_only.then_some("true")
                        aria-describedby="grid-help"
                    ></div>
                    <ul class="grid-cards" role="list" aria-label=list_label aria-describedby="list-help"></ul>
                </div>
            </div>
            <p id="grid-help" class="sr-only">
                "Arrow keys move, Enter edits, Space opens a record, Shift and Space select it, Alt and Down open the menu \
                of the column. Control and full stop go to what helps with a message. Escape, then Tab, leaves the grid."
            </p>
            <p id="list-help" class="sr-only">
                "Arrow keys move, Enter opens a record, Shift and Space select it."
            </p>
            <button type="button" class="grid-open" tabindex="-1" aria-label="Open the record" title="Open the record (Space)" hidden>
                {icon(Icon::Expand)}
            </button>
            <div class="grid-tip" hidden>
                <div class="grid-tip-card">
                    <div id="grid-tip" role="tooltip"></div>
                    <div class="grid-tip-offers" role="group" aria-label="What to do"></div>
                </div>
            </div>
        </div>
    }
    .any()
}

/// Starts the grid once its elements are in the document, and closes it with the page.
#[cfg(feature = "hydrate")]
fn mount(host: NodeRef<Div>, sheet: SheetView, control: GridControl) {
    use leptos::wasm_bindgen::{JsCast, closure::Closure};

    use crate::app::signals::LocalValue;

    let started = LocalValue::new(None::<browser::Shared>);
    watch(move || {
        let Some(element) = host.get() else { return };
        if started.with_value(Option::is_some) {
            return;
        }
        let Some(shared) = browser::start(element.clone().into(), &sheet, control) else { return };
        let weak = std::rc::Rc::downgrade(&shared);
        let resized = Closure::<dyn Fn()>::new(move || {
            if let Some(shared) = weak.upgrade() {
                browser::resize(&shared);
            }
        });
        let observer = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&element);
        }
        started.set_value(Some(shared));
        let keep = LocalValue::new((observer, resized));
        on_cleanup(move || {
            keep.try_with_value(|(observer, _)| observer.as_ref().map(web_sys::ResizeObserver::disconnect));
        });
    });
    let each = move |act: &dyn Fn(&browser::Shared)| {
        started.try_with_value(|shared| shared.as_ref().map(act));
    };
    watch(move || {
        let question = control.question.get();
        each(&|shared| browser::ask(shared, question.clone()));
    });
    watch(move || {
        let layout = control.layout.get();
        each(&|shared| browser::arrange(shared, &layout));
    });
    watch(move || {
        if let Some(key) = control.fit.get() {
            each(&|shared| header::fit_named(shared, &key));
        }
    });
    watch(move || {
        if control.focus.get() > 0 {
            each(&browser::focus);
        }
    });
    watch(move || {
        control.menu.track();
        each(&browser::repaint);
    });
    watch(move || {
        let version = control.version.get();
        each(&|shared| browser::changed(shared, version));
    });
    watch(move || {
        if control.doubted.get() > 0 {
            each(&browser::doubt);
        }
    });
    watch(move || {
        control.waiting.track();
        each(&pending::show);
    });
    watch(move || {
        let people = control.others.get();
        each(&|shared| others::show(shared, people.clone()));
    });
    watch(move || {
        control.theme.track();
        each(&browser::recolor);
    });
    watch(move || {
        if let Some(command) = control.order.get() {
            control.order.set(None);
            each(&|shared| events::obey(shared, command));
        }
    });
    watch(move || {
        if control.picking.pressed.get().is_some() {
            each(&editor::choose);
        }
    });
    watch(move || {
        if let Some((row, stays)) = control.reveal.get() {
            each(&|shared| travel::reveal(shared, row, stays));
        }
    });
    watch(move || {
        if let Some(to) = control.go.get() {
            each(&|shared| travel::obey(shared, &to));
        }
    });
    watch(move || {
        if control.columns.with(Option::is_some) {
            each(&browser::tell_columns);
        }
    });
    watch(move || {
        // The chrome selects all, or gives the selection up, as after the selected records were deleted.
        let selection = control.selection.get();
        each(&|shared| range::take_selection(shared, &selection));
    });
    watch(move || {
        let listed = control.listed.get();
        each(&|shared| list::follow_choice(shared, listed));
    });
    on_cleanup(move || each(&|shared| browser::close(shared)));
}
