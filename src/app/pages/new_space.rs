//! The dialog that makes a space from a blueprint: pasted, dropped, or the example.

use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_change, on_mouse, part};
use leptos::task::spawn_local;

use crate::app::components::{Control, Dialog, DropZone, FormField, Picked};
use crate::app::later;
use crate::app::router::Router;
use crate::app::signals::{Callback, RwSignal};
use crate::domain::route::Route;
use crate::rpc::spaces::{self, Created};

/// The example: people with the usual rules.
const PEOPLE: &str = include_str!("../../../benches/people.blueprint.json");

/// The dialog.
#[component]
pub fn NewSpace(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog id="new-space" open=open title="New space" wide=true>
            {later::new_space_form(open)}
        </Dialog>
    }
    .any()
}

/// The form in it.
pub fn new_space_form(open: RwSignal<bool>) -> AnyView {
    let name = RwSignal::new(String::new());
    let blueprint = RwSignal::new(String::new());
    let name_error = RwSignal::new(None::<String>);
    let blueprint_error = RwSignal::new(None::<String>);
    let creating = RwSignal::new(false);
    let router = Router::of_page();
    for (text, error) in [(name, name_error), (blueprint, blueprint_error)] {
        on_change(move || text.get(), move |_| error.set(None));
    }
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (title, text) = (name.get_untracked().trim().to_string(), blueprint.get_untracked());
        if title.is_empty() {
            name_error.set(Some("Give the space a name.".to_string()));
        }
        if text.trim().is_empty() {
            blueprint_error.set(Some("Paste a blueprint, drop a file, or take the example.".to_string()));
        }
        if title.is_empty() || text.trim().is_empty() || creating.get_untracked() {
            focus(if title.is_empty() { "field-space-name" } else { "field-blueprint" });
            return;
        }
        creating.set(true);
        spawn_local(async move {
            let answer = spaces::create_space(title, text).await;
            creating.set(false);
            let trouble = match answer {
                Ok(Created::Space(id)) => {
                    open.set(false);
                    router.go(&Route::Space { space: id }.path());
                    return;
                }
                Ok(Created::Refused { place, message }) if place.is_empty() => message,
                Ok(Created::Refused { place, message }) => format!("At {place}: {message}"),
                Err(error) => error.message,
            };
            blueprint_error.set(Some(trouble));
            focus("field-blueprint");
        });
    };
    let read = Callback::new(move |file: Picked| read_file(file, name, blueprint, blueprint_error));
    let example = move |_| {
        blueprint.set(PEOPLE.to_string());
        if name.with_untracked(|name| name.trim().is_empty()) {
            name.set("People".to_string());
        }
    };
    view! {
        <form on:submit=submit novalidate>
            <div class="dialog-body">
                <FormField name="space-name".to_string() label="Name".to_string() control=Control::Line("text") value=name required=true error=name_error />
                <DropZone label="Drop a blueprint file here, or choose one".to_string() accept=".json,application/json" pick=read />
                <FormField
                    name="blueprint".to_string()
                    label="Blueprint".to_string()
                    control=Control::Area(10)
                    value=blueprint
                    required=true
                    help=Some("JSON: a workbook with sheets, a list of sheets, or one sheet with fields.".to_string())
                    error=blueprint_error
                />
                <button type="button" class="button button-ghost" on:click=on_mouse(example)>"Use the example: people"</button>
            </div>
            <footer class="dialog-foot">
                <button type="button" class="button" on:click=on_mouse(move |_| open.set(false))>"Cancel"</button>
                <button type="submit" class="button button-primary" aria-disabled=flag(move || creating.get())>
                    {part(move || if creating.get() { "Creating…" } else { "Create space" })}
                </button>
            </footer>
        </form>
    }
    .any()
}

fn focus(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(control) = crate::app::dom::by_id(id) {
        crate::app::dom::focus_still(&control);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

#[cfg(feature = "hydrate")]
fn read_file(
    file: Picked,
    name: RwSignal<String>,
    blueprint: RwSignal<String>,
    error: RwSignal<Option<String>>,
) {
    const MOST_BYTES: f64 = 4_000_000.0;
    if file.size() > MOST_BYTES {
        error.set(Some(format!("{} is too large for a blueprint.", file.name())));
        return;
    }
    spawn_local(async move {
        match crate::app::dom::text_of(&file).await {
            Some(text) => {
                blueprint.set(text);
                let stem = file.name().split('.').next().unwrap_or("").to_string();
                if name.try_with_untracked(|name| name.trim().is_empty()) == Some(true) {
                    name.set(stem);
                }
            }
            None => {
                let _ = error
                    .try_set(Some(format!("{} could not be read. Paste its text instead.", file.name())));
            }
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn read_file(
    _file: Picked,
    _name: RwSignal<String>,
    _blueprint: RwSignal<String>,
    _error: RwSignal<Option<String>>,
) {
}
