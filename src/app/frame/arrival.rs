//! Where the keyboard goes on after a link: the link is gone with its page, and the focus with it.

#[cfg(feature = "hydrate")]
use std::sync::atomic::{AtomicBool, Ordering};

/// The id of the heading of a page.
pub const HEADING: &str = "page-heading";

/// Some page was shown in this document before.
#[cfg(feature = "hydrate")]
static ELSEWHERE: AtomicBool = AtomicBool::new(false);

/// Begins at the heading of the page, unless the page is the first one or the focus is somewhere already.
pub fn begin_at_heading() {
    #[cfg(feature = "hydrate")]
    if ELSEWHERE.swap(true, Ordering::Relaxed) {
        use crate::app::dom;
        leptos::prelude::request_animation_frame(|| {
            let lost = dom::focused().is_none_or(|element| element.tag_name() == "BODY");
            if let Some(heading) = dom::by_id(HEADING).filter(|_| lost) {
                dom::focus_still(&heading);
            }
        });
    }
}
