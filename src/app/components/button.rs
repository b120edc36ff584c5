//! A button. One that cannot be pressed stays in reach and says why.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_mouse, part, words};
use crate::app::signals::{Callback, Signal, StoredValue};

use super::icon::{Sign, sign};

/// How a button looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// Outlined.
    #[default]
    Plain,
    /// Filled: the one to press.
    Primary,
    /// No outline.
    Ghost,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button button-primary",
            Self::Ghost => "button button-ghost",
        }
    }
}

/// A button with a label, and perhaps an icon before it.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
    /// What happens.
    #[prop(into)]
    press: Callback<()>,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// Before the label.
    #[prop(optional, into)]
    before: Sign,
    /// The label is for readers only.
    #[prop(optional)]
    bare: bool,
    /// Why it cannot be pressed now; shown on hover and focus.
    #[prop(optional, into)]
    reason: Signal<Option<String>>,
    /// The host wrote label and help.
    #[prop(optional)]
    hosts: bool,
    /// Help, shown on hover and focus.
    #[prop(optional_no_strip)]
    hint: Option<String>,
) -> impl IntoView {
    let hint = StoredValue::new(hint);
    let explanation = move || reason.get().or_else(|| hint.get_value());
    let class = if bare { format!("{} button-bare", look.class()) } else { look.class().to_string() };
    view! {
        <span class=if hosts { "with-hint host" } else { "with-hint" }>
            <button
                type="button"
                class=class
                aria-disabled=flag(move || reason.with(Option::is_some))
                aria-label=words(move || bare.then(|| label.get()))
                aria-description=words(explanation)
                on:click=on_mouse(move |_| {
                    if reason.with_untracked(Option::is_none) {
                        press.run(());
                    }
                })
            >
                {sign(before)}
                {(!bare).then(|| view! { <span title=hosts.then(|| label.get_untracked())>{part(move || label.get())}</span> }).any()}
            </button>
            {part(move || {
                explanation()
                    .or_else(|| bare.then(|| label.get()))
                    .map(|words| view! { <span class="hint" aria-hidden="true">{words}</span> })
            })}
        </span>
    }
    .any()
}
