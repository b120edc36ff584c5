//! A secret that is shown once, to be copied.

use leptos::prelude::*;

use super::dialog::{Dialog, open_while};
use super::icon::{Icon, icon};
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::{RwSignal, Signal};

/// What is shown.
#[derive(Clone)]
pub struct Secret {
    /// What it is.
    pub title: &'static str,
    /// What it is for.
    pub text: &'static str,
    /// The secret.
    pub secret: String,
}

/// The dialog: it is open while there is a secret.
#[component]
pub fn ShownOnce(
    /// Its id.
    id: &'static str,
    /// What is shown now.
    secret: RwSignal<Option<Secret>>,
) -> impl IntoView {
    let open = open_while(move || secret.with(Option::is_some), move || secret.set(None));
    let title = move || secret.with(|secret| secret.as_ref().map_or("", |secret| secret.title).to_string());
    view! {
        <Dialog id=id open=open title=Signal::derive(title)>
            {secret.get_untracked().map(|secret| shown(secret, open)).any()}
        </Dialog>
    }
    .any()
}

fn shown(secret: Secret, open: RwSignal<bool>) -> AnyView {
    let copied = RwSignal::new(false);
    let text = secret.secret.clone();
    let copy = move |_| {
        copy(&text);
        copied.set(true);
    };
    view! {
        <div class="dialog-body">
            <p>{secret.text}</p>
            <p class="secret"><code>{secret.secret}</code></p>
            <p role="status" class="quiet">{part(move || if copied.get() { "It is on the clipboard." } else { "" })}</p>
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" data-begin="" on:click=on_mouse(copy)>{icon(Icon::Copy)} "Copy"</button>
            <button type="button" class="button button-primary" on:click=on_mouse(move |_| open.set(false))>"Done"</button>
        </footer>
    }
    .any()
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    #[cfg(feature = "hydrate")]
    {
        let _ = window().navigator().clipboard().write_text(text);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}
