//! What is wrong with the sheet: messages by field and kind, and what puts a whole group right.

use leptos::prelude::*;

use super::control::SheetControl;
use super::fix_all::offers;
use super::side::{focus_heading, level_sign, panel as side_panel};
use super::turns::Turns;
use crate::app::components::{EmptyState, Icon, TryAgain};
use crate::app::format::{count, counted};
use crate::app::plain::{Any, each, flag, live, on_mouse, part, watch};
use crate::app::signals::{Memo, RwSignal, Signal, StoredValue};
use crate::domain::said;
use crate::rpc::RpcError;
use crate::rpc::messages::{MessageGroup, Messages, message_groups};

/// How long edits have to rest before the messages are counted anew.
const REST_MILLISECONDS: u64 = 250;

/// What the server said last.
type Answer = RwSignal<Option<Result<Messages, RpcError>>>;

/// What is seen, so that the list, and with it the focus, stays while its numbers change.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Trouble(String),
    NoGroups,
    Groups,
}

/// The panel of errors.
pub fn panel(control: SheetControl) -> AnyView {
    let answer: Answer = RwSignal::new(None);
    let turns = Turns::new();
    let take = move |messages: Result<Messages, RpcError>| {
        if let Ok(messages) = &messages {
            control.grid.note_version(messages.version);
        }
        answer.set(Some(messages));
    };
    let ask = move |milliseconds| turns.ask(milliseconds, move || message_groups(control.id()), take);
    watch(move || {
        control.grid.version.track();
        ask(if answer.with_untracked(Option::is_some) { REST_MILLISECONDS } else { 0 });
    });
    // What was put right is not sought any more.
    let sought = StoredValue::new(Vec::<String>::new());
    watch(move || {
        let Some(Ok(messages)) = answer.get() else { return };
        let now: Vec<String> = messages.groups.into_iter().map(|group| group.filter).collect();
        let filter = control.grid.question.with_untracked(|question| question.filter.clone());
        if sought.with_value(|before| before.contains(&filter)) && !now.contains(&filter) {
            control.grid.question.update(|question| question.filter.clear());
        }
        sought.set_value(now);
    });
    focus_heading();
    let shown = Memo::new(move |_| match answer.get() {
        None => Shown::Nothing,
        Some(Err(error)) => Shown::Trouble(error.message),
        Some(Ok(messages)) if messages.groups.is_empty() => Shown::NoGroups,
        Some(Ok(_)) => Shown::Groups,
    });
    let inside = part(move || match shown.get() {
        Shown::Nothing => view! { <p class="side-body quiet">"Counting the messages…"</p> }.any(),
        Shown::Trouble(message) => {
            view! { <div class="side-body"><TryAgain message=message again=move |()| ask(0) /></div> }.any()
        }
        Shown::NoGroups => view! {
            <EmptyState
                sign=Icon::CheckCircle
                title="Nothing is wrong"
                text="No cell has a message. New ones appear here while people edit and files come in."
            />
        }
        .any(),
        Shown::Groups => list(control, answer),
    });
    side_panel(control, Signal::derive(|| "Errors".to_string()), ().any(), inside.any())
}

fn list(control: SheetControl, answer: Answer) -> AnyView {
    let groups = move || match answer.get() {
        Some(Ok(messages)) => messages.groups,
        _ => Vec::new(),
    };
    let key = |group: &MessageGroup| [group.field.as_str(), "\n", group.text.as_str()].concat();
    let keys = move || groups().iter().map(key).collect();
    let one = move |wanted: String| {
        let group = Memo::new(move |_| groups().into_iter().find(|group| key(group) == wanted));
        match group.get_untracked() {
            Some(first) => group_view(control, first, group),
            None => ().any(),
        }
    };
    let more = move || match answer.get() {
        Some(Ok(Messages { more, .. })) if more > 0 => {
            Some([&counted(more, "other kind"), " of messages"].concat())
        }
        _ => None,
    };
    view! {
        <ul class="side-body groups">{each(keys, one)}</ul>
        {part(move || more().map(|words| view! { <p class="side-more quiet">{words}</p> }))}
    }
    .any()
}

fn group_view(control: SheetControl, first: MessageGroup, group: Memo<Option<MessageGroup>>) -> AnyView {
    let filter = StoredValue::new(first.filter.clone());
    let question = control.grid.question;
    let is_open =
        Memo::new(move |_| question.with(|question| filter.with_value(|filter| question.filter == *filter)));
    let field = first.field.clone();
    let press = move |_| match is_open.get_untracked() {
        true => question.update(|question| question.filter.clear()),
        false => control.show_found(filter.get_value(), field.clone()),
    };
    let element = NodeRef::<leptos::html::Li>::new();
    watch(move || {
        if let (Some(element), true) = (element.get(), is_open.get()) {
            element.scroll_into_view_with_bool(false);
        }
    });
    let inside = first.clone();
    view! {
        <li node_ref=element class="group" class:open=live(move || is_open.get())>
            <button type="button" class="group-head" aria-expanded=flag(move || is_open.get()) on:click=on_mouse(press)>
                {level_sign(first.level)}
                <span class="group-text">
                    <b class="host">{control.label(&first.field)}</b>
                    <span class=said::class(first.hosts)>{first.text.clone()}</span>
                </span>
                <span class="n">{part(move || group.with(|group| count(group.as_ref().map_or(0, |group| group.count))))}</span>
            </button>
            {part(move || is_open.get().then(|| offers(control, inside.clone(), group)))}
        </li>
    }
    .any()
}
