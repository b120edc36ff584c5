//! What stands in place of a page that the server did not give.

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_meta::Title;

use super::NotFound;
use crate::rpc::{ErrorKind, RpcError};

/// A page that says why there is none, and what to do.
#[component]
pub fn Failure(
    /// Why.
    error: RpcError,
) -> impl IntoView {
    match error.kind {
        ErrorKind::NotFound => view! { <NotFound /> }.any(),
        ErrorKind::Unauthorized => view! {
            <Title text="Sign in" />
            <main id="main" class="notice">
                <h1>"You are signed out"</h1>
                <p>"Your session has ended. What you saved is safe."</p>
                <a class="button button-primary" href="/sign-in" rel="external">"Sign in"</a>
            </main>
        }
        .any(),
        _ => view! {
            <Title text="Not available" />
            <main id="main" class="notice">
                <h1>"This page is not available"</h1>
                <p>{error.message}</p>
                <a class="button button-primary" href="" rel="external">"Try again"</a>
                <a href="/" class="button">"Go to your spaces"</a>
            </main>
        }
        .any(),
    }
}
