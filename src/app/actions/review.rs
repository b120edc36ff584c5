//! The last look at a form: all answers, each page with the way back to it.

use leptos::prelude::*;

use super::answers::Answers;
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::Callback;

/// The answers by page. `edit` brings the person to an input.
pub fn review(answers: Answers, edit: Callback<u32>) -> AnyView {
    let (pages, _) = answers.pages();
    let section = |page: usize| {
        let places = answers.shown_of(page);
        let (title, _) = answers.heading(page);
        let title = (!title.is_empty()).then(|| view! { <h4 class="host">{title}</h4> });
        let line = |place: u32| {
            let entry = answers.entry(place)?;
            let label = entry.input.label.clone();
            let words = entry.words();
            let is_empty = words.is_none();
            let words = words.unwrap_or_else(|| "Not filled in".to_string());
            let name = ["Edit ", &label].concat();
            Some(
                view! {
                    <div class="review-line">
                        <dt>{label}</dt>
                        <dd class:none=is_empty>{words}</dd>
                        <dd>
                            <button type="button" class="link ours" aria-label=name on:click=on_mouse(move |_| edit.run(place))>
                                "Edit"
                            </button>
                        </dd>
                    </div>
                }
                .any(),
            )
        };
        let lines: Vec<AnyView> = places.into_iter().filter_map(line).collect();
        (!lines.is_empty()).then(|| view! { {title.any()} <dl class="review host">{lines.any()}</dl> }).any()
    };
    (0..pages).map(section).collect::<Vec<_>>().any()
}
