//! The form of an environment.

use leptos::prelude::*;

use super::{Developers, environments, frame};
use crate::app::components::{Control, Filling, FormField, draft_dialog, taken};
use crate::app::plain::Any;
use crate::app::router::Router;
use crate::app::signals::RwSignal;
use crate::rpc::environments::{EnvironmentDraft, SavedEnvironment, save_environment};

/// The dialog in which one is made or changed.
pub fn dialog(developers: Developers, draft: RwSignal<Option<EnvironmentDraft>>) -> AnyView {
    let heading =
        |draft: &EnvironmentDraft| if draft.id.is_empty() { "New environment" } else { "Edit environment" };
    draft_dialog("environment-form", draft, heading, move |draft, filling| form(developers, draft, filling))
}

fn form(developers: Developers, draft: EnvironmentDraft, filling: Filling) -> AnyView {
    let router = Router::of_page();
    let EnvironmentDraft { id, name, is_prod, origins } = draft;
    let (name, origins) = (RwSignal::new(name), RwSignal::new(origins.join("\n")));
    let is_prod = RwSignal::new(if is_prod { "true".to_string() } else { String::new() });
    let send = move || {
        let is_new = id.is_empty();
        let draft = EnvironmentDraft {
            id: id.clone(),
            name: name.get_untracked(),
            is_prod: !is_prod.get_untracked().is_empty(),
            origins: origins.get_untracked().split_whitespace().map(str::to_string).collect(),
        };
        async move {
            match save_environment(draft).await {
                Ok(SavedEnvironment::Refused(words)) => Err(words),
                Err(error) => Err(error.message),
                Ok(SavedEnvironment::Kept(id)) => Ok(taken(move || {
                    environments::read(developers);
                    // A new one has its keys made next.
                    if is_new {
                        router.go(&frame::address("keys", &id));
                    }
                })),
            }
        }
    };
    let help = "Sites whose pages may show its spaces in a frame, one a line, as https://www.example.com; any site when empty.";
    let fields = view! {
        <FormField name="environment-name".to_string() label="Name".to_string() control=Control::Line("text") value=name required=true error=filling.error />
        <FormField name="environment-prod".to_string() label="Real work is done in it".to_string() control=Control::Check value=is_prod />
        <FormField name="environment-origins".to_string() label="Sites".to_string() control=Control::Area(4) value=origins help=Some(help.to_string()) />
    };
    filling.form("Save", fields.any(), send)
}
