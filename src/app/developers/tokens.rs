//! The tokens of the person who is signed in.

use leptos::prelude::*;

use super::{Developers, section};
use crate::app::components::{Control, EmptyState, Filling, FormField, Icon, Table, draft_dialog, taken};
use crate::app::format;
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::RwSignal;
use crate::rpc::tokens::{self, TokenList, TokenRow};

/// The list, with a form for another one.
pub fn tokens(developers: Developers) -> AnyView {
    let draft = RwSignal::new(None::<String>);
    view! {
        {section::head("A personal token does in a program of yours what you may do, in all environments. Revoke it when the program does not need it any more.", add(draft))}
        {section::reading(developers, String::new, |_, _| tokens::tokens(), move |list| shown(developers, draft, list))}
        {draft_dialog("token-form", draft, |_| "New personal token", move |name, filling| form(developers, name, filling))}
    }
    .any()
}

fn add(draft: RwSignal<Option<String>>) -> AnyView {
    section::add("New token", move |()| draft.set(Some(String::new())))
}

fn form(developers: Developers, name: String, filling: Filling) -> AnyView {
    let name = RwSignal::new(name);
    let send = move || {
        let name = name.get_untracked();
        async move {
            match tokens::make_token(name).await {
                Err(error) => Err(error.message),
                Ok(token) => Ok(taken(move || {
                    developers.reveal(
                        "New personal token",
                        "Copy it now: nobody can show it again. Whoever has it does what you may do.",
                        token,
                    );
                    developers.read();
                })),
            }
        }
    };
    let fields = view! { <FormField name="token-name".to_string() label="What it is for".to_string() control=Control::Line("text") value=name required=true error=filling.error /> };
    filling.form("Make token", fields.any(), send)
}

fn shown(developers: Developers, draft: RwSignal<Option<String>>, list: TokenList) -> AnyView {
    if list.tokens.is_empty() {
        return view! {
            <EmptyState sign=Icon::Bookmark title="No personal tokens" text="Make one to call the API as yourself, for example from a script.">
                {add(draft)}
            </EmptyState>
        }
        .any();
    }
    let now = list.now;
    view! {
        <Table class="keys-table" caption="Personal tokens" headings=&["Name", "Made", "Last used", ""]>
            {list.tokens.into_iter().map(|token| row(developers, token, now)).collect_view().any()}
        </Table>
    }
    .any()
}

fn row(developers: Developers, token: TokenRow, now: i64) -> AnyView {
    let (id, label) = (token.id, format!("Revoke {}", token.name));
    let title = format!("{label}?");
    let revoke = move |_| {
        let id = id.clone();
        developers.ask(
            title.clone(),
            "Programs that use it are refused from then on. This cannot be undone.",
            "Revoke",
            move || {
                let deed = tokens::revoke_token(id.clone());
                developers.act("The token was not revoked", deed, "The token is revoked");
            },
        );
    };
    view! {
        <tr>
            <th scope="row">{token.name}</th>
            <td>{format::ago(token.created_at, now)}</td>
            <td>{token.last_used_at.map_or("Never".to_string(), |at| format::ago(at, now))}</td>
            <td class="menu-cell">
                <button type="button" class="button button-small" aria-label=label on:click=on_mouse(revoke)>"Revoke"</button>
            </td>
        </tr>
    }
    .any()
}
