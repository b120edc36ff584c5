//! What is filtered, as chips under the toolbar: each can be taken away.

use leptos::prelude::*;

use super::super::SheetControl;
use super::words::describe;
use crate::app::components::{Icon, icon};
use crate::app::plain::{Any, on_mouse, part};
use crate::app::signals::StoredValue;
use crate::domain::query::facet;

/// The row of chips.
pub fn filter_chips(control: SheetControl) -> AnyView {
    let open = on_mouse(move |_| control.filtering.set(true));
    let clear = on_mouse(move |_| control.filter(String::new()));
    view! {
        <ul class="chips" aria-label="Filters">{part(move || each_chip(control))}</ul>
        <button type="button" class="button button-ghost button-small" on:click=open>"Edit filter"</button>
        <button type="button" class="button button-ghost button-small" on:click=clear>"Clear all"</button>
    }
    .any()
}

fn each_chip(control: SheetControl) -> Vec<AnyView> {
    let refused = move |words: &str| {
        chip(["The filter cannot be used. ", words].concat(), true, move || control.filter(String::new()))
    };
    let parts = match control.condition() {
        Ok(condition) => condition.map(facet::parts).unwrap_or_default(),
        Err(error) => return vec![refused(&error)],
    };
    // What can be read may still name a field that is not there, or a value that no such field has.
    if let Some(words) = control.grid.refused.get() {
        return vec![refused(&words)];
    }
    let words = control
        .sheet
        .with_value(|sheet| parts.iter().map(|part| describe(part, &sheet.columns)).collect::<Vec<_>>());
    let parts = StoredValue::new(parts);
    let one = |(place, words): (usize, String)| {
        chip(words, false, move || {
            let mut left = parts.get_value();
            left.remove(place);
            control.filter_by(facet::whole(left));
        })
    };
    words.into_iter().enumerate().map(one).collect()
}

fn chip(words: String, bad: bool, remove: impl Fn() + 'static) -> AnyView {
    let label = ["Remove the filter “", &words, "”"].concat();
    view! {
        <li class=if bad { "chip bad" } else { "chip" }>
            <span>{words}</span>
            <button type="button" aria-label=label on:click=on_mouse(move |_| remove())>
                {icon(Icon::Close)}
            </button>
        </li>
    }
    .any()
}
