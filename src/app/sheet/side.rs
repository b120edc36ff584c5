//! What stands beside the grid: one panel at a time, as wide as the screen on a phone.

use leptos::prelude::*;

use super::control::{SheetControl, Side};
use crate::app::components::{Icon, icon};
use crate::app::later;
use crate::app::plain::{Any, on_key, on_mouse, part};
use crate::app::signals::Signal;

/// The panel that is open.
#[component]
pub fn SidePanel(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    part(move || {
        control.side.get().map(|side| match side {
            Side::Errors => later::errors_panel(control),
            Side::Record => later::record_panel(control),
            Side::Versions => later::versions_panel(control),
            Side::Compare => later::compare_panel(control),
        })
    })
}

/// A panel with its heading, what stands beside that, and what is in it. Esc leads back to the grid.
pub fn panel(control: SheetControl, title: Signal<String>, tools: AnyView, inside: AnyView) -> AnyView {
    view! {
        <aside
            class="side"
            aria-labelledby="side-heading"
            on:keydown=on_key(move |event| {
                if event.key() == "Escape" && !event.default_prevented() {
                    event.prevent_default();
                    leave_field();
                    control.close_side();
                }
            })
        >
            <header class="side-head">
                <h2 id="side-heading" tabindex="-1">{part(move || title.get())}</h2>
                {tools}
                <button type="button" class="button button-ghost button-bare" aria-label="Close" on:click=on_mouse(move |_| control.close_side())>
                    {icon(Icon::Close)}
                </button>
            </header>
            {inside}
        </aside>
    }
    .any()
}

/// What is typed in a field is saved when the field is left, and so it is when the panel goes.
fn leave_field() {
    #[cfg(feature = "hydrate")]
    if let Some(element) = crate::app::dom::focused() {
        let _ = element.blur();
    }
}

/// Puts the focus on the heading of the panel, with the next frame, when it is there.
pub fn focus_heading() {
    focus_later("side-heading");
}

/// Puts the focus on the element of that id, with the next frame, when it is there.
pub fn focus_later(id: &'static str) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        if let Some(element) = crate::app::dom::by_id(id) {
            crate::app::dom::focus_still(&element);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// How serious a message is: a sign in its colour, with the word for readers.
pub fn level_sign(level: crate::domain::blueprint::Level) -> AnyView {
    use crate::domain::blueprint::Level;
    let (class, sign, word) = match level {
        Level::Error => ("level text-error", Icon::Alert, "Error: "),
        Level::Warn => ("level text-warn", Icon::Warning, "Warning: "),
        Level::Info => ("level text-info", Icon::Info, "Note: "),
    };
    view! { <span class=class>{icon(sign)} <span class="sr-only">{word}</span></span> }.any()
}
