//! Tabs over a panel: arrows, Home and End move; one of them is reached by Tab.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, live, on_key, on_mouse, part, words};
use crate::app::signals::{Callback, Signal};

/// One tab.
#[derive(Clone)]
pub struct Tab {
    /// What it says.
    pub label: &'static str,
    /// A number after it.
    pub count: Signal<Option<String>>,
    /// The number is bad news, unless it is 0.
    pub alarming: bool,
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What they choose between, for readers.
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
    /// Which one is chosen.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Somebody chose another.
    #[prop(into)]
    choose: Callback<usize>,
    /// The id of what they change.
    controls: &'static str,
) -> impl IntoView {
    let count = tabs.len();
    let tab = move |(place, tab): (usize, Tab)| {
        let selected = move || chosen.get() == place;
        view! {
            <button
                type="button"
                role="tab"
                class="tab"
                class:alarming=live(move || tab.alarming && tab.count.with(|count| count.as_deref() != Some("0")))
                aria-selected=flag(selected)
                aria-controls=controls
                tabindex=words(move || Some(if selected() { "0" } else { "-1" }.to_string()))
                on:click=on_mouse(move |_| choose.run(place))
                on:keydown=on_key(move |event| {
                    let target = match event.key().as_str() {
                        "ArrowRight" => (place + 1) % count,
                        "ArrowLeft" => (place + count - 1) % count,
                        "Home" => 0,
                        "End" => count - 1,
                        _ => return,
                    };
                    event.prevent_default();
                    choose.run(target);
                    focus_sibling(&event, target);
                })
            >
                {tab.label}
                {part(move || tab.count.get().map(|count| view! { <small>{count}</small> }))}
            </button>
        }
    };
    view! {
        <div role="tablist" aria-label=label class="tabs">
            {tabs.into_iter().enumerate().map(tab).collect_view().any()}
        </div>
    }
    .any()
}

#[cfg(feature = "hydrate")]
fn focus_sibling(event: &leptos::ev::KeyboardEvent, place: usize) {
    use leptos::wasm_bindgen::JsCast;
    let tab = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let list = tab.and_then(|tab| tab.parent_element());
    if let Some(sibling) = list.and_then(|list| list.children().item(place as u32)) {
        crate::app::dom::focus_still(&sibling);
    }
}

#[cfg(not(feature = "hydrate"))]
fn focus_sibling(_event: &leptos::ev::KeyboardEvent, _place: usize) {}
