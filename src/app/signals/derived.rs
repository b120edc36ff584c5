//! A value that somebody else decides, read by one who need not know how.

use std::sync::Arc;

use super::{Callback, Look, Memo, RwSignal, handle, readable};

/// A value that somebody else decides: a constant, a signal, a memo, or what follows from them.
pub struct Signal<T> {
    say: Callback<(), T>,
}

handle!(Signal<T>);
readable!(Signal);

impl<T: Send + Sync + 'static> Signal<T> {
    /// What `say` says each time.
    pub fn derive(say: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { say: Callback::new(move |()| say()) }
    }

    fn look(self, tracked: bool, look: Look) {
        let say = || self.say.try_run(());
        if let Some(value) = if tracked { say() } else { leptos::prelude::untrack(say) } {
            look(&value);
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Signal<T> {
    /// Always the same.
    pub fn stored(value: T) -> Self {
        let value = Arc::new(value);
        Self::derive(move || T::clone(&value))
    }
}

impl<T: Clone + Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(value: &str) -> Self {
        Self::stored(value.to_string())
    }
}

impl<T: Clone + Send + Sync + 'static> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self::derive(move || signal.get())
    }
}

impl<T: Clone + Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}

impl<T: Clone + Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}
