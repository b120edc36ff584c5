//! Questions that overtake one another: only the last one counts.

use std::time::Duration;

use crate::app::signals::StoredValue;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Counts questions.
#[derive(Clone, Copy)]
pub struct Turns(StoredValue<u32>);

impl Turns {
    /// No question was asked yet.
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// A new question; answers to those before it are of no use any more.
    pub fn begin(self) -> u32 {
        let next = self.0.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        next.unwrap_or(0)
    }

    /// Whether no other question was asked since; never once the page was left.
    pub fn is_last(self, turn: u32) -> bool {
        self.0.try_with_value(|last| *last == turn) == Some(true)
    }

    /// Asks a moment later, unless another question comes first.
    pub fn after(self, milliseconds: u64, ask: Box<dyn FnOnce(u32)>) {
        let turn = self.begin();
        let later = move || {
            if self.is_last(turn) {
                ask(turn);
            }
        };
        set_timeout(later, Duration::from_millis(milliseconds));
    }

    /// Asks a question a moment later; its answer is taken unless another question comes meanwhile.
    pub fn ask<Q: Future + 'static>(
        self,
        milliseconds: u64,
        question: impl FnOnce() -> Q + 'static,
        take: impl FnOnce(Q::Output) + 'static,
    ) {
        let begin = move |turn| {
            let question = question();
            spawn_local(async move {
                let answer = question.await;
                if self.is_last(turn) {
                    take(answer);
                }
            });
        };
        self.after(milliseconds, Box::new(begin));
    }
}
