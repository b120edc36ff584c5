//! The bar over a page: where one is, what runs, what can be done here.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_mouse, watch};

use super::arrival::{HEADING, begin_at_heading};
use crate::app::components::{Icon, icon};
use crate::app::jobs::JobPill;
use crate::app::state::SpaceState;
use crate::app::theme::ThemeSwitch;

/// The bar over a page; its children are the buttons at the right.
#[component]
pub fn TopBar(
    /// Where the page is, from the outside in; the last one is the page.
    #[prop(into)]
    trail: Vec<String>,
    /// Buttons at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let state = SpaceState::of_page();
    let last = trail.len().saturating_sub(1);
    watch(begin_at_heading);
    let step = move |(place, name): (usize, String)| {
        if place == last {
            view! { <h1 id=HEADING tabindex="-1">{name}</h1> }.any()
        } else {
            view! { <span class="crumb">{name}</span> <span class="crumb" aria-hidden="true">"/"</span> }
                .any()
        }
    };
    view! {
        <header class="top-bar">
            <button
                type="button"
                id="drawer-button"
                class="button button-ghost button-bare drawer-button"
                aria-label="Workbooks, files and jobs"
                aria-controls="sidebar"
                aria-expanded=flag(move || state.drawer.get())
                on:click=on_mouse(move |_| state.drawer.update(|open| *open = !*open))
            >
                {icon(Icon::Menu)}
            </button>
            <div class="trail host">{trail.into_iter().enumerate().map(step).collect_view().any()}</div>
            <span class="grow"></span>
            <JobPill />
            <ThemeSwitch />
            {children.map(|children| children())}
        </header>
    }
    .any()
}
