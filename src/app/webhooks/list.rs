//! The list of webhooks.

use leptos::prelude::*;

use super::{Webhooks, detail, form, log, title};
use crate::app::components::{
    Button, Confirm, EmptyState, Icon, Look, MenuButton, MenuItem, ShownOnce, Table, Toasts,
};
use crate::app::format;
use crate::app::plain::{Any, each, flag, on_mouse, part};
use crate::app::signals::Signal;
use crate::domain::webhook::EndpointState;
use crate::rpc::webhooks::{WebhookCommand as Command, WebhookDraft, WebhookList, WebhookRow};

/// The list, and under it what was sent to the chosen one.
pub fn list(list: WebhookList, toasts: Toasts) -> AnyView {
    let shared = Webhooks::new(list, toasts);
    let add = move |()| shared.draft.set(Some(blank()));
    let is_empty = crate::app::signals::Memo::new(move |_| shared.list.with(|list| list.webhooks.is_empty()));
    let keys = move || shared.list.with(|list| list.webhooks.iter().map(|row| row.id.clone()).collect());
    view! {
        <div class="webhooks">
            {part(move || {
                if is_empty.get() {
                    view! {
                        <EmptyState
                            sign=Icon::Link
                            title="No webhooks yet"
                            text="A webhook sends what happens here to an address of yours, signed and until it arrives, and its answer can finish a job."
                        >
                            <Button label="Add webhook".to_string() press=add look=Look::Primary before=Icon::Plus />
                        </EmptyState>
                    }
                        .any()
                } else {
                    view! {
                        <div class="webhooks-head">
                            <h2>"Addresses"</h2>
                            <span class="grow"></span>
                            <Button label="Add webhook".to_string() press=add look=Look::Primary before=Icon::Plus />
                        </div>
                        <Table class="webhooks-table" caption="Webhooks" headings=&["Address", "State", "Events", ""]>
                            {each(keys, move |id| row(shared, id))}
                        </Table>
                        {log::log(shared)}
                    }
                        .any()
                }
            })}
            {form::dialog(shared)}
            <ShownOnce id="webhook-secret" secret=shared.secret />
            {detail::panel(shared)}
            <Confirm id="delete-webhook" doubt=shared.deleting />
        </div>
    }
    .any()
}

fn blank() -> WebhookDraft {
    WebhookDraft {
        id: String::new(),
        name: String::new(),
        url: String::new(),
        topics: vec!["job:*".to_string()],
        job: String::new(),
        namespaces: Vec::new(),
    }
}

fn row(shared: Webhooks, id: String) -> AnyView {
    let known = shared.row(&id);
    let Some(first) = known else { return ().any() };
    let (menu, label) = (format!("menu-{id}"), format!("Actions of {}", title(&first)));
    let [of_name, of_state, of_events, of_menu, here, choose] = std::array::from_fn(|_| id.clone());
    let items =
        Signal::derive(move || shared.row(&of_menu).map(|row| items(shared, row)).unwrap_or_default());
    let name = move || {
        shared.row(&of_name).map(|row| {
            let address =
                (!row.name.is_empty()).then(|| view! { <small class="quiet">{row.url.clone()}</small> });
            view! { <span>{title(&row)}</span> {address.any()} }.any()
        })
    };
    view! {
        <tr>
            <th scope="row">
                <button
                    type="button"
                    class="button-text"
                    aria-pressed=flag(move || shared.chosen.with(|chosen| *chosen == here))
                    on:click=on_mouse(move |_| shared.chosen.set(choose.clone()))
                >
                    {part(name)}
                </button>
            </th>
            <td>{part(move || shared.row(&of_state).map(|row| state(&row, shared.list.with(|list| list.now))))}</td>
            <td>{part(move || shared.row(&of_events).map(|row| events(&row)))}</td>
            <td class="menu-cell">
                <MenuButton id=menu label=label bare=Icon::More items=items />
            </td>
        </tr>
    }
    .any()
}

fn state(row: &WebhookRow, now: i64) -> AnyView {
    let [waiting, retrying, failed] = row.counts;
    let (class, word) = match (row.state, row.failing_since) {
        (EndpointState::Disabled, _) => ("state bad", "Disabled".to_string()),
        (EndpointState::Paused, _) => ("state", "Paused".to_string()),
        (EndpointState::Active, Some(since)) => {
            ("state bad", format!("Failing since {}", format::ago(since, now)))
        }
        (EndpointState::Active, None) => ("state good", "Working".to_string()),
    };
    let counts = [(waiting, "waiting"), (retrying, "retrying"), (failed, "given up")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let mut said: Vec<String> =
        counts.map(|(count, word)| format!("{} {word}", format::count(*count))).collect();
    if row.state == EndpointState::Disabled {
        said.insert(0, row.reason.clone());
    }
    view! {
        <span class=class>{word}</span>
        {(!said.is_empty()).then(|| view! { <small class="quiet">{said.join(" · ")}</small> }).any()}
    }
    .any()
}

fn events(row: &WebhookRow) -> AnyView {
    let topics = if row.topics == ["*"] { "Everything".to_string() } else { row.topics.join(", ") };
    let job = (!row.job.is_empty())
        .then(|| view! { <small class="quiet">{format!("only the job {}", row.job)}</small> });
    let namespaces = (!row.namespaces.is_empty())
        .then(|| view! { <small class="quiet">{format!("only in {}", row.namespaces.join(", "))}</small> });
    view! { <span>{topics}</span> {job.any()} {namespaces.any()} }.any()
}

fn items(shared: Webhooks, row: WebhookRow) -> Vec<MenuItem> {
    let run = |label: &'static str, sign: Icon, command: Command| {
        let id = row.id.clone();
        MenuItem::new(label, sign, move || shared.run(id.clone(), command))
    };
    let active = row.state == EndpointState::Active;
    let stopped = (!active).then(|| "It is stopped: let it go on first.".to_string());
    let none = (row.counts[2] == 0).then(|| "Nothing was given up.".to_string());
    let (edited, doomed) = (row.clone(), row.clone());
    vec![
        run("Send a test", Icon::Bolt, Command::Test).unless(stopped.clone()),
        run("Send again what was given up", Icon::Redo, Command::ReplayFailed).unless(stopped.or(none)),
        MenuItem::new("Edit", Icon::Pencil, move || {
            let WebhookRow { id, name, url, topics, job, namespaces, .. } = edited.clone();
            shared.draft.set(Some(WebhookDraft { id, name, url, topics, job, namespaces }));
        }),
        if active {
            run("Pause", Icon::Clock, Command::Pause)
        } else {
            run(
                if row.state == EndpointState::Paused { "Let it go on" } else { "Enable" },
                Icon::Check,
                Command::Enable,
            )
        },
        run("Make a new secret", Icon::Redo, Command::RotateSecret),
        MenuItem::new("Delete", Icon::Trash, move || shared.ask_to_delete(&doomed)).dangerous(),
    ]
}
