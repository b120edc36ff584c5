//! One job: its log, what was filled in and what it told.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Developers;
use super::event::json_text;
use crate::app::components::{Dialog, open_while};
use crate::app::following::while_seen;
use crate::app::jobs;
use crate::app::plain::{Any, part};
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::job_log::{self, WholeJob};

/// The panel at the right.
pub fn panel(developers: Developers, looking: RwSignal<Option<(String, String)>>) -> AnyView {
    let open = open_while(move || looking.with(Option::is_some), move || looking.set(None));
    let heading = move || looking.with(|job| job.as_ref().map(|job| job.1.clone()).unwrap_or_default());
    view! {
        <Dialog id="job" open=open title=Signal::derive(heading) panel=true>
            {looking.get_untracked().map(|(id, _)| detail(developers, id)).any()}
        </Dialog>
    }
    .any()
}

/// What is known of it, which is read again while somebody looks at it.
fn detail(developers: Developers, id: String) -> AnyView {
    let found = RwSignal::new(None::<Result<WholeJob, String>>);
    let asked = RwSignal::new(id.clone());
    let read = move || {
        let Some(id) = asked.try_get_untracked() else { return };
        spawn_local(async move {
            let answer = job_log::job_facts(id).await.map_err(|error| error.message);
            // What has not changed stays as it is, with its place in the log.
            if found.try_with_untracked(|known| known.as_ref() != Some(&answer)) == Some(true) {
                found.set(Some(answer));
            }
        });
    };
    crate::app::plain::watch(read);
    while_seen(read);
    view! {
        <div class="dialog-body delivery">
            <p class="quiet"><code>{id}</code></p>
            {part(move || match found.get() {
                None => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
                Some(Err(message)) => view! { <p class="field-error" role="alert">{message}</p> }.any(),
                Some(Ok(facts)) => told(developers, facts),
            })}
        </div>
    }
    .any()
}

fn told(developers: Developers, facts: WholeJob) -> AnyView {
    let WholeJob { story, input, outcome } = facts;
    let about = match &story.scope {
        Some(scope) => format!("On the {}: {scope}.", story.about),
        None => format!("On the {}.", story.about),
    };
    let json = |heading: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <h3>{heading}</h3> {json_text(developers, text)} }).any()
    };
    view! {
        <p>{about}</p>
        {jobs::parts(story.parts)}
        {jobs::curve(story.curve)}
        <h3>"Log"</h3>
        {jobs::log(story.log, story.left_out, story.runs > 1)}
        {json("Input", input)}
        {json("Outcome", outcome)}
    }
    .any()
}
