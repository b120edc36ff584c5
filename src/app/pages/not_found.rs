//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_meta::Title;

/// Nothing is here.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <main id="main" class="notice">
            <h1>"Nothing is here"</h1>
            <p>"The address may be mistyped, or what it named was deleted."</p>
            <a href="/" class="button">"Go to your spaces"</a>
        </main>
    }
    .any()
}
