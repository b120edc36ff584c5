//! Everything of one delivery: what was sent, and what came back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Webhooks, log};
use crate::app::components::{Dialog, open_while};
use crate::app::plain::{Any, part};
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::webhooks::{self, DeliveryDetail, DeliveryRow};

/// The panel at the right.
pub fn panel(shared: Webhooks) -> AnyView {
    let looking = shared.looking;
    let open = open_while(move || looking.with(Option::is_some), move || looking.set(None));
    let heading = move || looking.with(|row| row.as_ref().map(|row| row.topic.clone()).unwrap_or_default());
    view! {
        <Dialog id="delivery" open=open title=Signal::derive(heading) panel=true>
            {looking.get_untracked().map(|row| detail(shared, row)).any()}
        </Dialog>
    }
    .any()
}

fn detail(shared: Webhooks, row: DeliveryRow) -> AnyView {
    let found = RwSignal::new(None::<Result<DeliveryDetail, String>>);
    let webhook = shared.chosen.get_untracked();
    spawn_local(async move {
        let answer = webhooks::delivery(webhook, row.id).await.map_err(|error| error.message);
        let _ = found.try_set(Some(answer));
    });
    view! {
        <div class="dialog-body delivery">
            {part(move || match found.get() {
                None => view! { <p class="quiet">"Reading…"</p> }.any(),
                Some(Err(message)) => view! { <p class="field-error" role="alert">{message}</p> }.any(),
                Some(Ok(found)) => told(found),
            })}
        </div>
    }
    .any()
}

fn told(found: DeliveryDetail) -> AnyView {
    let text = |heading: &'static str, text: String| {
        let shown = if text.is_empty() { "Nothing.".to_string() } else { text };
        view! {
            <h3>{heading}</h3>
            <pre tabindex="0" role="region" aria-label=heading>{shown}</pre>
        }
    };
    view! {
        <p>{log::answer(&found.row)}</p>
        <p class="quiet">"webhook-id: " <code>{found.event_id}</code></p>
        {text("Request", found.request).any()}
        {text("Answer", found.answer).any()}
    }
    .any()
}
