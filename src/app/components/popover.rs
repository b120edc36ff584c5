//! A panel over the page: it opens at a place, closes with Esc or a press elsewhere, and what is in it exists only
//! while it is open. The focus goes to what is marked `data-begin` in it.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Icon, icon};
use crate::app::plain::{Any, flag, on_event, on_mouse, on_pointer, part, watch, words};
use crate::app::signals::{Callback, RwSignal, Signal, StoredValue};

/// A panel that opens at a place of the window.
#[component]
pub fn Popover(
    /// Its id.
    id: &'static str,
    /// What it is, for readers.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is open; it sets this to false when the person closes it.
    open: RwSignal<bool>,
    /// Where it opens: left and top in the window.
    #[prop(into)]
    place: Callback<(), (f64, f64)>,
    /// What is in it.
    #[prop(into)]
    content: ViewFn,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    watch(move || {
        let open = open.get();
        let Some(panel) = element.get() else { return };
        #[cfg(feature = "hydrate")]
        browser::show(&panel, open, move || place.run(()));
        #[cfg(not(feature = "hydrate"))]
        let _ = (panel, open, place);
    });
    view! {
        <div
            id=id
            node_ref=element
            popover="auto"
            role="dialog"
            aria-label=words(move || Some(label.get()))
            class="popover"
            on:toggle=on_event(move |_| {
                #[cfg(feature = "hydrate")]
                if let Some(panel) = element.get_untracked() {
                    let shown = browser::is_open(&panel);
                    if open.get_untracked() != shown {
                        open.set(shown);
                    }
                }
            })
        >
            {part(move || open.get().then(|| content.run()))}
        </div>
    }
    .any()
}

/// A button that opens a panel under it.
#[component]
pub fn PopoverButton(
    /// The panel's id.
    id: &'static str,
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// Before the label.
    before: Icon,
    /// Only the icon is seen.
    #[prop(optional)]
    bare: bool,
    /// On narrow screens only the icon is seen.
    #[prop(optional)]
    folds: bool,
    /// Whether the panel is open.
    open: RwSignal<bool>,
    /// What is in the panel.
    #[prop(into)]
    content: ViewFn,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    // Pressing the button of an open panel closes it before the click arrives, which must not open it again.
    let was_open = StoredValue::new(false);
    let place = move |()| {
        #[cfg(feature = "hydrate")]
        if let Some(button) = button.get_untracked() {
            let (left, top, _, height) = crate::app::dom::place(&button);
            return (left, top + height + 4.0);
        }
        (0.0, 0.0)
    };
    view! {
        <span class="with-hint">
            <button
                node_ref=button
                type="button"
                class=match (bare, folds) {
                    (true, _) => "button button-ghost button-bare",
                    (false, true) => "button button-ghost button-folds",
                    (false, false) => "button button-ghost",
                }
                aria-haspopup="dialog"
                aria-expanded=flag(move || open.get())
                aria-controls=id
                aria-label=words(move || Some(label.get()))
                on:pointerdown=on_pointer(move |_| was_open.set_value(open.get_untracked()))
                on:click=on_mouse(move |event| {
                    let by_pointer = event.detail() > 0;
                    let shown = if by_pointer { was_open.get_value() } else { open.get_untracked() };
                    open.set(!shown);
                })
            >
                {icon(before)}
                {(!bare).then(|| view! { <span>{part(move || label.get())}</span> }).any()}
            </button>
            {bare.then(|| view! { <span class="hint" aria-hidden="true">{part(move || label.get())}</span> }).any()}
        </span>
        <Popover id=id label=label open=open place=place content=content />
    }
    .any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::window;
    use web_sys::HtmlElement;

    use crate::app::dom;

    pub fn is_open(panel: &HtmlElement) -> bool {
        panel.matches(":popover-open").unwrap_or(false)
    }

    /// Opens the panel at its place, and never out of the window, or closes it.
    pub fn show(panel: &HtmlElement, open: bool, place: impl Fn() -> (f64, f64)) {
        if !open {
            if is_open(panel) {
                dom::call(panel, "hidePopover", &[]);
            }
            return;
        }
        if !is_open(panel) {
            dom::call(panel, "showPopover", &[]);
        }
        let (left, top) = place();
        let side = |side: Result<leptos::wasm_bindgen::JsValue, _>| side.ok().and_then(|side| side.as_f64());
        let room = side(window().inner_width()).unwrap_or(1000.0) - f64::from(panel.offset_width()) - 8.0;
        let below = side(window().inner_height()).unwrap_or(800.0) - top - 8.0;
        let lengths = [("left", left.min(room).max(8.0)), ("top", top), ("max-height", below.max(160.0))];
        dom::set_lengths(panel, &lengths);
    }
}
