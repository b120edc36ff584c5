//! The line under the grid: how many records, how many selected, what the chosen cells come to, whether all is saved.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_mouse, part};

use super::control::Saving;
use super::{Changes, SheetControl};
use crate::app::components::{Icon, icon};
use crate::app::format;
use crate::app::later;
use crate::app::signals::Memo;
use crate::app::state::SpaceState;

/// The status bar of a sheet.
#[component]
pub fn StatusBar(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let id = control.sheet.with_value(|sheet| sheet.id.clone());
    let total = move || {
        let in_all = state.frame.with(|frame| {
            frame
                .workbooks
                .iter()
                .flat_map(|workbook| &workbook.sheets)
                .find(|sheet| sheet.id == id)
                .map(|sheet| sheet.records)
        });
        format::count(in_all.unwrap_or(0).max(control.counts.with(|counts| counts.total)))
    };
    let selected = move || {
        let count = control.grid.selection.with(|selection| selection.count(control.grid.shown.get()));
        (count > 0).then(|| view! { <span><b>{format::count(count)}</b> " selected"</span> })
    };
    // Its code comes with the first cells that are chosen.
    let calculates = Memo::new(move |known: Option<&bool>| {
        known == Some(&true) || control.grid.range.with(Option::is_some)
    });
    let saving = move || match control.saving.get() {
        Saving::Saved => view! { <span class="saved good">{icon(Icon::Check)} "Saved"</span> }.any(),
        Saving::Under => view! { <span class="saved">{icon(Icon::Spinner)} "Saving…"</span> }.any(),
        Saving::Failed => view! { <span class="saved bad">{icon(Icon::Alert)} "Not saved"</span> }.any(),
    };
    view! {
        <footer class="status-bar">
            <span role="status">
                <b>{part(move || format::count(control.grid.shown.get()))}</b> {part(move || [" of ", &total(), " records"].concat())}
            </span>
            // Of its own: else what was said before would be read again with each new count.
            <span class="sr-only" role="status">{part(move || control.grid.said.get())}</span>
            {part(selected)}
            {part(move || calculates.get().then(|| later::calculation(control)))}
            <span class="grow"></span>
            <button
                type="button"
                class="status-button"
                title="A row of calculations under the grid"
                aria-pressed=flag(move || control.summary.get())
                on:click=on_mouse(move |_| control.summary.update(|shown| *shown = !*shown))
            >
                {icon(Icon::Sigma)}
                <span>"Summary"</span>
            </button>
            {part(move || control.stands.get().then(|| later::unsent(control)))}
            <Changes control=control />
            {part(move || (!control.grid.away.get()).then(&saving))}
        </footer>
    }
    .any()
}
