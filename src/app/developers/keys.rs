//! The keys of an environment: shown once when they are made, revoked for good.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, section};
use crate::app::components::{Button, EmptyState, Icon, Table};
use crate::app::format;
use crate::app::plain::{Any, on_mouse};
use crate::rpc::keys::{self, KeyList, KeyRow};

/// The list, with a button for each kind.
pub fn keys(developers: Developers) -> AnyView {
    let offers = view! {
        <Button label="New publishable key".to_string() before=Icon::Plus press=move |()| make(developers, false) />
        {section::add("New secret key", move |()| make(developers, true))}
    };
    view! {
        {section::head("Programs show a key with each request. A secret key opens everything in this environment: it stays on servers. A publishable one, for pages, makes spaces and nothing else.", offers.any())}
        {section::reading(developers, String::new, |environment, _| keys::keys(environment), move |list| shown(developers, list))}
    }
    .any()
}

fn make(developers: Developers, is_secret: bool) {
    let environment = developers.environment.get_untracked();
    spawn_local(async move {
        match keys::make_key(environment, is_secret).await {
            Ok(key) if is_secret => developers.reveal(
                "New secret key",
                "Copy it now, to where your program keeps its secrets: this page does not show it again.",
                key,
            ),
            Ok(key) => developers.reveal(
                "New publishable key",
                "Put it into the page that opens spaces. Everybody who sees the page can read it.",
                key,
            ),
            Err(error) => developers.toasts.fail("No key was made", error),
        }
        developers.read();
    });
}

fn shown(developers: Developers, list: KeyList) -> AnyView {
    if list.keys.is_empty() {
        return view! {
            <EmptyState sign=Icon::Pin title="No keys yet" text="Without a key no program reaches this environment.">
                {section::add("New secret key", move |()| make(developers, true))}
            </EmptyState>
        }
        .any();
    }
    let now = list.now;
    view! {
        <Table class="keys-table" caption="Keys" headings=&["Key", "Kind", "Made", "Last used", ""]>
            {list.keys.into_iter().map(|key| row(developers, key, now)).collect_view().any()}
        </Table>
    }
    .any()
}

fn row(developers: Developers, key: KeyRow, now: i64) -> AnyView {
    let kind = if key.is_secret { "Secret" } else { "Publishable" };
    let begins = if key.begins.is_empty() { key.id.clone() } else { format!("{}…", key.begins) };
    let (id, label) = (key.id, format!("Revoke {begins}"));
    let title = format!("{label}?");
    let revoke = move |_| {
        let id = id.clone();
        developers.ask(
            title.clone(),
            "Programs and pages that use it are refused from then on. This cannot be undone.",
            "Revoke",
            move || {
                let environment = developers.environment.get_untracked();
                let deed = keys::revoke_key(environment, id.clone());
                developers.act("The key was not revoked", deed, "The key is revoked");
            },
        );
    };
    view! {
        <tr>
            <th scope="row"><code>{begins}</code></th>
            <td>{kind}</td>
            <td>{format::ago(key.created_at, now)}</td>
            <td>{key.last_used_at.map_or("Never".to_string(), |at| format::ago(at, now))}</td>
            <td class="menu-cell">
                <button type="button" class="button button-small" aria-label=label on:click=on_mouse(revoke)>"Revoke"</button>
            </td>
        </tr>
    }
    .any()
}
