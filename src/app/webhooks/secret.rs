//! The secret of a webhook, which is shown once.

use leptos::prelude::*;

use super::Webhooks;
use crate::app::components::{Dialog, Icon, icon, open_while};
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::RwSignal;

/// The dialog that shows it.
pub fn dialog(shared: Webhooks) -> AnyView {
    let secret = shared.secret;
    let open = open_while(move || secret.with(Option::is_some), move || secret.set(None));
    view! {
        <Dialog id="webhook-secret" open=open title="The secret of this webhook".to_string()>
            {secret.get_untracked().map(|secret| shown(secret, open)).any()}
        </Dialog>
    }
    .any()
}

fn shown(secret: String, open: RwSignal<bool>) -> AnyView {
    let copied = RwSignal::new(false);
    let text = secret.clone();
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let _ = window().navigator().clipboard().write_text(&text);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
        copied.set(true);
    };
    view! {
        <div class="dialog-body">
            <p>"Your receiver checks signatures with it. Copy it now: it is not shown again. A secret before it goes on for a day."</p>
            <p class="secret"><code>{secret}</code></p>
            <p role="status" class="quiet">{part(move || if copied.get() { "It is on the clipboard." } else { "" })}</p>
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" data-begin="" on:click=on_mouse(copy)>{icon(Icon::Copy)} "Copy"</button>
            <button type="button" class="button button-primary" on:click=on_mouse(move |_| open.set(false))>"Done"</button>
        </footer>
    }
    .any()
}
