//! What can be done after something ended: a link, a download, or a deed.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::plain::{Any, on_mouse};
use crate::app::signals::Callback;
use crate::domain::said::Said;

/// One offer.
#[derive(Clone)]
pub struct FollowUp {
    /// What it says.
    pub label: Said,
    /// What happens.
    pub deed: FollowUpDeed,
}

/// Something to do. It outlives what made the offer, as a panel that was closed meanwhile.
pub type Deed = Arc<dyn Fn() + Send + Sync>;

/// What an offer does.
#[derive(Clone)]
pub enum FollowUpDeed {
    /// Leads to an address.
    Go(String),
    /// Opens an address beside this page.
    Open(String),
    /// Fetches a file from an address, under a name; under its own when that is empty.
    Download(String, String),
    /// Does something here.
    Run(Deed),
}

impl FollowUp {
    /// An offer to do something here.
    pub fn run(label: Said, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { label, deed: FollowUpDeed::Run(Arc::new(run)) }
    }

    /// As a link or button of that class; `before` happens before the deed does.
    pub fn view(self, class: &'static str, before: Callback<()>) -> AnyView {
        let class = [class, " ", self.label.class()].concat();
        let words = self.label.words;
        let (address, beside, download) = match self.deed {
            FollowUpDeed::Go(address) => (address, None, None),
            FollowUpDeed::Open(address) => (address, Some("_blank"), None),
            FollowUpDeed::Download(address, name) => (address, None, Some(name)),
            FollowUpDeed::Run(run) => {
                let press = move |_| {
                    before.run(());
                    run();
                };
                return view! { <button type="button" class=class on:click=on_mouse(press)>{words}</button> }
                    .any();
            }
        };
        view! { <a class=class href=address target=beside download=download rel="external noopener">{words}</a> }
            .any()
    }

    /// Does it, as if somebody had pressed it.
    pub fn act(self) {
        let go = |address: &str| {
            let _ = window().location().set_href(address);
        };
        match self.deed {
            FollowUpDeed::Run(run) => run(),
            FollowUpDeed::Go(address) | FollowUpDeed::Download(address, _) => go(&address),
            FollowUpDeed::Open(address) => {
                // A browser that lets no page open another goes there itself.
                if !matches!(window().open_with_url_and_target(&address, "_blank"), Ok(Some(_))) {
                    go(&address);
                }
            }
        }
    }
}
