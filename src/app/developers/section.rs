//! What sections are made of.

use std::sync::Arc;

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::Developers;
use crate::app::components::{Button, Icon, Look, Toast, Tone, TryAgain, copy, icon};
use crate::app::plain::{Any, on_mouse};
use crate::app::signals::Callback;
use crate::rpc::{self, RpcError};

/// The head of a section: what it is for, and what can be made there.
pub fn head(text: &'static str, offer: AnyView) -> AnyView {
    view! {
        <div class="section-head">
            <p class="quiet">{text}</p>
            <span class="grow"></span>
            {offer}
        </div>
    }
    .any()
}

/// The button that makes another one.
pub fn add(label: &'static str, press: impl Into<Callback<()>>) -> AnyView {
    view! { <Button label=label.to_string() press=press look=Look::Primary before=Icon::Plus /> }.any()
}

/// An id or an address, and a button that copies it.
pub fn copied(developers: Developers, text: String) -> AnyView {
    let button = copies(developers, text.clone(), "");
    view! { <span class="copied"><code>{text}</code> {button}</span> }.any()
}

/// A button that puts a text on the clipboard and says so. Without words of its own it is a sign, and readers hear the
/// text.
pub fn copies(developers: Developers, text: String, words: &'static str) -> AnyView {
    let (class, label) = match words {
        "" => ("button button-ghost button-bare button-small", Some(format!("Copy {text}"))),
        _ => ("button button-small", None),
    };
    let press = move |_| {
        copy(&text);
        developers.toasts.show(Toast::new(Tone::Neutral, "It is on the clipboard"));
    };
    view! {
        <button type="button" class=class aria-label=label on:click=on_mouse(press)>
            {icon(Icon::Copy)} {words}
        </button>
    }
    .any()
}

/// A list that is read for the environment that is looked at and for `question`, and again when the section moves.
pub fn reading<T, Fut>(
    developers: Developers,
    question: impl Fn() -> String + Send + Sync + 'static,
    ask: impl Fn(String, String) -> Fut + Send + Sync + 'static,
    view: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Serialize + DeserializeOwned + 'static,
    Fut: Future<Output = Result<T, RpcError>> + Send + 'static,
{
    let asked = move || {
        let environment = developers.environment.get();
        format!("{}\n{environment}\n{}", developers.moved.get(), question())
    };
    let found = rpc::read(asked, move |asked| {
        let mut parts = asked.splitn(3, '\n').skip(1).map(str::to_string);
        ask(parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    });
    let view = Arc::new(view);
    let shown = move || {
        let view = view.clone();
        Suspend::new(async move {
            match found.answer().await {
                Err(error) => {
                    view! { <TryAgain message=error.message again=move |()| developers.read() /> }.any()
                }
                Ok(list) => view(list),
            }
        })
    };
    view! { <Transition>{shown}</Transition> }.any()
}

/// Says that something went well.
pub fn say(developers: Developers, words: &'static str) {
    developers.toasts.show(Toast::new(Tone::Good, words));
}

/// Commands to be copied as they are.
pub fn commands(developers: Developers, text: String) -> AnyView {
    let button = copies(developers, text.clone(), "Copy");
    view! {
        <div class="commands">
            <pre tabindex="0" role="group" aria-label="Commands"><code>{text}</code></pre>
            {button}
        </div>
    }
    .any()
}
