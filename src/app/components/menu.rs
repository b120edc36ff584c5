//! A button that opens a menu: arrows, Home and End, type-ahead, Esc; the focus comes back to the button.

use leptos::html;
use leptos::prelude::*;

use crate::app::plain::{Any, flag, on_event, on_key, on_mouse, on_pointer, part, watch, words};
use crate::app::signals::{Callback, RwSignal, Signal, StoredValue};

use super::icon::{Icon, Sign, icon, sign};

/// One item of a menu.
#[derive(Clone)]
pub struct MenuItem {
    /// What it says.
    pub label: String,
    /// Before the label.
    pub icon: Sign,
    /// Only the icon is seen; the label is for readers.
    pub bare: bool,
    /// The host wrote label and help.
    pub hosts: bool,
    /// Help, shown on hover while it can be chosen.
    pub hint: Option<String>,
    /// Why it cannot be chosen now.
    pub reason: Option<String>,
    /// The keys that do the same.
    pub keys: &'static str,
    /// Something goes.
    pub danger: bool,
    /// What happens.
    pub run: Callback<()>,
}

impl MenuItem {
    /// An item that can be chosen.
    pub fn new(
        label: impl Into<String>,
        icon: impl Into<Sign>,
        run: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let run = Callback::new(move |()| run());
        let (label, icon) = (label.into(), icon.into());
        Self {
            label,
            icon,
            bare: false,
            hosts: false,
            hint: None,
            reason: None,
            keys: "",
            danger: false,
            run,
        }
    }

