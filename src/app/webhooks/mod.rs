//! Webhooks: the list of them, the form, the secret that is shown once, and the log of what was sent. The page asks
//! the server anew every few seconds while somebody looks at it.

mod detail;
mod form;
mod list;
mod log;

pub use list::list;

use std::sync::Arc;

use leptos::task::spawn_local;

use crate::app::components::{Doubt, Secret, Toast, Toasts, Tone};
use crate::app::following::while_seen;
use crate::app::signals::{RwSignal, StoredValue};
use crate::rpc::webhooks::{self, DeliveryRow, WebhookCommand, WebhookDraft, WebhookList, WebhookRow};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Webhooks {
    /// The id of the space or environment.
    place: StoredValue<String>,
    toasts: Toasts,
    list: RwSignal<WebhookList>,
    /// The one whose log is shown.
    chosen: RwSignal<String>,
    /// What is filled in.
    draft: RwSignal<Option<WebhookDraft>>,
    /// What is shown once.
    secret: RwSignal<Option<Secret>>,
    /// What is about to be deleted.
    deleting: RwSignal<Option<Doubt>>,
    /// The delivery that is looked at.
    looking: RwSignal<Option<DeliveryRow>>,
    /// Moves when the log is to be read.
    moved: RwSignal<u32>,
}

impl Webhooks {
    fn new(list: WebhookList, toasts: Toasts) -> Self {
        let first = list.webhooks.first().map(|row| row.id.clone()).unwrap_or_default();
        let shared = Self {
            place: StoredValue::new(list.place.clone()),
            toasts,
            list: RwSignal::new(list),
            chosen: RwSignal::new(first),
            draft: RwSignal::new(None),
            secret: RwSignal::new(None),
            deleting: RwSignal::new(None),
            looking: RwSignal::new(None),
            moved: RwSignal::new(0),
        };
        while_seen(move || shared.read());
        shared
    }

    fn row(self, id: &str) -> Option<WebhookRow> {
        self.list.with(|list| list.webhooks.iter().find(|row| row.id == id).cloned())
    }

    /// Reads the list anew.
    fn read(self) {
        let Some(place) = self.place.try_get_value() else { return };
        spawn_local(async move {
            let Ok(found) = webhooks::webhooks(place).await else { return };
            let chosen = self.chosen.try_get_untracked().unwrap_or_default();
            if !found.webhooks.iter().any(|row| row.id == chosen) {
                let first = found.webhooks.first().map(|row| row.id.clone());
                let _ = self.chosen.try_set(first.unwrap_or_default());
            }
            // What has not changed stays as it is, with its focus.
            if self.list.try_with_untracked(|known| known.webhooks != found.webhooks) == Some(true) {
                self.list.set(found);
            }
        });
    }

    /// Reads the list and the log anew, at once.
    fn changed(self) {
        if self.moved.try_get_untracked().is_some() {
            self.moved.update(|moved| *moved = moved.wrapping_add(1));
        }
        self.read();
    }

    /// Shows the secret of a webhook.
    fn reveal(self, secret: String) {
        let text = "Your receiver checks signatures with it. Copy it now: it is not shown again. A secret before it goes on for a day.";
        self.secret.set(Some(Secret { title: "The secret of this webhook", text, secret }));
    }

    /// Asks before a webhook goes.
    fn ask_to_delete(self, row: &WebhookRow) {
        let id = row.id.clone();
        self.deleting.set(Some(Doubt {
            title: format!("Delete {}?", title(row)),
            text: "Nothing is sent there any more, and the log of what was sent goes too. This cannot be undone; to stop it for a while, pause it.",
            verb: "Delete",
            written: String::new(),
            deed: Arc::new(move || self.run(id.clone(), WebhookCommand::Delete)),
        }));
    }

    /// Does something to a webhook and reads anew.
    fn run(self, id: String, command: WebhookCommand) {
        spawn_local(async move {
            match webhooks::command_webhook(id, command).await {
                Ok(secret) if command == WebhookCommand::RotateSecret => self.reveal(secret),
                Ok(said) if !said.is_empty() => self.toasts.show(Toast::new(Tone::Good, said)),
                Ok(_) => {}
                Err(error) => self.toasts.fail("This was not done", error),
            }
            self.changed();
        });
    }
}

/// What people call a webhook.
fn title(row: &WebhookRow) -> String {
    if row.name.is_empty() { row.url.clone() } else { row.name.clone() }
}
