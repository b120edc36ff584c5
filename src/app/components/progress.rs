//! A progress bar.

use leptos::prelude::*;

use crate::app::plain::{Any, words};
use crate::app::signals::Signal;

/// How far something is, from 0 to 100.
#[component]
pub fn Progress(
    /// What goes on, for readers.
    #[prop(into)]
    label: Signal<String>,
    /// Per cent; nothing while it is not known.
    #[prop(into)]
    percent: Signal<Option<u8>>,
) -> impl IntoView {
    view! {
        <progress
            class="progress"
            max="100"
            aria-label=words(move || Some(label.get()))
            value=words(move || percent.get().map(|percent| percent.to_string()))
        ></progress>
    }
    .any()
}
