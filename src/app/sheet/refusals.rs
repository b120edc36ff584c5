//! The edits that the server refused: none of them is lost until the person says so.

use leptos::prelude::*;

use super::SheetControl;
use super::clash::copy;
use super::waiting::Refusal;
use crate::app::components::{Dialog, EmptyState, Icon};
use crate::app::format::shortened;
use crate::app::plain::{Any, on_change, on_mouse, part};
use crate::app::signals::{Memo, RwSignal};

/// Characters of a text that are shown.
const MOST_SHOWN: usize = 80;

/// The list of them.
pub fn refusals(control: SheetControl, open: RwSignal<bool>) -> AnyView {
    let id = control.id();
    let list = Memo::new(move |_| control.outbox.waiting.with(|waiting| waiting.refusals(&id)));
    // The dialog opens once its element is there.
    let shown = RwSignal::new(false);
    request_animation_frame(move || shown.set(true));
    on_change(
        move || shown.get(),
        move |shown| {
            if !shown {
                open.set(false);
            }
        },
    );
    let inside = move || {
        match list.get() {
        none if none.is_empty() => {
            view! { <EmptyState sign=Icon::CheckCircle title="Nothing is left" text="Every refused change was settled." /> }
                .any()
        }
        some => {
            let one = move |refusal| one(control, refusal);
            view! { <ul class="refusals">{some.into_iter().map(one).collect_view().any()}</ul> }.any()
        }
    }
    };
    view! {
        <Dialog id="refusals" open=shown title="Changes that were refused">
            <div class="dialog-body">{part(inside)}</div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| shown.set(false))>"Close"</button>
            </footer>
        </Dialog>
    }
    .any()
}

fn one(control: SheetControl, refusal: Refusal) -> AnyView {
    let whole = refusal.edit.text.clone().unwrap_or_default();
    let text = shortened(&whole, MOST_SHOWN);
    let label = control.label(&refusal.edit.field);
    let (again, drop) = (refusal.clone(), refusal.clone());
    let offer = |words: &'static str, press: Box<dyn Fn()>| {
        let named = [words, ": ", &label, " “", &text, "”"].concat();
        view! {
            <button type="button" class="button button-small" aria-label=named on:click=on_mouse(move |_| press())>{words}</button>
        }
        .any()
    };
    view! {
        <li>
            <p><b class="host">{label.clone()}</b> " " <q>{text.clone()}</q></p>
            <p class="field-error">{refusal.reason}</p>
            <div class="clash-offers">
                {offer("Try again", Box::new(move || control.settle(&again, true)))}
                {offer("Copy", Box::new(move || copy(control, &whole)))}
                {offer("Discard", Box::new(move || control.settle(&drop, false)))}
            </div>
        </li>
    }
    .any()
}
