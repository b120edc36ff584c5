//! A draft that is filled in: the dialog around it, its fields, and the way to send it, once at a time.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::dialog::{Dialog, open_while};
use crate::app::plain::{Any, flag, on_mouse};
use crate::app::signals::{RwSignal, Signal};

/// What is done once a draft was taken and its dialog is closed.
pub type Taken = Box<dyn FnOnce()>;

/// A draft was taken; then this is done.
pub fn taken(then: impl FnOnce() + 'static) -> Taken {
    Box::new(then)
}

/// What the form of a draft shares with its dialog.
#[derive(Clone, Copy)]
pub struct Filling {
    open: RwSignal<bool>,
    /// Why the draft was not taken the last time: the error of the first field.
    pub error: RwSignal<Option<String>>,
    saving: RwSignal<bool>,
}

/// The dialog in which something is made or changed: it is open while there is a draft.
pub fn draft_dialog<D: Clone + Send + Sync + 'static>(
    id: &'static str,
    draft: RwSignal<Option<D>>,
    heading: fn(&D) -> &'static str,
    form: impl Fn(D, Filling) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let open = open_while(move || draft.with(Option::is_some), move || draft.set(None));
    let heading = move || draft.with(|draft| draft.as_ref().map_or("", heading).to_string());
    let filled = move || {
        let (error, saving) = (RwSignal::new(None), RwSignal::new(false));
        draft.get_untracked().map(|draft| form(draft, Filling { open, error, saving })).any()
    };
    dialog(id, open, Signal::derive(heading), Arc::new(filled))
}

fn dialog(
    id: &'static str,
    open: RwSignal<bool>,
    heading: Signal<String>,
    filled: Arc<dyn Fn() -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <Dialog id=id open=open title=heading>{filled()}</Dialog> }.any()
}

impl Filling {
    /// The form of these fields. `send` says why the draft is not taken, or what is done when it is; a second press
    /// while it is on its way does nothing.
    pub fn form<Fut>(self, verb: &'static str, fields: AnyView, send: impl Fn() -> Fut + 'static) -> AnyView
    where
        Fut: Future<Output = Result<Taken, String>> + 'static,
    {
        let Self { open, error, saving } = self;
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if saving.get_untracked() {
                return;
            }
            saving.set(true);
            error.set(None);
            let sent = send();
            spawn_local(async move {
                let answer = sent.await;
                let _ = saving.try_set(false);
                match answer {
                    Ok(then) => {
                        let _ = open.try_set(false);
                        then();
                    }
                    Err(refused) => {
                        let _ = error.try_set(Some(refused));
                    }
                }
            });
        };
        view! {
            <form on:submit=submit novalidate>
                <div class="dialog-body">{fields}</div>
                <footer class="dialog-foot">
                    <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                    <button type="submit" class="button button-primary" aria-disabled=flag(move || saving.get())>{verb}</button>
                </footer>
            </form>
        }
        .any()
    }
}
