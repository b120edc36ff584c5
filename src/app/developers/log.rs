//! A log that goes on by itself, and shows older lines with each press.

use leptos::prelude::*;

use crate::app::components::Button;
use crate::app::following::Following;
use crate::app::plain::{Any, part};
use crate::app::signals::{Memo, RwSignal};

/// Lines that are shown first, and further ones with each press.
pub const STEP: u64 = 50;

/// An answer with the newest lines.
pub trait Lines {
    /// The ids of the lines, the newest first.
    fn ids(&self) -> Vec<String>;
    /// Whether there are older ones.
    fn has_more(&self) -> bool;
}

/// The ids of the lines that are known.
pub fn ids<T: Lines + Send + Sync + 'static>(log: Following<T>) -> Vec<String> {
    log.found.with(|list| list.as_ref().map(Lines::ids).unwrap_or_default())
}

/// The log: what stands there without a line, or the lines; `older` is the button below them.
pub fn log<T: Lines + Send + Sync + 'static>(
    log: Following<T>,
    most: RwSignal<u64>,
    older: &'static str,
    empty: impl Fn() -> AnyView + Send + Sync + 'static,
    lines: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let state = Memo::new(move |_| log.found.with(|list| list.as_ref().map(|list| list.ids().is_empty())));
    let has_more = Memo::new(move |_| log.found.with(|list| list.as_ref().is_some_and(Lines::has_more)));
    view! {
        {log.state()}
        {part(move || match state.get() {
            None => ().any(),
            Some(true) => empty(),
            Some(false) => lines(),
        })}
        {part(move || has_more.get().then(|| {
            let more = move |()| most.update(|most| *most += STEP);
            view! { <p class="more"><Button label=older.to_string() press=more /></p> }
        }))}
    }
    .any()
}
