//! What stands around every page of a space: sidebar, top bar, notes, panel, dialogs.

mod arrival;
mod sidebar;
mod top_bar;

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

use super::actions::ActionDialog;
use super::components::ToastRegion;
use super::jobs::{JobsPanel, OutcomeDialog, RunningCards};
use super::pages::Failure;
use super::state::SpaceState;
use crate::rpc::{self, spaces};
pub use arrival::begin_at_heading;
use sidebar::Sidebar;
pub use top_bar::TopBar;

/// The frame of a space; its pages are inside.
#[component]
pub fn SpaceFrame() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("space").unwrap_or_default()));
    let frame = rpc::read(id, spaces::space);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match frame.answer().await {
                    Ok(frame) => view! { <Inside frame=frame /> }.any(),
                    Err(error) => view! { <Failure error=error /> }.any(),
                }
            })}
        </Transition>
    }
    .any()
}

#[component]
fn Inside(frame: spaces::SpaceFrame) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let sequence = frame.sequence;
    let state = SpaceState::new(frame);
    provide_context(state);
    #[cfg(feature = "hydrate")]
    super::live::follow(state, sequence);
    view! {
        <div class="frame">
            <a href="#main" class="skip">"Skip to the content"</a>
            <Sidebar />
            <div class="page">
                <Outlet />
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
