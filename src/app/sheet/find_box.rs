//! The box over the grid in which people type what they look for. It is there at once, so that nothing that is typed
//! gets into a cell; what it can do comes with the code of [`super::find`].

use leptos::html;
use leptos::prelude::*;

use super::control::SheetControl;
use crate::app::grid::Go;
use crate::app::later;
use crate::app::plain::{Any, live, on_event, on_key, part, watch};
use crate::app::signals::Memo;

/// The box, while it is open.
#[component]
pub fn FindBox(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    let is_open = Memo::new(move |_| control.finding.with(Option::is_some));
    part(move || is_open.get().then(|| find_box(control)))
}

fn find_box(control: SheetControl) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    watch(move || {
        control.finding.track();
        if let Some(input) = input.get() {
            let _ = input.focus();
            input.select();
        }
    });
    let key = move |event: leptos::ev::KeyboardEvent| {
        let on = !event.shift_key();
        match event.key().as_str() {
            "Escape" => {
                control.finding.set(None);
                control.grid.go.set(Some(Go::Back));
            }
            "F3" => control.find_step.set(Some(on)),
            _ => return,
        }
        event.prevent_default();
    };
    let enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            control.find_step.set(Some(!event.shift_key()));
        }
    };
    view! {
        <section class="find" role="search" aria-label="Find and replace" on:keydown=on_key(key)>
            <div class="find-line">
                <input
                    node_ref=input
                    class="input"
                    aria-label="Find"
                    placeholder="Find"
                    autocomplete="off"
                    prop:value=live(move || control.sought.get())
                    on:input=on_event(move |event| control.sought.set(event_target_value(&event)))
                    on:keydown=on_key(enter)
                />
                {later::find_tools(control)}
            </div>
        </section>
    }
    .any()
}
