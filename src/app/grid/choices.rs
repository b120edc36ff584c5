//! The list beside an editor: choices of a field, values of another sheet, items of a list, a calendar.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::picking::{LIST_ID, Pick, Picking, choices};
use crate::app::format::lower;
use crate::app::plain::{Any, on_event, on_mouse, on_pointer, part, watch};
use crate::domain::value::is_date;
use crate::rpc::cells;
use crate::rpc::records::{Choice, ColumnKind};

/// The list of what can be chosen, while a cell is edited.
#[component]
pub fn Choices(
    /// What the editor and the list tell one another.
    picking: Picking,
) -> impl IntoView {
    part(move || match picking.open.get().filter(|pick| pick.size.0 > 0.0) {
        Some(pick) => crate::app::later::choices(picking, pick),
        None => ().any(),
    })
}

/// The list for one cell.
#[component]
pub fn ChoicesOf(
    /// What the editor and the list tell one another.
    picking: Picking,
    /// For which cell.
    pick: Pick,
) -> impl IntoView {
    match pick.field.kind {
        ColumnKind::Date => calendar(picking, &pick),
        _ => list(picking, pick),
    }
}

/// Keeps the focus in the editor while something beside it is pressed.
fn stays(event: leptos::ev::PointerEvent) {
    event.prevent_default();
}

fn list(picking: Picking, pick: Pick) -> AnyView {
    let popup = NodeRef::<leptos::html::Div>::new();
    let (is_list, refers) = (pick.field.kind == ColumnKind::List, pick.field.refers);
    let known = choices(&pick.field);
    let (before, label) = (pick.before.clone(), pick.field.label.clone());
    let cell = (pick.sheet_id.clone(), pick.record.clone(), pick.field.key.clone());
    watch(move || {
        let typed = picking.typed.get();
        if refers {
            ask(picking, cell.clone(), typed);
            return;
        }
        let items = picking.items.get();
        let wanted = lower(typed.trim());
        let fits = |choice: &&Choice| {
            !items.contains(&choice.value) && (wanted.is_empty() || lower(&choice.label).contains(&wanted))
        };
        picking.offered.set(known.iter().filter(fits).cloned().collect());
        // What was typed means the first that begins with it.
        let first = picking.offered.with_untracked(|offered| {
            offered.iter().position(|choice| !wanted.is_empty() && lower(&choice.label).starts_with(&wanted))
        });
        picking.at.set(first);
    });
    watch(move || {
        #[cfg(feature = "hydrate")]
        if let (Some(popup), Some(at)) = (popup.get(), picking.at.get()) {
            browser::mark(&popup, at);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = popup;
    });
    #[cfg(feature = "hydrate")]
    browser::place(popup, pick.clone());
    let chip = move |(place, item): (usize, String)| {
        let remove = move |_| picking.items.update(|items| _ = items.remove(place));
        let words = ["Remove ", &item].concat();
        view! {
            <li class="host">
                {item}
                <button type="button" class="ours" tabindex="-1" aria-label=words on:click=on_mouse(remove)>"×"</button>
            </li>
        }
        .any()
    };
    let option = move |(place, choice): (usize, Choice)| {
        let (value, is_now) = (choice.value.clone(), before.as_deref() == Some(choice.value.as_str()));
        let press = move |_| super::picking::choose(picking, value.clone(), is_list);
        view! {
            <div
                role="option"
                id=["grid-choice-", &place.to_string()].concat()
                class="choice host"
                class:now=is_now
                aria-selected=if is_now { "true" } else { "false" }
                on:click=on_mouse(press)
            >
                {choice.label}
            </div>
        }
        .any()
    };
    let nothing = move || {
        let none = picking.offered.with(Vec::is_empty);
        none.then(|| {
            let words = if is_list { "Enter adds what you typed" } else { "No choice contains this" };
            view! { <p class="choice-none">{words}</p> }
        })
    };
    view! {
        <div class="choices" node_ref=popup on:pointerdown=on_pointer(stays)>
            {is_list
                .then(|| view! { <ul class="chips" aria-label="Items">{part(move || picking.items.get().into_iter().enumerate().map(chip).collect::<Vec<_>>())}</ul> }).any()}
            <div id=LIST_ID role="listbox" aria-label=label>
                {part(move || picking.offered.get().into_iter().enumerate().map(option.clone()).collect::<Vec<_>>())}
            </div>
            {part(nothing)}
        </div>
    }
    .any()
}

/// Asks the server for the values that a reference may have; an answer to an older text is passed over.
fn ask(picking: Picking, (sheet, record, field): (String, String, String), typed: String) {
    spawn_local(async move {
        let Ok(values) = cells::referable(sheet, record, field, typed.clone()).await else { return };
        if picking.typed.try_get_untracked().as_ref() != Some(&typed) {
            return;
        }
        let items = picking.items.try_get_untracked().unwrap_or_default();
        let choice = |value: String| Choice { label: value.clone(), value };
        let offered = values.into_iter().filter(|value| !items.contains(value)).map(choice).collect();
        picking.offered.set(offered);
    });
}

fn calendar(picking: Picking, pick: &Pick) -> AnyView {
    let popup = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    browser::place(popup, pick.clone());
    // The control shows a day or nothing.
    let before = pick.before.clone().filter(|text| is_date(text));
    let choose = move |event| {
        let day = event_target_value(&event);
        if !day.is_empty() {
            picking.pressed.set(Some(day));
        }
    };
    view! {
        <div class="choices calendar" node_ref=popup>
            <input type="date" tabindex="-1" aria-label="Choose a day" prop:value=before on:change=on_event(choose) />
        </div>
    }
    .any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::html::Div;
    use leptos::prelude::*;
    use web_sys::HtmlElement;

    use super::Pick;
    use crate::app::dom;
    use crate::app::plain::watch;

    /// Room that a list takes at most.
    const TALLEST: f64 = 264.0;

    /// Opens under the editor, or above it where there is no room.
    pub fn place(popup: NodeRef<Div>, pick: Pick) {
        watch(move || {
            let Some(popup) = popup.get() else { return };
            let inner = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(800.0);
            let below = pick.y + pick.size.1 + 2.0;
            let height = f64::from(popup.offset_height()).min(TALLEST);
            let y = if below + height > inner - 8.0 { (pick.y - height - 2.0).max(8.0) } else { below };
            dom::set_lengths(&popup, &[("left", pick.x), ("top", y), ("min-width", pick.size.0)]);
        });
    }

    /// Shows which choice the arrow keys have come to, to eyes and readers.
    pub fn mark(popup: &HtmlElement, at: usize) {
        let Ok(all) = popup.query_selector_all("[role=option]") else { return };
        for place in 0..all.length() {
            let Some(option) = all.item(place) else { continue };
            let Ok(option) = leptos::wasm_bindgen::JsCast::dyn_into::<HtmlElement>(option) else { continue };
            let is_here = place as usize == at;
            let _ = option.class_list().toggle_with_force("at", is_here);
            if is_here {
                dom::call(&option, "scrollIntoView", &[nearest()]);
                if let Some(editor) = dom::focused() {
                    let _ = editor.set_attribute("aria-activedescendant", &option.id());
                }
            }
        }
    }

    fn nearest() -> leptos::wasm_bindgen::JsValue {
        let options = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&options, &"block".into(), &"nearest".into());
        options.into()
    }
}
