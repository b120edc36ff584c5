//! What was sent to a webhook.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Webhooks, title};
use crate::app::components::{Button, Control, FormField, Table};
use crate::app::format;
use crate::app::plain::{Any, each, on_mouse, part, watch};
use crate::app::signals::{RwSignal, Signal};
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
    let found = RwSignal::new(DeliveryList { deliveries: Vec::new(), total: 0, now: 0 });
    // Answers to older questions are passed over.
    let asked = RwSignal::new((String::new(), String::new()));
    watch(move || {
        shared.moved.track();
        let question = (shared.chosen.get(), state.get());
        if question.0.is_empty() {
            return;
        }
        asked.set(question.clone());
        spawn_local(async move {
            let answer = webhooks::deliveries(question.0.clone(), DeliveryState::parse(&question.1)).await;
            let current = asked.try_with_untracked(|asked| *asked == question) == Some(true);
            if let (Ok(list), true) = (answer, current)
                && found
                    .with_untracked(|known| known.deliveries != list.deliveries || known.total != list.total)
            {
                found.set(list);
            }
        });
    });
    let name = move || shared.row(&shared.chosen.get()).map(|row| title(&row)).unwrap_or_default();
    let given_up = move || shared.row(&shared.chosen.get()).map_or(0, |row| row.counts[2]);
    let reason = move || (given_up() == 0).then(|| "Nothing was given up.".to_string());
    let choices = STATES.iter().map(|(key, label)| (key.to_string(), label.to_string())).collect();
    let keys = move || found.with(|list| list.deliveries.iter().map(|row| row.id.clone()).collect());
    let none = crate::app::signals::Memo::new(move |_| found.with(|list| list.deliveries.is_empty()));
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
            {part(move || none.get().then(|| {
                let words = move || if state.get().is_empty() {
                    "Nothing was sent yet. An event that it hears of, or a test, comes here."
                } else {
                    "Nothing is in this state."
                };
                view! { <p class="quiet">{part(words)}</p> }
            }))}
            {part(move || (!none.get()).then(|| {
                view! {
                    <Table class="deliveries-table" caption="Deliveries" headings=&["Event", "State", "When", "#Tries", "Answer", ""]>
                        {each(keys, move |id| row(shared, found, id))}
                    </Table>
                }
            }))}
            {part(move || found.with(|list| {
                let more = list.total.saturating_sub(list.deliveries.len() as u64);
                (more > 0).then(|| view! { <p class="quiet">{format!("{} older ones", format::count(more))}</p> })
            }))}
        </section>
    }
    .any()
}

fn row(shared: Webhooks, found: RwSignal<DeliveryList>, id: String) -> AnyView {
    let find = move |id: &str| found.with(|list| list.deliveries.iter().find(|row| row.id == id).cloned());
    let Some(first) = find(&id) else { return ().any() };
    let now = found.with_untracked(|list| list.now);
    let [of_state, of_tries, of_answer, looked, again] = std::array::from_fn(|_| id.clone());
    let topic = first.topic.clone();
    let replay = move |_| {
        let (webhook, delivery) = (shared.chosen.get_untracked(), again.clone());
        spawn_local(async move {
            if let Err(error) = webhooks::replay(webhook, delivery).await {
                shared.toasts.fail("It was not sent again", error);
            }
            shared.read();
        });
    };
    view! {
        <tr>
            <th scope="row">
                <button type="button" class="button-text" on:click=on_mouse(move |_| shared.looking.set(find(&looked)))>
                    {first.topic}
                </button>
            </th>
            <td>{part(move || find(&of_state).map(|row| state(&row, found.with(|list| list.now))))}</td>
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
