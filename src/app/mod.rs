//! The page, rendered by the server and taken over by the browser.

pub mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{A, Route, Router, Routes},
    path,
};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Inlet".to_owned() } else { format!("{page} · Inlet") } />
        <Router>
            <header class="flex h-12 items-center border-b border-line bg-chrome px-4">
                <A href="/" attr:class="rounded-sm font-semibold text-ink">
                    "Inlet"
                </A>
            </header>
            <main class="mx-auto max-w-2xl px-4 py-8">
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=Home />
                </Routes>
            </main>
        </Router>
    }
}

#[component]
fn Home() -> impl IntoView {
    let count = RwSignal::new(0);
    view! {
        <Title text="Spaces" />
        <h1 class="text-xl font-semibold">"Spaces"</h1>
        <p class="mt-2 text-ink-2">"There is no space yet."</p>
        <button class="button button-primary mt-4" on:click=move |_| count.update(|count| *count += 1)>
            "Pressed " {count} " times"
        </button>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Not found" />
        <h1 class="text-xl font-semibold">"Nothing is here"</h1>
        <p class="mt-2 text-ink-2">
            "The address may be mistyped, or what it named was deleted. "
            <A href="/" attr:class="text-accent underline">
                "Go to your spaces"
            </A>
        </p>
    }
}
