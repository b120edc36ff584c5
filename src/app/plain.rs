//! Closures of a view under a handful of types. The browser half carries the code of a view once for
//! each type in it, so a hundred closures of their own would be a hundred times the same code.

use leptos::ev::{DragEvent, Event, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;

/// A part of a view that changes.
pub fn part<V: IntoAny>(view: impl Fn() -> V + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || view().into_any())
}

/// An attribute, class or property that changes.
pub fn live<T: Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    Signal::derive(value)
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
