//! Signing in with a password; nobody sees it on loopback. A plain form: it needs no script.

use leptos::prelude::*;

use crate::app::plain::Any;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The form.
#[component]
pub fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let next = query
        .with_untracked(|query| query.get("next"))
        .filter(|next| next.starts_with('/') && !next.starts_with("//"));
    let wrong = query.with_untracked(|query| query.get("wrong").is_some());
    let describe = wrong.then_some("sign-in-error");
    let invalid = wrong.then_some("true");
    view! {
        <Title text="Sign in" />
        <main id="main" class="notice">
            <span class="mark"></span>
            <h1>"Sign in to Inlet"</h1>
            <form method="post" action="/sign-in" class="sign-in">
                <input type="hidden" name="next" value=next.unwrap_or_else(|| "/".to_string()) />
                {wrong
                    .then(|| {
                        view! {
                            <p id="sign-in-error" class="field-error" role="alert">"This e-mail address and password do not go together."</p>
                        }
                    }).any()}
                <div class="field">
                    <label for="email">"E-mail"</label>
                    <input id="email" name="email" type="email" class="input" autocomplete="username" required aria-describedby=describe aria-invalid=invalid />
                </div>
                <div class="field">
                    <label for="password">"Password"</label>
                    <input id="password" name="password" type="password" class="input" autocomplete="current-password" required aria-describedby=describe aria-invalid=invalid />
                </div>
                <button type="submit" class="button button-primary">"Sign in"</button>
            </form>
        </main>
    }
    .any()
}
