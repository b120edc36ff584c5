//! A dialog on the native element, which traps the focus, closes on Esc and gives the focus back.

use leptos::html;
use leptos::prelude::*;

use crate::app::plain::{Any, live, on_change, on_event, on_mouse, part, watch};
use crate::app::signals::{RwSignal, Signal};

use super::icon::{Icon, icon};

/// A modal dialog with a heading. Its children exist only while it is open.
#[component]
pub fn Dialog(
    /// Its id; the heading's is made from it.
    id: &'static str,
    /// Whether it is open; it sets this to false when the person closes it.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The host wrote the heading.
    #[prop(optional, into)]
    hosts: Signal<bool>,
    /// Wider than usual.
    #[prop(optional)]
    wide: bool,
    /// At the right edge, as high as the window.
    #[prop(optional)]
    panel: bool,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    let heading = format!("{id}-heading");
    let labelled_by = heading.clone();
    watch(move || {
        let open = open.get();
        let Some(dialog) = element.get() else { return };
        if open && !dialog.open() {
            let _ = dialog.show_modal();
            focus_first(id);
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=element
            class=match (panel, wide) {
                (true, _) => "dialog panel",
                (false, true) => "dialog dialog-wide",
                (false, false) => "dialog",
            }
            id=id
            aria-labelledby=labelled_by
            on:close=on_event(move |_| open.set(false))
        >
            <header class="dialog-head">
                <h2 id=heading class:host=live(move || hosts.get())>{part(move || title.get())}</h2>
                <button type="button" class="button button-ghost button-bare" aria-label="Close" on:click=on_mouse(move |_| ask_to_close(element, open))>
                    {icon(Icon::Close)}
                </button>
            </header>
            {part(move || open.get().then(|| children()))}
        </dialog>
    }
    .any()
}

/// Closes a dialog as Esc does: what is in it hears the event `cancel`, and may say no.
fn ask_to_close(element: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    if let Some(dialog) = element.get_untracked()
        && crate::app::dom::call(&dialog, "requestClose", &[]).is_some()
    {
        return;
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = element;
    open.set(false);
}

/// Whether a dialog is open that shows something: it opens when that is there, and when the person closes it,
/// `closed` puts it away.
pub fn open_while(shows: impl Fn() -> bool + 'static, mut closed: impl FnMut() + 'static) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    watch(move || open.set(shows()));
    on_change(
        move || open.get(),
        move |open| {
            if !open {
                closed();
            }
        },
    );
    open
}

/// Puts the focus where the person begins: on what asks for it, else the first input, else the first
/// button under the text, which is the safe one. With the next frame, when the content is there.
pub fn focus_first(id: &'static str) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        const PLACES: [&str; 3] =
            ["[data-begin]", ".dialog-body :is(input, textarea, select):not(.sr-only)", ".dialog-foot > *"];
        let Some(dialog) = crate::app::dom::by_id(id) else { return };
        if let Some(place) = PLACES.iter().find_map(|place| dialog.query_selector(place).ok().flatten()) {
            crate::app::dom::focus_still(&place);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}
