//! The choice at a cell that somebody else changed while the person was typing: theirs or mine.

use leptos::html;
use leptos::prelude::*;

use super::SheetControl;
use super::waiting::{CLASH_ID, Clash, Theirs};
use crate::app::components::{Icon, icon};
use crate::app::format::shortened;
use crate::app::grid::Go;
use crate::app::later;
use crate::app::plain::{Any, on_key, on_mouse, part, watch};
use crate::app::signals::{Callback, Memo};

/// Characters of a text that are shown.
const MOST_SHOWN: usize = 200;

/// The choice that waits in a sheet, if any. Its code comes with the first.
#[component]
pub fn Clashes(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    part(move || control.clashes.get().then(|| later::clash(control)))
}

/// The choices, one after the other.
pub fn choices(control: SheetControl) -> AnyView {
    let id = control.id();
    let clash = Memo::new(move |_| control.outbox.waiting.with(|waiting| waiting.clash(&id)));
    part(move || clash.get().map(|(clash, more)| choice(control, clash, more))).any()
}

/// One choice.
fn choice(control: SheetControl, clash: Clash, more: usize) -> AnyView {
    let element = NodeRef::<html::Div>::new();
    watch(move || {
        let at = control.grid.clash_at.get();
        let Some(card) = element.get() else { return };
        #[cfg(feature = "hydrate")]
        place(&card, at);
        #[cfg(not(feature = "hydrate"))]
        let _ = (card, at);
    });
    let choose = {
        let clash = clash.clone();
        Callback::new(move |is_mine: bool| {
            control.grid.go.set(Some(Go::Back));
            control.chosen(&clash, is_mine);
        })
    };
    let label = control.label(&clash.mine.field);
    let mine = clash.mine.text.clone();
    let (words, offers) = match clash.theirs {
        Theirs::Changed { now, who } => (
            view! {
                <p>
                    <b class="host">{who}</b> " changed " <b class="host">{label}</b> " to " {quoted(now)} " while you were typing."
                </p>
                <p class="quiet">"You wrote " {quoted(mine)} "."</p>
            }
            .any(),
            view! {
                {button("Keep theirs", Callback::new(move |()| choose.run(false)))}
                {button("Use mine", Callback::new(move |()| choose.run(true)))}
            }
            .any(),
        ),
        Theirs::Gone => {
            let text = mine.clone().unwrap_or_default();
            (
                view! {
                    <p>"The record was deleted while you were typing into " <b class="host">{label}</b> "."</p>
                    <p class="quiet">"You wrote " {quoted(mine)} "."</p>
                }
                .any(),
                view! {
                    {button("Copy the text", Callback::new(move |()| copy(control, &text)))}
                    {button("Close", Callback::new(move |()| choose.run(false)))}
                }
                .any(),
            )
        }
    };
    view! {
        <div
            id=CLASH_ID
            node_ref=element
            class="clash"
            role="group"
            aria-label="Changed by somebody else"
            on:keydown=on_key(move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    control.grid.go.set(Some(Go::Back));
                }
            })
        >
            <div role="alert">{icon(Icon::Warning)} <div>{words}</div></div>
            <div class="clash-offers">
                {offers}
                <kbd aria-hidden="true" title="Control and full stop lead here from the grid">"Ctrl ."</kbd>
            </div>
            {(more > 0).then(|| view! { <p class="quiet">{["One of ", &(more + 1).to_string()].concat()}</p> }).any()}
        </div>
    }
    .any()
}

fn button(label: &'static str, press: Callback<()>) -> AnyView {
    view! { <button type="button" class="button button-small" on:click=on_mouse(move |_| press.run(()))>{label}</button> }
        .any()
}

fn quoted(text: Option<String>) -> AnyView {
    let Some(text) = text else { return view! { <i>"nothing"</i> }.any() };
    ["“", &shortened(&text, MOST_SHOWN), "”"].concat().any()
}

/// Puts a text on the clipboard.
pub fn copy(control: SheetControl, text: &str) {
    #[cfg(feature = "hydrate")]
    let _ = window().navigator().clipboard().write_text(text);
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
    control.grid.trouble("The text is on the clipboard".to_string());
}

/// Under the cell, or over it where there is no room; at the lower edge when the cell is out of sight.
#[cfg(feature = "hydrate")]
fn place(card: &web_sys::HtmlElement, at: Option<(f64, f64, f64)>) {
    use crate::app::dom;
    let side = |side: Result<leptos::wasm_bindgen::JsValue, _>| side.ok().and_then(|side| side.as_f64());
    let width = side(window().inner_width()).unwrap_or(1000.0);
    let height = side(window().inner_height()).unwrap_or(800.0);
    let (_, _, own_width, own_height) = dom::place(card);
    let (left, top) = match at {
        Some((left, top, bottom)) => {
            let below = bottom + 4.0;
            let fits = below + own_height + 44.0 < height;
            (left, if fits { below } else { (top - own_height - 4.0).max(8.0) })
        }
        None => (width / 2.0 - own_width / 2.0, height - own_height - 52.0),
    };
    dom::set_lengths(card, &[("left", left.min(width - own_width - 8.0).max(8.0)), ("top", top)]);
}
