//! What was sent to a webhook.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Webhooks, title};
use crate::app::components::{Button, Control, FormField, Table};
use crate::app::following::follow;
use crate::app::format;
use crate::app::plain::{Any, each, on_mouse, part};
use crate::app::signals::{Memo, RwSignal, Signal};
use crate::domain::webhook::DeliveryState;
use crate::rpc::webhooks::{self, DeliveryList, DeliveryRow, WebhookCommand};

/// The states that can be shown alone, and their words.
const STATES: &[(&str, &str)] = &[
    ("", "All"),
    ("waiting", "Waiting"),
    ("retrying", "Retrying"),
    ("delivered", "Delivered"),
    ("failed", "Given up"),
];

/// The log of the chosen webhook.
pub fn log(shared: Webhooks) -> AnyView {
    let state = RwSignal::new(String::new());
    let question = move || (shared.chosen.get(), state.get(), shared.moved.get());
    let ask = |(webhook, state, _): (String, String, u32)| async move {
        match webhook.is_empty() {
            true => Ok(DeliveryList::default()),
            false => webhooks::deliveries(webhook, DeliveryState::parse(&state)).await,
        }
    };
    let following =
        follow(question, ask, |known, new| known.deliveries == new.deliveries && known.total == new.total);
    let found = following.found;
    let name = move || shared.row(&shared.chosen.get()).map(|row| title(&row)).unwrap_or_default();
    let given_up = move || shared.row(&shared.chosen.get()).map_or(0, |row| row.counts[2]);
    let reason = move || (given_up() == 0).then(|| "Nothing was given up.".to_string());
    let choices = STATES.iter().map(|(key, label)| (key.to_string(), label.to_string())).collect();
    let keys = move || read(found, |list| list.deliveries.iter().map(|row| row.id.clone()).collect());
    // Nothing while the first answer is on its way.
    let is_empty =
        Memo::new(move |_| found.with(|list| list.as_ref().map(|list| list.deliveries.is_empty())));
    view! {
        <section class="webhook-log" aria-labelledby="webhook-log-heading">
            <div class="webhooks-head">
                <h2 id="webhook-log-heading">{part(move || format!("Sent to {}", name()))}</h2>
                <span class="grow"></span>
                <FormField name="webhook-state".to_string() label="Show".to_string() control=Control::Choice(choices) value=state />
                <Button
                    label="Replay failed".to_string()
                    reason=Signal::derive(reason)
                    press=move |()| shared.run(shared.chosen.get_untracked(), WebhookCommand::ReplayFailed)
                />
            </div>
            {following.state()}
            {part(move || (is_empty.get() == Some(true)).then(|| {
                let words = move || if state.get().is_empty() {
                    "Nothing was sent yet. An event that it hears of, or a test, comes here."
                } else {
                    "Nothing is in this state."
                };
                view! { <p class="quiet">{part(words)}</p> }
            }))}
            {part(move || (is_empty.get() == Some(false)).then(|| {
                view! {
                    <Table class="deliveries-table" caption="Deliveries" headings=&["Event", "State", "When", "#Tries", "Answer", ""]>
                        {each(keys, move |id| row(shared, found, id))}
                    </Table>
                }
            }))}
            {part(move || read(found, |list| {
                let more = list.total.saturating_sub(list.deliveries.len() as u64);
                (more > 0).then(|| view! { <p class="quiet">{format!("{} older ones", format::count(more))}</p> })
            }))}
        </section>
    }
    .any()
}

/// What is known of the deliveries; nothing of them before the first answer.
fn read<T>(found: RwSignal<Option<DeliveryList>>, of: impl FnOnce(&DeliveryList) -> T) -> T {
    found.with(|list| match list {
        Some(list) => of(list),
        None => of(&DeliveryList::default()),
    })
}

fn row(shared: Webhooks, found: RwSignal<Option<DeliveryList>>, id: String) -> AnyView {
    let find = move |id: &str| read(found, |list| list.deliveries.iter().find(|row| row.id == id).cloned());
    let Some(first) = find(&id) else { return ().any() };
    let now = untrack(|| read(found, |list| list.now));
    let [of_state, of_tries, of_answer, looked, again] = std::array::from_fn(|_| id.clone());
    let topic = first.topic.clone();
    let replay = move |_| {
        let (webhook, delivery) = (shared.chosen.get_untracked(), again.clone());
        spawn_local(async move {
            if let Err(error) = webhooks::replay(webhook, delivery).await {
                shared.toasts.fail("It was not sent again", error);
            }
            shared.changed();
        });
    };
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="button-text" on:click=on_mouse(move |_| shared.looking.set(find(&looked)))>
                    {first.topic}
                </button>
            </th>
            <td>{part(move || find(&of_state).map(|row| state(&row, read(found, |list| list.now))))}</td>
            <td>{format::ago(first.created_at, now)}</td>
            <td class="text-right">{part(move || find(&of_tries).map(|row| row.tries.to_string()))}</td>
            <td class="wide">{part(move || find(&of_answer).map(|row| answer(&row)))}</td>
            <td class="menu-cell">
                <button type="button" class="button button-small" aria-label=format!("Replay {topic}") on:click=on_mouse(replay)>"Replay"</button>
            </td>
        </tr>
    }
    .any()
}

/// How far a delivery is, in a word.
pub fn state(row: &DeliveryRow, now: i64) -> AnyView {
    let class = match row.state {
        DeliveryState::Waiting => "state",
        DeliveryState::Retrying => "state running",
        DeliveryState::Delivered => "state good",
        DeliveryState::Failed => "state bad",
    };
    let word = STATES.iter().find(|(key, _)| *key == row.state.as_str()).map_or("", |(_, word)| *word);
    let next = row.next_try_at.map(|next| format!("again in {}", format::span(next - now)));
    view! { <span class=class>{word}</span> {next.map(|next| view! { <small class="quiet">{next}</small> }).any()} }
        .any()
}

/// What the last try came to, in words.
pub fn answer(row: &DeliveryRow) -> String {
    let mut said: Vec<String> = row.status.map(|status| status.to_string()).into_iter().collect();
    said.extend(row.duration.map(|duration| format!("{duration} ms")));
    if !row.note.is_empty() {
        said.push(row.note.clone());
    }
    said.join(" · ")
}
