//! The menu of a cell or record: what can be done with it, and by which keys.

use leptos::prelude::*;

use super::SheetControl;
use crate::app::components::{Icon, MenuAt, MenuItem};
use crate::app::format::{count, counted};
use crate::app::grid::MenuPlace;
use crate::app::grid::keyboard::Command;
use crate::app::plain::{Any, part};
use crate::domain::place::MOST_INSERTED;

/// Characters of a value that its item shows.
const MOST_SHOWN: usize = 24;

/// The menu of a cell, while it is open.
#[component]
pub fn CellMenu(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    part(move || match control.grid.cell_menu.get() {
        Some(place) => crate::app::later::cell_menu(control, place),
        None => ().any(),
    })
}

/// The menu of one cell.
#[component]
pub fn CellMenuAt(
    /// The sheet.
    control: SheetControl,
    /// Where it opens, and of what it is.
    place: MenuPlace,
) -> impl IntoView {
    let closed = move |()| {
        control.grid.cell_menu.set(None);
        // The focus goes back to the cell, unless something else took it.
        #[cfg(feature = "hydrate")]
        if crate::app::dom::focused().is_none_or(|element| element.tag_name() == "BODY") {
            control.grid.focus.update(|times| *times += 1);
        }
    };
    let (point, items) = ((place.x, place.y), items(control, place));
    view! { <MenuAt label="Cell".to_string() point=point items=items closed=closed /> }.any()
}

fn items(control: SheetControl, place: MenuPlace) -> Vec<MenuItem> {
    let permits = control.sheet.with_value(|sheet| sheet.permits);
    let order = control.grid.order;
    let sorted = control.grid.question.with_untracked(|question| question.sort.is_some());
    let item = |label: &str, icon: Icon, command: Command, keys: &'static str| {
        MenuItem::new(label, icon, move || order.set(Some(command))).with_keys(keys)
    };
    let locked = || place.locked.clone();
    let no_add = || (!permits.add).then(|| "This sheet takes no records by hand".to_string());
    let no_place = || match place.records {
        _ if !permits.add => no_add(),
        _ if sorted => Some("The view is sorted. Clear the sort to insert in place".to_string()),
        0..=MOST_INSERTED => None,
        _ => Some(["At most ", &count(MOST_INSERTED), " records can be inserted at once"].concat()),
    };
    let no_delete = || (!permits.delete).then(|| "Records of this sheet may not be deleted".to_string());
    let insert = |side: &str| ["Insert ", &counted(place.records, "record"), " ", side].concat();
    let records = |one: &str| match place.records {
        1 => [one, " record"].concat(),
        many => [one, " ", &counted(many, "record")].concat(),
    };
    vec![
        item("Cut", Icon::Cut, Command::Cut, "Ctrl+X").unless(locked()),
        item("Copy", Icon::Copy, Command::Copy, "Ctrl+C"),
        item("Paste", Icon::Paste, Command::Paste, "Ctrl+V").unless(locked()),
        item(if place.several { "Clear cells" } else { "Clear cell" }, Icon::Close, Command::Clear, "Del")
            .unless(locked()),
        item("Fill down", Icon::Fill, Command::FillDown, "Ctrl+D").unless(locked()),
        item("Show record", Icon::Expand, Command::OpenRecord, "Space"),
        item(&filter_words(&place), Icon::Filter, Command::FilterByValue, ""),
        item(&insert("above"), Icon::Plus, Command::InsertAbove, "").unless(no_place()),
        item(&insert("below"), Icon::Plus, Command::InsertBelow, "").unless(no_place()),
        item("Add record at the end", Icon::Plus, Command::AddRecord, "Ctrl+Alt+=").unless(no_add()),
        item(
            &(records("Duplicate") + if sorted { " to the end" } else { "" }),
            Icon::Copy,
            Command::Duplicate,
            "",
        )
        .unless(no_add()),
        item(&records("Delete"), Icon::Trash, Command::DeleteRecords, "Ctrl+Alt+-")
            .unless(no_delete())
            .dangerous(),
    ]
}

fn filter_words(place: &MenuPlace) -> String {
    let (label, value) = &place.value;
    match value {
        None => ["Show where ", label, " is empty"].concat(),
        Some(text) => {
            let end = text.char_indices().nth(MOST_SHOWN).map(|(end, _)| end);
            let (shown, more) = end.map_or((text.as_str(), ""), |end| (&text[..end], "…"));
            ["Show where ", label, " is “", shown, more, "”"].concat()
        }
    }
}
