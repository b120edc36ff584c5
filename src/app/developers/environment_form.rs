//! The form of an environment.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, environments, frame};
use crate::app::components::{Control, Dialog, FormField, open_while};
use crate::app::plain::{Any, flag, on_mouse};
use crate::app::router::Router;
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::environments::{EnvironmentDraft, SavedEnvironment, save_environment};

/// The dialog in which one is made or changed.
pub fn dialog(developers: Developers, draft: RwSignal<Option<EnvironmentDraft>>) -> AnyView {
    let open = open_while(move || draft.with(Option::is_some), move || draft.set(None));
    let heading = move || {
        let is_new = draft.with(|draft| draft.as_ref().is_none_or(|draft| draft.id.is_empty()));
        if is_new { "New environment" } else { "Edit environment" }.to_string()
    };
    view! {
        <Dialog id="environment-form" open=open title=Signal::derive(heading)>
            {draft.get_untracked().map(|draft| form(developers, draft, open)).any()}
        </Dialog>
    }
    .any()
}

fn form(developers: Developers, draft: EnvironmentDraft, open: RwSignal<bool>) -> AnyView {
    let router = Router::of_page();
    let EnvironmentDraft { id, name, is_prod, origins } = draft;
    let (name, origins) = (RwSignal::new(name), RwSignal::new(origins.join("\n")));
    let is_prod = RwSignal::new(if is_prod { "true".to_string() } else { String::new() });
    let (error, saving) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if saving.get_untracked() {
            return;
        }
        let is_new = id.is_empty();
        let draft = EnvironmentDraft {
            id: id.clone(),
            name: name.get_untracked(),
            is_prod: !is_prod.get_untracked().is_empty(),
            origins: origins.get_untracked().split_whitespace().map(str::to_string).collect(),
        };
        saving.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = save_environment(draft).await;
            let _ = saving.try_set(false);
            let refused = match answer {
                Ok(SavedEnvironment::Refused(words)) => words,
                Err(error) => error.message,
                Ok(SavedEnvironment::Kept(id)) => {
                    open.set(false);
                    environments::read(developers);
                    // A new one has its keys made next.
                    if is_new {
                        router.go(&frame::address("keys", &id));
                    }
                    return;
                }
            };
            let _ = error.try_set(Some(refused));
        });
    };
    let help = "Sites whose pages may show its spaces in a frame, one a line, as https://www.example.com; any site when empty.";
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                <FormField name="environment-name".to_string() label="Name".to_string() control=Control::Line("text") value=name required=true error=error />
                <FormField name="environment-prod".to_string() label="Real work is done in it".to_string() control=Control::Check value=is_prod />
                <FormField name="environment-origins".to_string() label="Sites".to_string() control=Control::Area(4) value=origins help=Some(help.to_string()) />
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                <button type="submit" class="button button-primary" aria-disabled=flag(move || saving.get())>"Save"</button>
            </footer>
        </form>
    }
    .any()
}