    /// The same item, which cannot be chosen if there is a reason.
    pub fn unless(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// The same item with the keys that do the same.
    pub fn with_keys(mut self, keys: &'static str) -> Self {
        self.keys = keys;
        self
    }

    /// The same item in red.
    pub fn dangerous(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// A button that opens a menu.
#[component]
pub fn MenuButton(
    /// The menu's id.
    id: String,
    /// What it says.
    label: String,
    /// In place of the label, which is then for readers only.
    #[prop(optional)]
    bare: Option<Icon>,
    /// What is in the menu.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// With more items than this there is a box to find one by its name.
    #[prop(default = usize::MAX)]
    most: usize,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let open = RwSignal::new(false);
    // Pressing the button of an open menu closes it before the click arrives, which must not open it again.
    let was_open = StoredValue::new(false);
    let spoken = bare.map(|_| label.clone());
    let show = move || {
        #[cfg(feature = "hydrate")]
        browser::show(&menu, &button);
    };
    let close = move || {
        #[cfg(feature = "hydrate")]
        browser::hide(&menu, &button);
    };
    let sought = RwSignal::new(String::new());
    let finds = move || items.with(Vec::len) > most;
    let found = move |item: &MenuItem| {
        #[cfg(feature = "hydrate")]
        return sought.with(|text| browser::contains(&item.label, text));
        #[cfg(not(feature = "hydrate"))]
        let _ = item;
        #[cfg(not(feature = "hydrate"))]
        true
    };
    let item = move |item: MenuItem| item_view(item, Callback::new(move |()| close()));
    view! {
        <button
            node_ref=button
            type="button"
            class=if bare.is_some() { "button button-ghost button-bare" } else { "button" }
            aria-haspopup="menu"
            aria-expanded=flag(move || open.get())
            aria-controls=id.clone()
            aria-label=spoken
            on:pointerdown=on_pointer(move |_| was_open.set_value(open.get_untracked()))
            on:click=on_mouse(move |event| {
                let by_pointer = event.detail() > 0;
                if if by_pointer { was_open.get_value() } else { open.get_untracked() } { close() } else { show() }
            })
            on:keydown=on_key(move |event| {
                if event.key() == "ArrowDown" && !open.get_untracked() {
                    event.prevent_default();
                    show();
                }
            })
        >
            {match bare {
                Some(which) => icon(which).any(),
                None => view! { <span>{label}</span> {icon(Icon::ChevronDown)} }.any(),
            }}
        </button>
        <div
            id=id
            node_ref=menu
            popover="auto"
            role=words(move || (!finds()).then(|| "menu".to_string()))
            class="menu"
            on:toggle=on_event(move |_| {
                #[cfg(feature = "hydrate")]
                open.set(browser::is_open(&menu));
                sought.set(String::new());
            })
            on:keydown=on_key(move |event| {
                #[cfg(feature = "hydrate")]
                if let Some(menu) = menu.get_untracked() {
                    browser::key(&menu, &event, Callback::new(move |()| close()));
                }
                #[cfg(not(feature = "hydrate"))]
                let _ = event;
            })
        >
            {part(move || finds().then(|| crate::app::later::menu_find(sought)))}
            // Where there is a box, the items alone are the menu.
            <div role=words(move || finds().then(|| "menu".to_string()))>
                {part(move || items.get().into_iter().filter(&found).map(item).collect_view())}
            </div>
        </div>
    }
    .any()
}

/// The box over the items of a long menu.
pub fn menu_find(sought: RwSignal<String>) -> AnyView {
    use crate::app::plain::live;
    view! {
        <input
            type="search"
            class="input menu-find"
            placeholder="Find an action"
            aria-label="Find an action"
            prop:value=live(move || sought.get())
            on:input=on_event(move |event| sought.set(event_target_value(&event)))
        />
    }
    .any()
}

/// The keys of a list of items that is no menu of a button: Up, Down, Home, End and letters walk over them.
#[cfg(feature = "hydrate")]
pub fn walk_items(event: &leptos::ev::KeyboardEvent) {
    use leptos::wasm_bindgen::JsCast;
    if let Some(menu) = event.current_target().and_then(|menu| menu.dyn_into().ok()) {
        browser::walk(&menu, event);
    }
}

/// One item of a menu that `close` closes.
fn item_view(item: MenuItem, close: Callback<()>) -> AnyView {
    let (run, reason) = (item.run, item.reason.clone());
    let disabled = reason.is_some().then_some("true");
    let hint = if reason.is_none() { item.hint } else { None };
    let keys = (!item.keys.is_empty()).then(|| view! { <kbd>{item.keys}</kbd> });
    view! {
        <button
            type="button"
            role="menuitem"
            tabindex="-1"
            class=if item.hosts { "menu-item host" } else { "menu-item" }
            class:danger=item.danger
            aria-disabled=disabled
            title=hint
            on:click=on_mouse(move |_| {
                if reason.is_none() {
                    close.run(());
                    run.run(());
                }
            })
        >
            {sign(item.icon)}
            <span>
                <span class=if item.bare { "sr-only" } else { "" }>{item.label}</span>
                {item.reason.map(|reason| view! { <small class="ours">{reason}</small> }).any()}
            </span>
            {keys.any()}
        </button>
    }
    .any()
}

/// A menu at a point of the window, which opens at once. `closed` hears when it is gone.
#[component]
pub fn MenuAt(
    /// What it is of, for readers.
    label: String,
    /// From the left and from the top of the window.
    point: (f64, f64),
    /// What is in it.
    items: Vec<MenuItem>,
    /// It was closed.
    #[prop(into)]
    closed: Callback<()>,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    let close = Callback::new(move |()| {
        #[cfg(feature = "hydrate")]
        if let Some(menu) = menu.get_untracked() {
            browser::close(&menu);
        }
    });
    watch(move || {
        #[cfg(feature = "hydrate")]
        if let Some(menu) = menu.get() {
            browser::open(&menu, (point.0, point.1, 0.0, 0.0));
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = point;
    });
    view! {
        <div
            node_ref=menu
            popover="auto"
            role="menu"
            class="menu"
            aria-label=label
            on:toggle=on_event(move |_| {
                #[cfg(feature = "hydrate")]
                if !browser::is_open(&menu) {
                    closed.run(());
                }
                #[cfg(not(feature = "hydrate"))]
                let _ = closed;
            })
            on:contextmenu=on_mouse(|event| event.prevent_default())
            on:keydown=on_key(move |event| {
                #[cfg(feature = "hydrate")]
                if let Some(menu) = menu.get_untracked() {
                    browser::key(&menu, &event, close);
                }
                #[cfg(not(feature = "hydrate"))]
                let _ = event;
            })
        >
            {items.into_iter().map(|item| item_view(item, close)).collect_view().any()}
        </div>
    }
    .any()
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::html;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, KeyboardEvent};

    use crate::app::dom;
    use crate::app::signals::Callback;

    pub fn is_open(menu: &NodeRef<html::Div>) -> bool {
        menu.get_untracked().is_some_and(|menu| menu.matches(":popover-open").unwrap_or(false))
    }

    /// Opens under the button.
    pub fn show(menu: &NodeRef<html::Div>, button: &NodeRef<html::Button>) {
        if let (Some(menu), Some(button)) = (menu.get_untracked(), button.get_untracked()) {
            open(&menu, dom::place(&button));
        }
    }

    /// Opens under a rectangle, or above it where there is no room, and never out of the window.
    pub fn open(menu: &HtmlElement, (left, top, width, height): (f64, f64, f64, f64)) {
        dom::call(menu, "showPopover", &[]);
        let (menu_width, menu_height) = (f64::from(menu.offset_width()), f64::from(menu.offset_height()));
        let inner =
            |value: Result<leptos::wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64());
        let window_width = inner(window().inner_width()).unwrap_or(1000.0);
        let window_height = inner(window().inner_height()).unwrap_or(800.0);
        let x = if left + menu_width > window_width - 8.0 { left + width - menu_width } else { left };
        let below = top + height + 4.0;
        let y = if below + menu_height > window_height - 8.0 {
            (top - menu_height - 4.0).max(8.0)
        } else {
            below
        };
        dom::set_lengths(menu, &[("left", x.max(8.0)), ("top", y)]);
        let find = menu.query_selector("input").ok().flatten().and_then(|find| find.dyn_into().ok());
        match find {
            Some(find) => dom::focus_still(&find),
            None => focus(menu, 0),
        }
    }

    /// Closes it, when it is open.
    pub fn close(menu: &HtmlElement) {
        if menu.matches(":popover-open").unwrap_or(false) {
            dom::call(menu, "hidePopover", &[]);
        }
    }

    pub fn hide(menu: &NodeRef<html::Div>, button: &NodeRef<html::Button>) {
        if let Some(menu) = menu.get_untracked().filter(|menu| menu.matches(":popover-open").unwrap_or(false))
        {
            dom::call(&menu, "hidePopover", &[]);
            if let Some(button) = button.get_untracked() {
                dom::focus_still(&button);
            }
        }
    }

    /// Whether what was typed is in a label, whatever its case.
    pub fn contains(label: &str, typed: &str) -> bool {
        typed.is_empty() || dom::lower(label).contains(&dom::lower(typed.trim()))
    }

    fn items(menu: &HtmlElement) -> Vec<HtmlElement> {
        let Ok(list) = menu.query_selector_all("[role^=menuitem]") else { return Vec::new() };
        (0..list.length()).filter_map(|place| list.item(place)?.dyn_into().ok()).collect()
    }

    fn focus(menu: &HtmlElement, place: usize) {
        if let Some(item) = items(menu).get(place) {
            dom::focus_still(item);
        }
    }

    pub fn key(menu: &HtmlElement, event: &KeyboardEvent, close: Callback<()>) {
        if matches!(event.key().as_str(), "Tab" | "Escape") {
            close.run(());
            event.prevent_default();
            event.stop_propagation();
        } else {
            walk(menu, event);
        }
    }

    /// Up, Down, Home, End and letters walk over the items of a menu.
    pub fn walk(element: &HtmlElement, event: &KeyboardEvent) {
        let items = items(element);
        let count = items.len();
        let focused = dom::focused();
        let place = items.iter().position(|item| focused.as_ref() == Some(item));
        let at = place.unwrap_or(0);
        let key = event.key();
        let target = match key.as_str() {
            // From the box one comes to the first item.
            "ArrowDown" if place.is_none() => Some(0),
            "ArrowDown" => Some((at + 1) % count.max(1)),
            "ArrowUp" => Some((at + count.max(1) - 1) % count.max(1)),
            // What is typed in the box stays there.
            _ if place.is_none() => return,
            "Home" => Some(0),
            "End" => Some(count.saturating_sub(1)),
            letter if letter.chars().count() == 1 && letter != " " => {
                let wanted = dom::lower(letter);
                let starts = |place: &usize| {
                    let label = items[*place].text_content().unwrap_or_default();
                    dom::lower(label.trim()).starts_with(&wanted)
                };
                (1..=count).map(|step| (at + step) % count).find(starts)
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(place) = target {
            focus(element, place);
        }
    }
}
