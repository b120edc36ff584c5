//! Where a file is dropped or picked: a label around a native file input.

use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;

use crate::app::plain::{Any, live, on_drag, on_event};
use crate::app::signals::{Callback, RwSignal};

use super::icon::{Icon, icon};

/// A file that a person picked.
#[cfg(feature = "hydrate")]
pub type Picked = web_sys::File;
/// On the server nobody picks files.
#[cfg(not(feature = "hydrate"))]
pub type Picked = ();

/// What a file input offers to pick for an import.
pub const CSV_FILES: &str = ".csv,.tsv,.txt,text/csv,text/plain";

/// The file that was dropped. On the server nobody drops any.
pub fn dropped(event: &DragEvent) -> Option<Picked> {
    #[cfg(feature = "hydrate")]
    return event.data_transfer().and_then(|transfer| transfer.files()?.item(0));
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        None
    }
}

/// The file that was picked in an input, which can then pick the same once more.
pub fn picked(event: &Event) -> Option<Picked> {
    #[cfg(feature = "hydrate")]
    {
        let input: web_sys::HtmlInputElement = event_target(event);
        let file = input.files().and_then(|files| files.item(0))?;
        input.set_value("");
        Some(file)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = event;
        None
    }
}

/// A place for a file.
#[component]
pub fn DropZone(
    /// What it says.
    label: String,
    /// What kinds of file, as the input's `accept`.
    accept: &'static str,
    /// Somebody picked one.
    #[prop(into)]
    pick: Callback<Picked>,
) -> impl IntoView {
    let over = RwSignal::new(false);
    view! {
        <label
            class="drop-zone"
            class:over=live(move || over.get())
            on:dragover=on_drag(move |event| {
                event.prevent_default();
                over.set(true);
            })
            on:dragleave=on_drag(move |_| over.set(false))
            on:drop=on_drag(move |event| {
                event.prevent_default();
                event.stop_propagation();
                over.set(false);
                if let Some(file) = dropped(&event) {
                    pick.run(file);
                }
            })
        >
            {icon(Icon::Upload)}
            <span>{label}</span>
            <input
                type="file"
                class="sr-only"
                accept=accept
                on:change=on_event(move |event| {
                    if let Some(file) = picked(&event) {
                        pick.run(file);
                    }
                })
            />
        </label>
    }
    .any()
}
