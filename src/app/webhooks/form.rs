//! The form of a webhook.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Webhooks;
use crate::app::components::{Control, Dialog, FormField, open_while};
use crate::app::plain::{Any, flag, on_mouse, part};
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::webhooks::{self, Saved, WebhookDraft};

/// What can be heard with one choice, and the topics of it; the last one is written by hand.
const PRESETS: &[(&str, &str, &str)] = &[
    ("jobs", "Jobs: a button was pressed, a job ended", "job:*"),
    ("records", "Records: added, changed, deleted", "records:*, commit:created"),
    ("all", "Everything", "*"),
    ("own", "Named events…", ""),
];

/// The dialog in which one is made or changed.
pub fn dialog(shared: Webhooks) -> AnyView {
    let draft = shared.draft;
    let open = open_while(move || draft.with(Option::is_some), move || draft.set(None));
    let heading = move || {
        let is_new = draft.with(|draft| draft.as_ref().is_none_or(|draft| draft.id.is_empty()));
        if is_new { "Add webhook" } else { "Edit webhook" }.to_string()
    };
    view! {
        <Dialog id="webhook-form" open=open title=Signal::derive(heading)>
            {draft.get_untracked().map(|draft| form(shared, draft, open)).any()}
        </Dialog>
    }
    .any()
}

fn form(shared: Webhooks, draft: WebhookDraft, open: RwSignal<bool>) -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_string());
    let topics = draft.topics.join(", ");
    let known = PRESETS.iter().find(|(_, _, preset)| *preset == topics).map_or("own", |(key, ..)| *key);
    let (url, name, job) = (text(&draft.url), text(&draft.name), text(&draft.job));
    let namespaces = text(&draft.namespaces.join(", "));
    let (preset, named) = (text(known), text(if known == "own" { &topics } else { "" }));
    let (error, saving) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let id = draft.id;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.get_untracked() {
            return;
        }
        let chosen = preset.get_untracked();
        let preset = PRESETS.iter().find(|(key, ..)| *key == chosen).map_or("", |(_, _, topics)| *topics);
        let topics = if preset.is_empty() { named.get_untracked() } else { preset.to_string() };
        let draft = WebhookDraft {
            id: id.clone(),
            name: name.get_untracked(),
            url: url.get_untracked(),
            topics: names_in(&topics),
            job: job.get_untracked(),
            namespaces: names_in(&namespaces.get_untracked()),
        };
        saving.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = webhooks::save_webhook(shared.place.get_value(), draft).await;
            let _ = saving.try_set(false);
            let refused = match answer {
                Ok(Saved::Refused(words)) => words,
                Err(error) => error.message,
                Ok(saved) => {
                    open.set(false);
                    if let Saved::Secret(secret) = saved {
                        shared.reveal(secret);
                    }
                    return shared.read();
                }
            };
            let _ = error.try_set(Some(refused));
        });
    };
    let choices = PRESETS.iter().map(|(key, label, _)| (key.to_string(), label.to_string())).collect();
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                <FormField name="webhook-url".to_string() label="Address".to_string() control=Control::Line("url") value=url required=true help=Some("Where events are sent, as https://example.com/inlet".to_string()) error=error />
                <FormField name="webhook-events".to_string() label="Events".to_string() control=Control::Choice(choices) value=preset />
                {part(move || (preset.get() == "own").then(|| {
                    view! {
                        <FormField name="webhook-topics".to_string() label="Names of events".to_string() control=Control::Line("text") value=named help=Some("With commas between them; a * stands for anything, as in job:*".to_string()) />
                    }
                }))}
                <FormField name="webhook-job".to_string() label="Only this job".to_string() control=Control::Line("text") value=job help=Some("As workbook:submitAction; empty for all jobs.".to_string()) />
                <FormField name="webhook-namespaces".to_string() label="Only these namespaces".to_string() control=Control::Line("text") value=namespaces help=Some("As space:importer, with commas between them; a * stands for anything. All when empty.".to_string()) />
                <FormField name="webhook-name".to_string() label="Name".to_string() control=Control::Line("text") value=name />
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                <button type="submit" class="button button-primary" aria-disabled=flag(move || saving.get())>"Save"</button>
            </footer>
        </form>
    }
    .any()
}

/// What is written with commas or blanks between.
fn names_in(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n']).filter(|one| !one.is_empty()).map(str::to_string).collect()
}
