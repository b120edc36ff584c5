//! Asks before what cannot be taken back.

use leptos::prelude::*;

use super::dialog::{Dialog, open_while};
use super::follow_up::Deed;
use super::form_field::{Control, FormField};
use crate::app::plain::{Any, flag, on_mouse};
use crate::app::signals::{RwSignal, Signal};

/// What is asked.
#[derive(Clone)]
pub struct Doubt {
    /// As a question.
    pub title: String,
    /// What it brings about.
    pub text: &'static str,
    /// What the button says.
    pub verb: &'static str,
    /// What has to be written first, for what brings down much; nothing when it is empty.
    pub written: String,
    /// What happens then.
    pub deed: Deed,
}

/// The dialog: it is open while there is a doubt.
#[component]
pub fn Confirm(
    /// Its id.
    id: &'static str,
    /// What is asked now.
    doubt: RwSignal<Option<Doubt>>,
) -> impl IntoView {
    let open = open_while(move || doubt.with(Option::is_some), move || doubt.set(None));
    let title = move || doubt.with(|doubt| doubt.as_ref().map_or(String::new(), |doubt| doubt.title.clone()));
    view! {
        <Dialog id=id open=open title=Signal::derive(title)>
            {doubt.get_untracked().map(|doubt| asked(doubt, open)).any()}
        </Dialog>
    }
    .any()
}

fn asked(doubt: Doubt, open: RwSignal<bool>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let Doubt { text, verb, written, deed, .. } = doubt;
    let (label, expected) = (format!("Write {written} to go on"), written.clone());
    let waits = move || typed.with(|typed| *typed != expected);
    let (shown, asks) = (waits.clone(), !written.is_empty());
    let act = move |_| {
        if !waits() {
            open.set(false);
            deed();
        }
    };
    view! {
        <div class="dialog-body">
            <p>{text}</p>
            {asks.then(|| view! { <FormField name="confirm".to_string() label=label control=Control::Line("text") value=typed /> }).any()}
        </div>
        <footer class="dialog-foot">
            <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
            <button type="button" class="button button-danger" aria-disabled=flag(shown) on:click=on_mouse(act)>{verb}</button>
        </footer>
    }
    .any()
}
