//! A value that follows from others, and tells those who read it only when it has become another.

use std::any::Any;
use std::marker::PhantomData;

use leptos::prelude as graph;
use leptos::prelude::{With, WithUntracked};

use super::{Look, handle, readable};

/// A value that follows from others, and tells those who read it only when it has become another.
pub struct Memo<T> {
    inner: graph::Memo<Comparable>,
    of: PhantomData<fn() -> T>,
}

handle!(Memo<T>);
readable!(Memo);

/// A value of a type that only its handle knows, and how two of them are compared.
struct Comparable {
    value: super::Erased,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Comparable {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&*self.value, &*other.value)
    }
}

type Follow = Box<dyn Fn(Option<&dyn Any>) -> Comparable + Send + Sync>;

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// What `follow` says, told the value before.
    pub fn new(follow: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let follow = move |before: Option<&dyn Any>| Comparable {
            value: Box::new(follow(before.and_then(|before| before.downcast_ref()))),
            same: |one, other| one.downcast_ref::<T>() == other.downcast_ref(),
        };
        Self { inner: begin(Box::new(follow)), of: PhantomData }
    }
}

impl<T: Send + Sync + 'static> Memo<T> {
    fn look(self, tracked: bool, look: Look) {
        see(self.inner, tracked, look);
    }
}

fn begin(follow: Follow) -> graph::Memo<Comparable> {
    graph::Memo::new(move |before: Option<&Comparable>| {
        follow(before.map(|before| &*before.value as &dyn Any))
    })
}

fn see(memo: graph::Memo<Comparable>, tracked: bool, look: Look) {
    let look = |kept: &Comparable| look(&*kept.value);
    let _ = if tracked { memo.try_with(look) } else { memo.try_with_untracked(look) };
}
