//! The tokens of the person who is signed in.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Developers, section};
use crate::app::components::{Control, Dialog, EmptyState, FormField, Icon, Table};
use crate::app::format;
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::RwSignal;
use crate::rpc::tokens::{self, TokenList, TokenRow};

/// The list, with a form for another one.
pub fn tokens(developers: Developers) -> AnyView {
    let naming = RwSignal::new(false);
    view! {
        {section::head("A personal token does in a program of yours what you may do, in all environments. Revoke it when the program does not need it any more.", section::add("New token", move |()| naming.set(true)))}
        {section::reading(developers, String::new, |_, _| tokens::tokens(), move |list| shown(developers, naming, list))}
        <Dialog id="token-form" open=naming title="New personal token".to_string()>
            {form(developers, naming)}
        </Dialog>
    }
    .any()
}

fn form(developers: Developers, naming: RwSignal<bool>) -> AnyView {
    let (name, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked();
        spawn_local(async move {
            match tokens::make_token(name).await {
                Ok(token) => {
                    naming.set(false);
                    developers.reveal(
                        "New personal token",
                        "Copy it now: nobody can show it again. Whoever has it does what you may do.",
                        token,
                    );
                    developers.read();
                }
                Err(refused) => {
                    let _ = error.try_set(Some(refused.message));
                }
            }
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                <FormField name="token-name".to_string() label="What it is for".to_string() control=Control::Line("text") value=name required=true error=error />
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| naming.set(false))>"Cancel"</button>
                <button type="submit" class="button button-primary">"Make token"</button>
            </footer>
        </form>
    }
    .any()
}

fn shown(developers: Developers, naming: RwSignal<bool>, list: TokenList) -> AnyView {
    if list.tokens.is_empty() {
        return view! {
            <EmptyState sign=Icon::Bookmark title="No personal tokens" text="Make one to call the API as yourself, for example from a script.">
                {section::add("New token", move |()| naming.set(true))}
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
