//! Copy, cut and paste. Cells that are here go to the clipboard at once; those that are not come from the server first.

use leptos::prelude::document;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer};

use super::block::Landing;
use super::browser::{Grid, Shared};
use super::fill;
use super::ranges::{Crossing, Ranges};
use super::rows::Rows as _;
use super::travel;
use crate::app::dom;
use crate::app::format::{count, counted};
use crate::domain::clipboard::{OURS, Table, read_html};
use crate::domain::fill::Fill;
use crate::rpc::cells::{Block, copy_cells};

/// Cells that the browser gathers itself at most.
const MOST_HERE: u64 = 50_000;
/// Cells that fit on a clipboard, as the server has it.
const MOST: u64 = 1_000_000;

/// Cells that are pasted at once.
const MOST_PASTED: u64 = 5_000_000;
const TOO_MANY: &str =
    "More than 5,000,000 cells are not pasted at once. Save them as a CSV file and drop it here";
/// Why several ranges are not copied, and not cut.
const NO_TABLE: &str = "Copy works on ranges with the same rows or the same columns";
const ONE_TO_CUT: &str = "Cut works on one range. Copy, then clear";

/// Cells that came from the server and wait to be put on the clipboard.
pub struct Fetched {
    cells: Crossing,
    version: i64,
    table: Table,
}

/// Puts the ranges on the clipboard, and empties what is cut.
pub fn copy(shared: &Shared, event: &ClipboardEvent, cut: bool) {
    let Some(clipboard) = event.clipboard_data() else { return };
    event.prevent_default();
    let (control, ranges) = {
        let grid = shared.borrow();
        (grid.control, grid.ranges())
    };
    let cells = match ranges.table() {
        _ if cut && ranges.are_several() => return control.trouble(ONE_TO_CUT.to_string()),
        None => return control.trouble(NO_TABLE.to_string()),
        Some(cells) => cells,
    };
    let here = {
        let mut grid = shared.borrow_mut();
        let version = grid.pages.version();
        let fetched =
            grid.fetched.take().filter(|fetched| fetched.cells == cells && fetched.version == version);
        fetched.map(|fetched| fetched.table).or_else(|| grid.table_of(&cells))
    };
    let Some(table) = here else {
        fetch(shared, cells, cut);
        return;
    };
    let written = clipboard.set_data("text/plain", &table.write()).is_ok();
    let _ = clipboard.set_data("text/html", &table.html());
    if !written {
        return;
    }
    let done = if cut { " cut" } else { " copied" };
    control.say(counted(cells.cells(), "cell") + done);
    if cut {
        fill::everywhere(shared, Fill::clear());
    }
}

/// Asks the server for the cells, and copies once more when they are here.
fn fetch(shared: &Shared, cells: Crossing, cut: bool) {
    let (sheet, wanted, control, version) = {
        let grid = shared.borrow();
        let wanted = Block { rows: grid.rows_of(&grid.ranges()), fields: grid.keys(&cells.columns) };
        (grid.sheet_id.clone(), wanted, grid.control, grid.pages.version())
    };
    if cells.cells() > MOST {
        let most = count(MOST);
        control.trouble(format!("More than {most} cells do not fit on a clipboard. Use Download instead"));
        return;
    }
    let shared = std::rc::Rc::clone(shared);
    control.say("Copying…".to_string());
    spawn_local(async move {
        match copy_cells(sheet, wanted).await {
            Ok(table) => {
                shared.borrow_mut().fetched = Some(Fetched { cells, version, table });
                again(&shared, if cut { "cut" } else { "copy" });
            }
            Err(error) => control.trouble(error.to_string()),
        }
    });
}

/// Lets the browser copy, cut or paste, as if the key had been pressed. Where it does not, the person has to.
pub fn again(shared: &Shared, what: &str) {
    super::aria::activate(shared);
    let done = dom::call(&document(), "execCommand", &[what.into()]).and_then(|done| done.as_bool());
    if done != Some(true) {
        let key = match what {
            "copy" => "C",
            "cut" => "X",
            _ => "V",
        };
        shared.borrow().control.trouble(format!("Your browser asks you to press Ctrl+{key}"));
    }
}

