//! Values and functions that are kept as long as the part of the page that made them, and tell nobody.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude as graph;
use leptos::prelude::{LocalStorage, UpdateValue, WithValue};

use super::{Change, Erased, Look, change, gone, handle, read};

/// A value that is kept as long as the part of the page that made it.
pub struct StoredValue<T> {
    inner: graph::StoredValue<Erased>,
    of: PhantomData<fn(T) -> T>,
}

/// A [`StoredValue`] of what belongs to the one thread of the browser.
pub struct LocalValue<T> {
    inner: graph::StoredValue<Box<dyn Any>, LocalStorage>,
    of: PhantomData<fn(T) -> T>,
}

/// A function that is kept as long as the part of the page that made it.
pub struct Callback<In, Out = ()> {
    act: StoredValue<Act<In, Out>>,
}

type Act<In, Out> = Arc<dyn Fn(In) -> Out + Send + Sync>;

handle!(StoredValue<T>);
handle!(LocalValue<T>);
handle!(Callback<In, Out>);

macro_rules! kept {
    ($name:ident, $($bound:tt)+) => {
        impl<T: $($bound)+> $name<T> {
            /// Keeps a value.
            pub fn new(value: T) -> Self {
                Self { inner: graph::StoredValue::new_with_storage(Box::new(value)), of: PhantomData }
            }

            /// Reads the value.
            #[track_caller]
            pub fn with_value<U>(self, act: impl FnOnce(&T) -> U) -> U {
                self.try_with_value(act).unwrap_or_else(|| gone())
            }

            /// Reads the value, when it is still there.
            pub fn try_with_value<U>(self, act: impl FnOnce(&T) -> U) -> Option<U> {
                read(|look| self.look(look), act)
            }

            /// Changes the value.
            pub fn update_value(self, act: impl FnOnce(&mut T)) {
                self.try_update_value(act);
            }

            /// Changes the value, when it is still there.
            pub fn try_update_value<U>(self, act: impl FnOnce(&mut T) -> U) -> Option<U> {
                change(|change| self.alter(change), act)
            }

            /// Puts another value in its place.
            pub fn set_value(self, value: T) {
                self.try_update_value(|kept| *kept = value);
            }
        }

        impl<T: Clone + $($bound)+> $name<T> {
            /// The value.
            #[track_caller]
            pub fn get_value(self) -> T {
                self.with_value(T::clone)
            }

            /// The value, when it is still there.
            pub fn try_get_value(self) -> Option<T> {
                self.try_with_value(T::clone)
            }
        }
    };
}

kept!(StoredValue, Send + Sync + 'static);
kept!(LocalValue, 'static);

impl<T> StoredValue<T> {
    fn look(self, look: Look) {
        let _ = self.inner.try_with_value(|value| look(&**value));
    }

    fn alter(self, change: Change) {
        self.inner.update_value(|value| change(&mut **value));
    }
}

impl<T> LocalValue<T> {
    fn look(self, look: Look) {
        let _ = self.inner.try_with_value(|value| look(&**value));
    }

    fn alter(self, change: Change) {
        self.inner.update_value(|value| change(&mut **value));
    }
}

impl<In: 'static, Out: 'static> Callback<In, Out> {
    /// Keeps a function.
    pub fn new(act: impl Fn(In) -> Out + Send + Sync + 'static) -> Self {
        Self { act: StoredValue::new(Arc::new(act)) }
    }

    /// Calls it.
    #[track_caller]
    pub fn run(self, input: In) -> Out {
        self.try_run(input).unwrap_or_else(|| gone())
    }

    /// Calls it, when it is still there.
    pub fn try_run(self, input: In) -> Option<Out> {
        self.act.try_get_value().map(|act| act(input))
    }
}

impl<In: 'static, Out: 'static, F: Fn(In) -> Out + Send + Sync + 'static> From<F> for Callback<In, Out> {
    fn from(act: F) -> Self {
        Self::new(act)
    }
}
