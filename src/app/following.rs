//! Pages that go on by themselves: what they show is read anew while somebody looks at it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::plain::{Any, part, watch};
use crate::app::signals::RwSignal;
use crate::rpc::RpcError;

/// How often the server is asked while a page is seen that goes on by itself.
const EVERY: Duration = Duration::from_secs(2);

/// What is known now.
pub struct Following<T> {
    /// The answer to the question of now; nothing before the first.
    pub found: RwSignal<Option<T>>,
    /// Why the last question has no answer; empty when it has one.
    failed: RwSignal<String>,
}

impl<T> Clone for Following<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Following<T> {}

/// Asks now, when the question changes, and every few seconds while somebody sees the page. An answer to an older
/// question is passed over, and an answer that says the same leaves the list as it is, with its focus.
pub fn follow<Q, T, Fut>(
    question: impl Fn() -> Q + Copy + 'static,
    ask: impl Fn(Q) -> Fut + Copy + 'static,
    is_same: fn(&T, &T) -> bool,
) -> Following<T>
where
    Q: Clone + PartialEq + 'static,
    T: Send + Sync + 'static,
    Fut: Future<Output = Result<T, RpcError>> + 'static,
{
    let following = Following { found: RwSignal::new(None), failed: RwSignal::new(String::new()) };
    let Following { found, failed } = following;
    // Nothing once the list has gone, and with it what the question reads.
    let current = move || found.try_with_untracked(|_| ()).map(|()| untrack(question));
    let read = move || {
        let Some(asked) = current() else { return };
        spawn_local(async move {
            let answer = ask(asked.clone()).await;
            if current() != Some(asked) {
                return;
            }
            match answer {
                Ok(list) => {
                    failed.set(String::new());
                    let is_new =
                        |known: &Option<T>| known.as_ref().is_none_or(|known| !is_same(known, &list));
                    if found.with_untracked(is_new) {
                        found.set(Some(list));
                    }
                }
                Err(error) => failed.set(error.message),
            }
        });
    };
    watch(move || {
        question();
        read();
    });
    while_seen(read);
    following
}

impl<T: Send + Sync + 'static> Following<T> {
    /// What stands over the list: that it is being read, or why it is not the newest.
    pub fn state(self) -> AnyView {
        let Self { found, failed } = self;
        part(move || match (failed.get(), found.with(Option::is_some)) {
            (message, _) if !message.is_empty() => {
                view! { <p class="field-error" role="alert">{message}</p> }.any()
            }
            (_, false) => view! { <p class="quiet" role="status">"Reading…"</p> }.any(),
            (_, true) => ().any(),
        })
        .any()
    }
}

/// Does something every few seconds while somebody sees the page.
pub fn while_seen(act: impl Fn() + Copy + 'static) {
    let look = move || {
        #[cfg(feature = "hydrate")]
        if document().visibility_state() == web_sys::VisibilityState::Visible {
            act();
        }
        #[cfg(not(feature = "hydrate"))]
        act();
    };
    watch(move || {
        let interval = set_interval_with_handle(look, EVERY).ok();
        on_cleanup(move || {
            if let Some(interval) = interval {
                interval.clear();
            }
        });
    });
}
