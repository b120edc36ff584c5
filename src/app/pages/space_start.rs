//! The address of a space alone: on to its first sheet or document, or what to do when it has none.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::components::{EmptyState, Icon};
use crate::app::frame::TopBar;
use crate::app::plain::{Any, part};
use crate::app::router::Router;
use crate::app::signals::Memo;
use crate::app::state::SpaceState;

/// Where a space opens.
#[component]
pub fn SpaceStart() -> impl IntoView {
    let state = SpaceState::of_page();
    let first = Memo::new(move |_| state.frame.with(crate::rpc::spaces::SpaceFrame::first_page));
    let router = Router::of_page();
    part(move || match first.get() {
        Some(address) => {
            router.go_instead(&address.path());
            ().any()
        }
        None => {
            let (name, manages) = state.frame.with_untracked(|frame| (frame.name.clone(), frame.manages));
            let text = match manages {
                true => {
                    "A listener makes one when it hears space:configure, or a program by POST /v1/workbooks. It appears here at once."
                }
                false => {
                    "Nothing is shared with you here yet. It appears at once when it is; ask who invited you."
                }
            };
            view! {
                <Title text=name.clone() />
                <TopBar trail=vec![name]>
                    {crate::app::later::space_actions()}
                </TopBar>
                <main id="main" class="content">
                    <EmptyState
                        sign=Icon::Sheet
                        title="No workbook yet"
                        text=text
                    />
                </main>
            }
            .any()
        }
    })
}