/// Asks the browser for what is on the clipboard, as a menu does; where it does not tell, the person has to press keys.
pub fn ask(shared: &Shared) {
    let control = shared.borrow().control;
    let refused = move || control.trouble("Your browser lets you paste with Ctrl+V only".to_string());
    let clipboard = js_sys::Reflect::get(&leptos::prelude::window().navigator(), &"clipboard".into());
    let asked = clipboard.ok().and_then(|clipboard| dom::call(&clipboard, "readText", &[]));
    let Some(asked) = asked.and_then(|asked| asked.dyn_into::<js_sys::Promise>().ok()) else {
        refused();
        return;
    };
    let shared = std::rc::Rc::clone(shared);
    spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(asked).await.ok().and_then(|text| text.as_string()) {
            Some(text) if !text.is_empty() => put(&shared, Table::read(&text)),
            Some(_) => control.trouble("There is no text on the clipboard".to_string()),
            None => refused(),
        }
    });
}

/// Writes what is on the clipboard into the range.
pub fn paste(shared: &Shared, event: &ClipboardEvent) {
    let Some(clipboard) = event.clipboard_data() else { return };
    let Some(table) = table_on(&clipboard) else { return };
    event.prevent_default();
    put(shared, table);
}

/// The cells on a clipboard: a spreadsheet's own table says most, but ours is exact as text.
fn table_on(clipboard: &DataTransfer) -> Option<Table> {
    let text = clipboard.get_data("text/plain").unwrap_or_default();
    let html = clipboard.get_data("text/html").unwrap_or_default();
    if !html.contains(OURS)
        && let Some(table) = read_html(&html)
    {
        return Some(table);
    }
    (!text.is_empty()).then(|| Table::read(&text))
}

fn put(shared: &Shared, table: Table) {
    if table.texts().len() as u64 > MOST_PASTED {
        return shared.borrow().control.trouble(TOO_MANY.to_string());
    }
    let (landing, locked, names, control, may_add) = {
        let grid = shared.borrow();
        let sheet = (grid.geometry.rows, grid.columns.len());
        let landing = grid.range().landing((table.rows() as u64, table.columns()), sheet);
        let locked = grid.split(&Ranges::of(landing.block.clone())).1;
        let names: Vec<String> =
            locked.iter().filter_map(|column| Some(grid.columns.get(*column)?.label.clone())).collect();
        (landing, locked.len(), names, grid.control, grid.may_add)
    };
    let Landing { block, mut added, cut } = landing;
    let mut words = Vec::new();
    if cut > 0 {
        words.push(counted(cut as u64, "column") + " beyond the last one were left out");
    }
    if locked > 0 && locked < block.columns.len() {
        words.push(names.join(", ") + " cannot be changed here");
    }
    if added > 0 && !may_add {
        words.push(
            counted(added, "row") + " beyond the last one were left out: this sheet takes no records by hand",
        );
        added = 0;
    }
    let changed = (block.height() + added).saturating_mul((block.columns.len() - locked) as u64);
    control.say(counted(changed, "cell") + " pasted");
    if !words.is_empty() {
        control.trouble(words.join(". "));
    }
    fill::fill(
        shared,
        Ranges::of(block.clone()),
        Fill::Table(table),
        u32::try_from(added).unwrap_or(u32::MAX),
    );
    if block.cells() > 0 {
        travel::select(shared, &block);
    }
}

impl Grid {
    /// The texts of cells, when all of their rows are here and they are not too many.
    fn table_of(&self, cells: &Crossing) -> Option<Table> {
        if cells.cells() > MOST_HERE {
            return None;
        }
        let mut texts = Vec::with_capacity(cells.cells() as usize);
        for row in cells.rows.iter().flat_map(|(start, end)| *start..*end) {
            self.pages.head(row)?;
            for column in &cells.columns {
                texts.push(self.pages.text(row, *column).unwrap_or_default().to_string());
            }
        }
        Table::of_texts(cells.columns.len(), texts)
    }
}
