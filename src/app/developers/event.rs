//! One event as listeners get it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, section};
use crate::app::components::{Dialog, open_while};
use crate::app::plain::{Any, part};
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::events::{self, EventRow};

/// The panel at the right.
pub fn panel(developers: Developers, looking: RwSignal<Option<EventRow>>) -> AnyView {
    let open = open_while(move || looking.with(Option::is_some), move || looking.set(None));
    let heading = move || looking.with(|row| row.as_ref().map(|row| row.topic.clone()).unwrap_or_default());
    view! {
        <Dialog id="event" open=open title=Signal::derive(heading) panel=true>
            {looking.get_untracked().map(|row| detail(developers, row.id)).any()}
        </Dialog>
    }
    .any()
}

fn detail(developers: Developers, id: String) -> AnyView {
    let found = RwSignal::new(None::<Result<String, String>>);
    spawn_local(async move {
        let answer = events::event(id).await.map_err(|error| error.message);
        let _ = found.try_set(Some(answer));
    });
    view! {
        <div class="dialog-body delivery">
            {part(move || match found.get() {
                None => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
                Some(Err(message)) => view! { <p class="field-error" role="alert">{message}</p> }.any(),
                Some(Ok(json)) => json_text(developers, json),
            })}
        </div>
    }
    .any()
}

/// A JSON text, and a button that copies it.
pub fn json_text(developers: Developers, json: String) -> AnyView {
    let button = section::copies(developers, json.clone(), "Copy as JSON");
    view! {
        <p>{button}</p>
        <pre tabindex="0" role="group" aria-label="JSON">{json}</pre>
    }
    .any()
}
