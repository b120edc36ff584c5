//! The form of a webhook.

use leptos::prelude::*;

use super::Webhooks;
use crate::app::components::{Control, Filling, FormField, draft_dialog, taken};
use crate::app::plain::{Any, part};
use crate::app::signals::RwSignal;
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
    let heading = |draft: &WebhookDraft| if draft.id.is_empty() { "Add webhook" } else { "Edit webhook" };
    draft_dialog("webhook-form", shared.draft, heading, move |draft, filling| form(shared, draft, filling))
}

fn form(shared: Webhooks, draft: WebhookDraft, filling: Filling) -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_string());
    let topics = draft.topics.join(", ");
    let known = PRESETS.iter().find(|(_, _, preset)| *preset == topics).map_or("own", |(key, ..)| *key);
    let (url, name, job) = (text(&draft.url), text(&draft.name), text(&draft.job));
    let namespaces = text(&draft.namespaces.join(", "));
    let (preset, named) = (text(known), text(if known == "own" { &topics } else { "" }));
    let id = draft.id;
    let send = move || {
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
        let place = shared.place.get_value();
        async move {
            match webhooks::save_webhook(place, draft).await {
                Ok(Saved::Refused(words)) => Err(words),
                Err(error) => Err(error.message),
                Ok(saved) => Ok(taken(move || {
                    if let Saved::Secret(secret) = saved {
                        shared.reveal(secret);
                    }
                    shared.changed();
                })),
            }
        }
    };
    let choices = PRESETS.iter().map(|(key, label, _)| (key.to_string(), label.to_string())).collect();
    let fields = view! {
        <FormField name="webhook-url".to_string() label="Address".to_string() control=Control::Line("url") value=url required=true help=Some("Where events are sent, as https://example.com/inlet".to_string()) error=filling.error />
        <FormField name="webhook-events".to_string() label="Events".to_string() control=Control::Choice(choices) value=preset />
        {part(move || (preset.get() == "own").then(|| {
            view! {
                <FormField name="webhook-topics".to_string() label="Names of events".to_string() control=Control::Line("text") value=named help=Some("With commas between them; a * stands for anything, as in job:*".to_string()) />
            }
        }))}
        <FormField name="webhook-job".to_string() label="Only this job".to_string() control=Control::Line("text") value=job help=Some("As workbook:submitAction; empty for all jobs.".to_string()) />
        <FormField name="webhook-namespaces".to_string() label="Only these namespaces".to_string() control=Control::Line("text") value=namespaces help=Some("As space:importer, with commas between them; a * stands for anything. All when empty.".to_string()) />
        <FormField name="webhook-name".to_string() label="Name".to_string() control=Control::Line("text") value=name />
    };
    filling.form("Save", fields.any(), send)
}

/// What is written with commas or blanks between.
fn names_in(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n']).filter(|one| !one.is_empty()).map(str::to_string).collect()
}
