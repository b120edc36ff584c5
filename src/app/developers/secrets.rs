//! The secrets of an environment and of its spaces: names only, for values are read by programs alone.

use leptos::prelude::*;

use super::{Developers, section};
use crate::app::components::{Control, EmptyState, Filling, FormField, Icon, Table, draft_dialog, taken};
use crate::app::plain::{Any, on_event, on_mouse};
use crate::app::signals::RwSignal;
use crate::rpc::secrets::{self, SecretDraft, SecretList, SecretRow};

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct Secrets {
    developers: Developers,
    /// The space that is looked at; empty for the whole environment.
    space: RwSignal<String>,
    /// What is written.
    draft: RwSignal<Option<SecretDraft>>,
}

impl Secrets {
    /// Opens the form for the secret of that name.
    fn write(self, name: &str) {
        self.draft.set(Some(SecretDraft {
            environment_id: self.developers.environment.get_untracked(),
            space_id: self.space.get_untracked(),
            name: name.to_string(),
            value: String::new(),
        }));
    }
}

/// The list, with a form for another one.
pub fn secrets(developers: Developers) -> AnyView {
    let shared = Secrets { developers, space: RwSignal::new(String::new()), draft: RwSignal::new(None) };
    view! {
        {section::head("Listeners and agents ask for secrets by name. They are kept sealed, and no page shows their values. A space's own comes before the environment's of the same name.", section::add("New secret", move |()| shared.write("")))}
        {section::reading(developers, move || shared.space.get(), secrets::secrets, move |list| shown(shared, list))}
        {draft_dialog("secret-form", shared.draft, |_| "Store a secret", move |draft, filling| form(shared, draft, filling))}
    }
    .any()
}

fn form(shared: Secrets, draft: SecretDraft, filling: Filling) -> AnyView {
    let (name, value) = (RwSignal::new(draft.name.clone()), RwSignal::new(String::new()));
    let send = move || {
        let draft = SecretDraft { name: name.get_untracked(), value: value.get_untracked(), ..draft.clone() };
        async move {
            match secrets::store_secret(draft).await {
                Ok(Some(words)) => Err(words),
                Err(error) => Err(error.message),
                Ok(None) => Ok(taken(move || shared.developers.read())),
            }
        }
    };
    let help = "A secret that has this name at this place gets the new value.";
    let fields = view! {
        <FormField name="secret-name".to_string() label="Name".to_string() control=Control::Line("text") value=name required=true help=Some(help.to_string()) error=filling.error />
        <FormField name="secret-value".to_string() label="Value".to_string() control=Control::Line("password") value=value required=true />
    };
    filling.form("Store", fields.any(), send)
}

fn shown(shared: Secrets, list: SecretList) -> AnyView {
    let chosen = shared.space.get_untracked();
    let is_space = !chosen.is_empty();
    let option = move |(id, name): (String, String)| {
        let selected = id == chosen;
        view! { <option value=id selected=selected>{name}</option> }
    };
    let rows = if list.secrets.is_empty() {
        view! {
            <EmptyState sign=Icon::EyeOff title="No secrets here" text="Store what a listener or agent needs to reach other systems, as a password or a token.">
                {section::add("New secret", move |()| shared.write(""))}
            </EmptyState>
        }
        .any()
    } else {
        view! {
            <Table class="keys-table" caption="Secrets" headings=&["Name", "Holds in", ""]>
                {list.secrets.into_iter().map(|secret| row(shared, secret, is_space)).collect_view().any()}
            </Table>
        }
        .any()
    };
    view! {
        <label class="section-choice">
            <span>"Where"</span>
            <select class="input" on:change=on_event(move |event| shared.space.set(event_target_value(&event)))>
                <option value="">"The whole environment"</option>
                {list.spaces.into_iter().map(option).collect_view().any()}
            </select>
        </label>
        {rows}
    }
    .any()
}

fn row(shared: Secrets, secret: SecretRow, is_space: bool) -> AnyView {
    let place = if secret.of_space { "This space" } else { "The whole environment" };
    let title = format!("Delete {}?", secret.name);
    let (id, named) = (secret.id, secret.name.clone());
    let labels = ["New value of", "Delete"].map(|verb| format!("{verb} {}", secret.name));
    let [renew, delete] = labels;
    let ask = move |_| {
        let id = id.clone();
        shared.developers.ask(
            title.clone(),
            "Programs that ask for it do not get it any more. Its value cannot be brought back.",
            "Delete",
            move || {
                let deed = secrets::delete_secret(id.clone());
                shared.developers.act("The secret was not deleted", deed, "The secret is deleted");
            },
        );
    };
    // What holds in the whole environment is deleted there.
    let own = secret.of_space || !is_space;
    view! {
        <tr>
            <th scope="row"><code>{secret.name}</code></th>
            <td>{place}</td>
            <td class="menu-cell">
                <button type="button" class="button button-small" aria-label=renew on:click=on_mouse(move |_| shared.write(&named))>"New value"</button>
                {own.then(|| view! { <button type="button" class="button button-small" aria-label=delete on:click=on_mouse(ask)>"Delete"</button> }).any()}
            </td>
        </tr>
    }
    .any()
}
