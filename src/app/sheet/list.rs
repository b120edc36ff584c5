//! The records as a list, on a narrow screen: what draws the cards comes with it, and a bar for those that are
//! selected stands below them.

use leptos::prelude::*;

use super::SheetControl;
use crate::app::components::{Icon, icon};
use crate::app::format::count;
use crate::app::grid::list;
use crate::app::grid::selection::Selection;
use crate::app::plain::{Any, on_mouse, part, watch};
use crate::app::signals::Memo;

/// The list of records.
pub fn record_list(control: SheetControl) -> AnyView {
    watch(move || list::arrived(control.grid));
    let selected = Memo::new(move |_| {
        control.grid.selection.with(|selection| selection.count(control.grid.shown.get()))
    });
    part(move || match selected.get() {
        0 => ().any(),
        many => bar(control, many),
    })
    .any()
}

fn bar(control: SheetControl, selected: u64) -> AnyView {
    let select = move |selection: Selection| on_mouse(move |_| control.grid.selection.set(selection.clone()));
    let all = selected >= control.grid.shown.get_untracked();
    let may_delete = control.sheet.with_value(|sheet| sheet.permits.delete);
    view! {
        <div class="card-bar" role="group" aria-label="Selected records">
            <button type="button" class="button button-ghost button-bare" aria-label="Select none" on:click=select(Selection::None)>
                {icon(Icon::Close)}
            </button>
            <b>{count(selected)} " selected"</b>
            <span class="grow"></span>
            {(!all).then(|| view! {
                <button type="button" class="button button-ghost" on:click=select(Selection::All)>"Select all"</button>
            }).any()}
            {may_delete.then(|| view! {
                <button type="button" class="button" on:click=on_mouse(move |_| control.ask_to_delete())>
                    {icon(Icon::Trash)} "Delete"
                </button>
            }).any()}
        </div>
    }
    .any()
}
