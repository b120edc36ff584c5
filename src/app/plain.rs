//! Closures of a view under a handful of types. The browser half carries the code of a view, an effect or a
//! resource once for each type in it, so a hundred closures of their own would be a hundred times the same code.

use std::sync::Arc;

use leptos::ev::{DragEvent, Event, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;

/// A view of any type as one type. In place of `into_any`, which takes the wrappers around a view along
/// as types of their own, and lists and options of each type.
pub trait Any {
    /// The view, of one type.
    fn any(self) -> AnyView;
}

impl<T: IntoAny> Any for View<T> {
    fn any(self) -> AnyView {
        self.into_inner().into_any()
    }
}

impl<V: Any> Any for Option<V> {
    fn any(self) -> AnyView {
        self.map(Any::any).into_any()
    }
}

impl<V: Any> Any for Vec<V> {
    fn any(self) -> AnyView {
        self.into_iter().map(Any::any).collect::<Vec<_>>().into_any()
    }
}

macro_rules! any {
    ($($view:ty),*) => {$(
        impl Any for $view {
            fn any(self) -> AnyView {
                self.into_any()
            }
        }
    )*};
}

any!((), &'static str, String, AnyView, Box<dyn FnMut() -> AnyView + Send>);

/// A part of a view that changes.
pub fn part<V: Any>(view: impl Fn() -> V + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || view().any())
}

/// One view for each key, made when the key comes and kept until it goes.
pub fn each(
    keys: impl Fn() -> Vec<String> + Send + Sync + 'static,
    view: impl Fn(String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    keyed(Box::new(keys), Arc::new(view))
}

type Keys = Box<dyn Fn() -> Vec<String> + Send + Sync>;
type ViewOfKey = Arc<dyn Fn(String) -> AnyView + Send + Sync>;

fn keyed(keys: Keys, view: ViewOfKey) -> AnyView {
    view! { <For each=keys key=String::clone children=move |key| view(key) /> }.any()
}

/// A class or property that changes.
pub fn live<T>(value: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(value)
}

/// An attribute that changes, and is not there at times.
pub fn words(
    text: impl FnMut() -> Option<String> + Send + 'static,
) -> Box<dyn FnMut() -> Option<String> + Send> {
    Box::new(text)
}

/// A state of ARIA that changes: `true` or `false`.
pub fn flag(mut is: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> &'static str + Send> {
    Box::new(move || if is() { "true" } else { "false" })
}

/// A number within bounds. The one of the standard library prints the bounds when they are the wrong way round, and the
/// code that prints numbers is larger than a dialog.
pub fn between(number: f64, least: f64, most: f64) -> f64 {
    number.min(most).max(least)
}

/// Does something now, and again when what it reads has changed. In the browser only.
pub fn watch(act: impl FnMut() + 'static) {
    begin(Box::new(act));
}

/// Does something with each new value, but not with the first. In the browser only.
pub fn on_change<T: PartialEq + 'static>(value: impl Fn() -> T + 'static, mut act: impl FnMut(&T) + 'static) {
    let mut known = None;
    watch(move || {
        let now = value();
        if known.as_ref().is_some_and(|known| *known != now) {
            untrack(|| act(&now));
        }
        known = Some(now);
    });
}

fn begin(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_| act());
}

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident = $event:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(act: impl FnMut($event) + 'static) -> Box<dyn FnMut($event)> {
            Box::new(act)
        }
    )*};
}

handlers! {
    /// What a press does.
    on_mouse = MouseEvent;
    /// What a key does.
    on_key = KeyboardEvent;
    /// What a pointer does before it is a press.
    on_pointer = PointerEvent;
    /// What a dragged file does.
    on_drag = DragEvent;
    /// What any other event does.
    on_event = Event;
}
