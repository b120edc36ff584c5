//! Where a file is dropped or picked: a label around a native file input.

use leptos::prelude::*;

use crate::app::plain::{Any, live, on_drag, on_event};

use super::icon::{Icon, icon};

/// A file that a person picked.
#[cfg(feature = "hydrate")]
pub type Picked = web_sys::File;
/// On the server nobody picks files.
#[cfg(not(feature = "hydrate"))]
pub type Picked = ();

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
                #[cfg(feature = "hydrate")]
                if let Some(file) = event.data_transfer().and_then(|transfer| transfer.files()?.item(0)) {
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
                    #[cfg(feature = "hydrate")]
                    {
                        let input: web_sys::HtmlInputElement = event_target(&event);
                        if let Some(file) = input.files().and_then(|files| files.item(0)) {
                            input.set_value("");
                            pick.run(file);
                        }
                    }
                    #[cfg(not(feature = "hydrate"))]
                    let _ = (&event, pick);
                })
            />
        </label>
    }
    .any()
}
