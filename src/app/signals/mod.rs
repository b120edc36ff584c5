//! Signals, memos, kept values and callbacks, by the names and with the methods of Leptos. Those of Leptos are types
//! of their own for each type in them, and the browser half would carry the code of the graph once for each:
//! these keep their values behind one type, and what is known of it is only in the handle.
//!
//! Reading one after the part of the page that made it has gone is a mistake and panics, as it does in Leptos;
//! the methods with `try_` are for what may outlive it. Writing one then does nothing.

mod derived;
mod kept;
mod memo;
mod rw;

use std::any::Any;

pub use derived::Signal;
pub use kept::{Callback, LocalValue, StoredValue};
pub use memo::Memo;
pub use rw::RwSignal;

/// A value of a type that only its handle knows.
type Erased = Box<dyn Any + Send + Sync>;

/// Who reads a value by a reference to it.
type Look<'a> = &'a mut dyn FnMut(&dyn Any);

/// Who changes a value by a reference to it.
type Change<'a> = &'a mut dyn FnMut(&mut dyn Any);

/// Reads the value with the type of its handle; `None` when it has gone.
fn read<T: 'static, U>(by: impl FnOnce(Look), act: impl FnOnce(&T) -> U) -> Option<U> {
    let (mut act, mut answer) = (Some(act), None);
    by(&mut |value| {
        if let (Some(value), Some(act)) = (value.downcast_ref(), act.take()) {
            answer = Some(act(value));
        }
    });
    answer
}

/// Changes the value with the type of its handle; `None` when it has gone.
fn change<T: 'static, U>(by: impl FnOnce(Change), act: impl FnOnce(&mut T) -> U) -> Option<U> {
    let (mut act, mut answer) = (Some(act), None);
    by(&mut |value| {
        if let (Some(value), Some(act)) = (value.downcast_mut(), act.take()) {
            answer = Some(act(value));
        }
    });
    answer
}

#[cold]
#[track_caller]
fn gone() -> ! {
    panic!("read after the part of the page that it belongs to had gone")
}

/// What a handle is whatever is in it: small, and as good as its copy.
macro_rules! handle {
    ($name:ident<$($of:ident),+>) => {
        impl<$($of),+> Clone for $name<$($of),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($of),+> Copy for $name<$($of),+> {}
    };
}

/// The ways to read what changes: `look` is how it is read, and noted as read or not.
macro_rules! readable {
    ($name:ident) => {
        impl<T: Send + Sync + 'static> $name<T> {
            /// Reads the value, and again when it changes.
            #[track_caller]
            pub fn with<U>(self, act: impl FnOnce(&T) -> U) -> U {
                super::read(|look| self.look(true, look), act).unwrap_or_else(|| super::gone())
            }

            /// Reads the value as it is now.
            #[track_caller]
            pub fn with_untracked<U>(self, act: impl FnOnce(&T) -> U) -> U {
                self.try_with_untracked(act).unwrap_or_else(|| super::gone())
            }

            /// Reads the value as it is now, when it is still there.
            pub fn try_with_untracked<U>(self, act: impl FnOnce(&T) -> U) -> Option<U> {
                super::read(|look| self.look(false, look), act)
            }

            /// Does what reads it again when it changes.
            pub fn track(self) {
                self.look(true, &mut |_| {});
            }
        }

        impl<T: Clone + Send + Sync + 'static> $name<T> {
            /// The value, and again when it changes.
            #[track_caller]
            pub fn get(self) -> T {
                self.with(T::clone)
            }

            /// The value as it is now.
            #[track_caller]
            pub fn get_untracked(self) -> T {
                self.with_untracked(T::clone)
            }

            /// The value as it is now, when it is still there.
            pub fn try_get_untracked(self) -> Option<T> {
                self.try_with_untracked(T::clone)
            }
        }
    };
}

use {handle, readable};
