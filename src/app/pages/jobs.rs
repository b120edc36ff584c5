//! The history of jobs as a page.

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_meta::Title;

use crate::app::frame::TopBar;
use crate::app::jobs::JobHistory;
use crate::app::state::SpaceState;

/// The jobs of a space.
#[component]
pub fn JobsPage() -> impl IntoView {
    let name = SpaceState::of_page().frame.with_untracked(|frame| frame.name.clone());
    view! {
        <Title text="Jobs" />
        <TopBar trail=vec![name, "Jobs".to_string()] />
        <main id="main" class="content narrow">
            <JobHistory />
        </main>
    }
    .any()
}
