//! What the sheet shows, and how: filter, order, columns and views in the toolbar, chips under it, the menus of columns.

use leptos::prelude::*;

use super::SheetControl;
use crate::app::components::{Icon, MenuButton, MenuItem, Popover, PopoverButton};
use crate::app::format;
use crate::app::later;
use crate::app::plain::{Any, live, on_change, part, watch};
use crate::app::signals::{Memo, RwSignal, Signal};
use crate::domain::layout::SheetLayout;
use crate::rpc::records::ColumnView;

/// What is shown, and how: filter, order, columns, saved views.
#[component]
pub fn ViewControls(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    let (columns_open, views_open) = (RwSignal::new(false), RwSignal::new(false));
    let hidden = move || match control.grid.layout.with(SheetLayout::hidden) {
        0 => "Columns".to_string(),
        hidden => ["Columns, ", &format::count(hidden as u64), " hidden"].concat(),
    };
    let view = move || {
        let name = control.view.with(|view| view.as_ref().map(|view| view.name.clone()));
        let changed = if control.view_is_changed() { ", changed" } else { "" };
        name.map_or_else(|| "Views".to_string(), |name| [&name, changed].concat())
    };
    let filter = move || match control.grid.question.with(|question| question.filter.is_empty()) {
        true => "Filter".to_string(),
        false => "Filter, in use".to_string(),
    };
    let in_use = move || control.grid.question.with(|question| !question.filter.is_empty());
    let some_hidden = move || control.grid.layout.with(|layout| layout.hidden() > 0);
    view! {
        <span class="marked" class:on=live(in_use)>
            <PopoverButton
                id="filter-panel"
                label=Signal::derive(filter)
                before=Icon::Filter
                bare=true
                open=control.filtering
                content=move || later::filter_panel(control)
            />
        </span>
        <MenuButton id="sort-menu".to_string() label="Sort".to_string() bare=Icon::Sort items=orders(control) />
        <span class="marked" class:on=live(some_hidden)>
            <PopoverButton
                id="columns-panel"
                label=Signal::derive(hidden)
                before=Icon::Columns
                bare=true
                open=columns_open
                content=move || later::columns_panel(control)
            />
        </span>
        <PopoverButton
            id="views-panel"
            label=Signal::derive(view)
            before=Icon::Bookmark
            folds=true
            open=views_open
            content=move || later::views_panel(control, views_open)
        />
    }
    .any()
}

/// The chips of the filter, under the toolbar.
#[component]
pub fn FilterBar(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    let filtered = Memo::new(move |_| control.grid.question.with(|question| !question.filter.is_empty()));
    part(move || {
        filtered.get().then(|| view! { <div class="filter-bar">{later::filter_chips(control)}</div> })
    })
}

/// The menu of a column, where its header is.
#[component]
pub fn ColumnMenu(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    let menu = control.grid.menu;
    let open = RwSignal::new(false);
    watch(move || open.set(menu.with(Option::is_some)));
    on_change(
        move || open.get(),
        move |open| {
            if !open {
                menu.set(None);
                // Whatever was chosen, the keyboard goes on in the grid, unless it is somewhere else already.
                if !control.filtering.get_untracked() {
                    control.grid.focus.update(|times| *times += 1);
                }
            }
        },
    );
    let place =
        move |()| menu.with_untracked(|menu| menu.as_ref().map_or((0.0, 0.0), |menu| (menu.x, menu.y)));
    let content = move || {
        let key = menu.with(|menu| menu.as_ref().map(|menu| menu.key.clone()));
        key.map(|key| later::column_menu(control, key)).any()
    };
    view! { <Popover id="column-menu" label=Signal::derive(|| "Column menu".to_string()) open=open place=place content=content /> }
}

/// The fields to sort by; pressed again, a field sorts downwards, and then the sheet has its own order back.
fn orders(control: SheetControl) -> Signal<Vec<MenuItem>> {
    let columns = control.sheet.with_value(|sheet| sheet.columns.clone());
    Signal::derive(move || {
        let question = control.grid.question.get();
        let item = |column: &ColumnView| {
            let way = match question.direction(&column.key) {
                Some(false) => " ↑",
                Some(true) => " ↓",
                None => "",
            };
            let key = column.key.clone();
            MenuItem::new(format!("{}{way}", column.label), Icon::Sort, move || control.grid.press_sort(&key))
        };
        columns.iter().map(item).collect()
    })
}
