//! A value that is read and written, and tells those who read it.

use std::marker::PhantomData;

use leptos::prelude as graph;
use leptos::prelude::{IsDisposed, Set, Update, With, WithUntracked};

use super::{Change, Erased, Look, change, handle, readable};

/// A value that is read and written, and tells those who read it.
pub struct RwSignal<T> {
    inner: graph::RwSignal<Erased>,
    of: PhantomData<fn(T) -> T>,
}

handle!(RwSignal<T>);
readable!(RwSignal);

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal with its first value.
    pub fn new(value: T) -> Self {
        Self { inner: graph::RwSignal::new(Box::new(value)), of: PhantomData }
    }

    /// Puts another value in its place.
    pub fn set(self, value: T) {
        self.try_set(value);
    }

    /// Puts another value in its place, and says whether the signal was still there.
    pub fn try_set(self, value: T) -> bool {
        put(self.inner, Box::new(value))
    }

    /// Changes the value.
    pub fn update(self, act: impl FnOnce(&mut T)) {
        self.try_update(act);
    }

    /// Changes the value, when it is still there.
    pub fn try_update<U>(self, act: impl FnOnce(&mut T) -> U) -> Option<U> {
        change(|change| alter(self.inner, change), act)
    }

    /// Whether the part of the page that it belongs to has gone.
    pub fn is_disposed(self) -> bool {
        self.inner.is_disposed()
    }

    fn look(self, tracked: bool, look: Look) {
        see(self.inner, tracked, look);
    }
}

fn see(signal: graph::RwSignal<Erased>, tracked: bool, look: Look) {
    let look = |value: &Erased| look(&**value);
    let _ = if tracked { signal.try_with(look) } else { signal.try_with_untracked(look) };
}

fn put(signal: graph::RwSignal<Erased>, value: Erased) -> bool {
    signal.try_set(value).is_none()
}

fn alter(signal: graph::RwSignal<Erased>, change: Change) {
    signal.update(|value| change(&mut **value));
}
