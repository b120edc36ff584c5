//! The environments of the account.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, environment_form, frame, section};
use crate::app::components::{Doubt, Icon, MenuButton, MenuItem, Table};
use crate::app::plain::{Any, each, part};
use crate::app::router::Router;
use crate::app::signals::{RwSignal, Signal};
use crate::rpc::environments::{self, EnvironmentDraft, EnvironmentRow};

/// The list, with a form for another one.
pub fn environments(developers: Developers) -> AnyView {
    let draft = RwSignal::new(None::<EnvironmentDraft>);
    let manages = developers.environments.with_untracked(|list| list.manages);
    let offer = manages
        .then(|| section::add("New environment", move |()| draft.set(Some(EnvironmentDraft::default()))));
    let keys = move || {
        developers.environments.with(|list| list.environments.iter().map(|row| row.id.clone()).collect())
    };
    view! {
        {section::head("Each environment has spaces, keys, agents and events of its own. Try things in one, work in another.", offer.any())}
        <Table class="environments-table" caption="Environments" headings=&["Name", "Id", "Pages that may show its spaces", ""]>
            {each(keys, move |id| row(developers, draft, id))}
        </Table>
        {environment_form::dialog(developers, draft)}
    }
    .any()
}

/// Reads the list anew: the choice of the environment shows it, too.
pub fn read(developers: Developers) {
    spawn_local(async move {
        if let Ok(list) = environments::environments().await
            && developers.environments.try_get_untracked().is_some()
        {
            developers.environments.set(list);
        }
    });
}

fn row(developers: Developers, draft: RwSignal<Option<EnvironmentDraft>>, id: String) -> AnyView {
    let find = move |id: &str| {
        developers.environments.with(|list| list.environments.iter().find(|row| row.id == id).cloned())
    };
    let Some(first) = find(&id) else { return ().any() };
    let [of_name, of_origins, of_items] = std::array::from_fn(|_| id.clone());
    let name = move || {
        find(&of_name).map(|row| {
            let sign = row.is_prod.then(|| view! { <span class="state good">"Production"</span> });
            view! { <a href=frame::address("keys", &row.id)>{row.name}</a> {sign.any()} }.any()
        })
    };
    let origins = move || {
        find(&of_origins).map(|row| match row.origins.is_empty() {
            true => "All".to_string(),
            false => row.origins.join(", "),
        })
    };
    let manages = developers.environments.with_untracked(|list| list.manages);
    let items =
        Signal::derive(move || find(&of_items).map(|row| items(developers, draft, row)).unwrap_or_default());
    let (menu, label) = (format!("menu-{id}"), format!("Actions of {}", first.name));
    view! {
        <tr>
            <th scope="row">{part(name)}</th>
            <td>{section::copied(developers, id)}</td>
            <td class="wide">{part(origins)}</td>
            <td class="menu-cell">
                {manages.then(|| view! { <MenuButton id=menu label=label bare=Icon::More items=items /> }).any()}
            </td>
        </tr>
    }
    .any()
}

fn items(
    developers: Developers,
    draft: RwSignal<Option<EnvironmentDraft>>,
    row: EnvironmentRow,
) -> Vec<MenuItem> {
    let alone = developers.environments.with(|list| list.environments.len() == 1);
    let alone = alone.then(|| "It is the only environment: make another one first.".to_string());
    let EnvironmentRow { id, name, is_prod, origins } = row.clone();
    let edited = EnvironmentDraft { id, name, is_prod, origins };
    vec![
        MenuItem::new("Edit", Icon::Pencil, move || draft.set(Some(edited.clone()))),
        MenuItem::new("Delete", Icon::Trash, move || ask_to_delete(developers, &row))
            .unless(alone)
            .dangerous(),
    ]
}

fn ask_to_delete(developers: Developers, row: &EnvironmentRow) {
    let (id, router) = (row.id.clone(), Router::of_page());
    let delete = move || {
        let id = id.clone();
        spawn_local(async move {
            match environments::delete_environment(id).await {
                Ok(()) => router.go_instead("/developers"),
                Err(error) => developers.toasts.fail("It was not deleted", error),
            }
            read(developers);
        });
    };
    developers.doubt.set(Some(Doubt {
        title: format!("Delete {}?", row.name),
        text: "Its spaces go with all records and files, and its keys open nothing any more. This cannot be undone.",
        verb: "Delete",
        written: row.name.clone(),
        deed: Arc::new(delete),
    }));
}
