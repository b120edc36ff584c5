//! What stands around every page of a space: sidebar, top bar, notes, panel, dialogs.

mod arrival;
mod sidebar;
mod top_bar;

use leptos::prelude::*;

use crate::app::plain::{Any, part};
use crate::app::router::Router;
use crate::app::signals::Memo;
use crate::domain::route::Route;

use super::actions::ActionDialog;
use super::components::ToastRegion;
use super::jobs::{JobsPanel, OutcomeDialog, RunningCards};
use super::pages::Failure;
use super::state::SpaceState;
use crate::rpc::{self, spaces};
pub use arrival::{HEADING, begin_at_heading};
use sidebar::Sidebar;
pub use top_bar::TopBar;

/// The frame of a space; its pages are inside.
#[component]
pub fn SpaceFrame(
    /// The space.
    space: String,
    /// The page at a route of it.
    page: fn(&Route) -> AnyView,
) -> impl IntoView {
    let frame = rpc::read(move || space.clone(), spaces::space);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match frame.answer().await {
                    Ok(frame) => view! { <Inside frame=frame page=page /> }.any(),
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}

#[component]
fn Inside(frame: spaces::SpaceFrame, page: fn(&Route) -> AnyView) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let sequence = frame.sequence;
    let state = SpaceState::new(frame);
    provide_context(state);
    let route = Router::of_page().route;
    // From one sheet to another the page stays and reads the other.
    let kind = Memo::new(move |_| route.with(|route| route.as_ref().map(std::mem::discriminant)));
    #[cfg(feature = "hydrate")]
    super::live::follow(state, sequence);
    view! {
        <div class="frame">
            <a href="#main" class="skip">"Skip to the content"</a>
            <Sidebar />
            <div class="page">
                {part(move || {
                    kind.track();
                    route.with_untracked(|route| route.as_ref().map(page))
                })}
            </div>
            <ToastRegion toasts=state.toasts>
                <RunningCards />
            </ToastRegion>
            <JobsPanel />
            <ActionDialog />
            <OutcomeDialog />
        </div>
    }
    .any()
}
