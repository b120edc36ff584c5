//! Short notes at the bottom right. News is said politely, errors at once; the ones that offer
//! something stay until they are closed.

use leptos::prelude::*;

use crate::app::plain::{Any, each, on_mouse};
use crate::app::signals::{Callback, RwSignal, StoredValue};

use super::follow_up::FollowUp;
use super::icon::{Icon, icon};
use crate::domain::said::Said;

/// How a toast is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// News.
    Neutral,
    /// It went wrong.
    Bad,
}

/// One note.
#[derive(Clone)]
pub struct Toast {
    /// How it is meant.
    pub tone: Tone,
    /// The heading.
    pub title: Said,
    /// The rest.
    pub message: Option<Said>,
    /// What it offers.
    pub actions: Vec<FollowUp>,
}

impl Toast {
    /// A note without more.
    pub fn new(tone: Tone, title: impl Into<Said>) -> Self {
        Self { tone, title: title.into(), message: None, actions: Vec::new() }
    }

    /// The same with a text.
    pub fn saying(mut self, message: impl Into<Said>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// The notes that are shown, each with its number.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<(u64, Toast)>>,
    /// Numbers are never used again: a timer may still know an old one.
    next: StoredValue<u64>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }
}

/// How long news without an offer stays.
const MILLISECONDS: u64 = 7_000;
/// How many are shown at once.
const MOST: usize = 4;

impl Toasts {
    /// Shows a note.
    pub fn show(&self, toast: Toast) {
        let stays = toast.tone == Tone::Bad || !toast.actions.is_empty();
        // Nobody is there to read it once the space was left.
        let Some(number) = self.next.try_update_value(|next| {
            *next += 1;
            *next
        }) else {
            return;
        };
        self.shown.try_update(|toasts| {
            toasts.push((number, toast));
            if toasts.len() > MOST {
                toasts.remove(0);
            }
        });
        let toasts = *self;
        if !stays {
            set_timeout(move || toasts.close(number), std::time::Duration::from_millis(MILLISECONDS));
        }
    }

    /// Shows that something failed.
    pub fn fail(&self, title: impl Into<String>, message: impl ToString) {
        self.show(Toast::new(Tone::Bad, title.into()).saying(message.to_string()));
    }

    fn close(&self, number: u64) {
        self.shown.try_update(|toasts| toasts.retain(|(other, _)| *other != number));
    }
}

/// Where the notes appear; `children` stand above them.
#[component]
pub fn ToastRegion(
    /// The notes.
    toasts: Toasts,
    /// What stands above them, such as running jobs.
    children: Children,
) -> impl IntoView {
    let list = move |bad: bool| {
        let numbers = move || {
            let of_kind = |(_, toast): &&(u64, Toast)| (toast.tone == Tone::Bad) == bad;
            toasts
                .shown
                .with(|shown| shown.iter().filter(of_kind).map(|(number, _)| number.to_string()).collect())
        };
        each(numbers, move |number| {
            let found = |shown: &Vec<(u64, Toast)>| {
                shown.iter().find(|(other, _)| other.to_string() == number).cloned()
            };
            toasts.shown.with_untracked(found).map(|(number, toast)| one(toasts, number, toast)).any()
        })
    };
    view! {
        <section class="toasts" aria-label="Notifications">
            {children()}
            <div role="status" aria-live="polite">{list(false)}</div>
            <div role="alert">{list(true)}</div>
        </section>
    }
    .any()
}

fn one(toasts: Toasts, number: u64, toast: Toast) -> AnyView {
    let (class, sign) = match toast.tone {
        Tone::Good => ("toast good", Icon::CheckCircle),
        Tone::Neutral => ("toast", Icon::Info),
        Tone::Bad => ("toast bad", Icon::Alert),
    };
    let close = Callback::new(move |()| toasts.close(number));
    let action = move |action: FollowUp| action.view("button", close);
    view! {
        <div class=class>
            <p class="toast-title">
                {icon(sign)} <b class=toast.title.class()>{toast.title.words.clone()}</b>
                <button type="button" class="toast-close" aria-label="Close this note" on:click=on_mouse(move |_| toasts.close(number))>
                    {icon(Icon::Close)}
                </button>
            </p>
            {toast.message.map(|message| view! { <p class=message.class()>{message.words.clone()}</p> }).any()}
            {(!toast.actions.is_empty())
                .then(|| view! { <div class="toast-actions">{toast.actions.into_iter().map(action).collect_view().any()}</div> }).any()}
        </div>
    }
    .any()
}
