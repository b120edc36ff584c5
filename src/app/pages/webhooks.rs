//! The webhooks of a space as a page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::components::TryAgain;
use crate::app::frame::TopBar;
use crate::app::later;
use crate::app::plain::Any;
use crate::app::signals::RwSignal;
use crate::app::state::SpaceState;
use crate::app::webhooks;
use crate::rpc;
use crate::rpc::webhooks::webhooks as read_webhooks;

/// The webhooks of a space.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let state = SpaceState::of_page();
    let name = state.frame.with_untracked(|frame| frame.name.clone());
    let id = state.id();
    let again = RwSignal::new(0_u32);
    let list = rpc::read(move || again.get().to_string(), move |_| read_webhooks(id.clone()));
    view! {
        <Title text="Webhooks" />
        {later::style()}
        <TopBar trail=vec![name, "Webhooks".to_string()] />
        <main id="main" class="content later">
            <Transition>
                {move || Suspend::new(async move {
                    match list.answer().await {
                        Err(error) => {
                            let again = move |()| again.update(|again| *again += 1);
                            view! { <TryAgain message=error.message again=again /> }.any()
                        }
                        Ok(list) => webhooks::list(list, state.toasts),
                    }
                })}
            </Transition>
        </main>
    }
    .any()
}
