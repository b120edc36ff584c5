//! A small table of things, without virtual rows.

use leptos::prelude::*;

use crate::app::plain::Any;

/// A table: headings, then rows that the page writes itself.
#[component]
pub fn Table(
    /// Its class: the style leaves columns out of it where the screen is narrow.
    class: &'static str,
    /// What it lists, for readers.
    caption: &'static str,
    /// The headings; `#` before one sets its column to the right, an empty one is for menus.
    headings: &'static [&'static str],
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heading = |text: &&'static str| match text.strip_prefix('#') {
        Some(text) => view! { <th scope="col" class="text-right">{text}</th> }.any(),
        None if text.is_empty() => view! { <td></td> }.any(),
        None => view! { <th scope="col">{*text}</th> }.any(),
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption>
            <table class=format!("table {class}")>
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{headings.iter().map(heading).collect_view().any()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .any()
}
