//! What stands where nothing is yet: what to do next, and the offer to do it.

use leptos::prelude::*;

use crate::app::plain::Any;

use super::icon::{Icon, icon};

/// An empty place.
#[component]
pub fn EmptyState(
    /// A sign.
    sign: Icon,
    /// What is missing.
    #[prop(into)]
    title: String,
    /// What to do.
    #[prop(into)]
    text: String,
    /// The offer.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon(sign)}
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="empty-offer">{children()}</div> }).any()}
        </div>
    }
    .any()
}
