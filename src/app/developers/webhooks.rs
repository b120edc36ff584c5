//! The webhooks that hear of a whole environment; those of a space are on a page of it.

use leptos::prelude::*;

use super::{Developers, section};
use crate::app::plain::Any;
use crate::app::webhooks;
use crate::rpc::webhooks::webhooks as read_webhooks;

/// The list, and what was sent.
pub fn webhooks(developers: Developers) -> AnyView {
    view! {
        {section::head("A webhook sends what happens in any space of this environment to an address of yours. Each space has a page for its own.", ().any())}
        {section::reading(developers, String::new, |environment, _| read_webhooks(environment), move |list| webhooks::list(list, developers.toasts))}
    }
    .any()
}
