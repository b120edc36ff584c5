//! Changes of many cells or records: sent one after the other, once what was typed before has arrived, and told of
//! when they went otherwise than people think.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::SheetControl;
use super::changing::offer_undo;
use super::control::Saving;
use super::paste;
use crate::app::components::{Toast, Tone};
use crate::app::format::{count, counted};
use crate::app::grid::Go;
use crate::app::grid::change::{AWAY, Change};
use crate::app::plain::{Any, part};
use crate::domain::fill::Fill;
use crate::rpc::RpcError;
use crate::rpc::cells::{self, Added, Adding, Filled, Stepped};
use crate::rpc::records::Standings;

/// What is being made, where it takes a while. The code that makes it comes with the first change.
#[component]
pub fn Changes(
    /// The sheet.
    control: SheetControl,
) -> impl IntoView {
    part(move || match control.making.get() {
        Some(change) => crate::app::later::made(control, change),
        None => ().any(),
    })
}

/// Makes a change, and tells when it is done.
pub fn made(control: SheetControl, change: Arc<Change>) -> AnyView {
    if let Some(rows) = paste::rows(&change) {
        return paste::paste(control, change, rows);
    }
    let id = control.sheet.with_value(|sheet| sheet.id.clone());
    spawn_local(async move {
        let done = control.perform(id, Arc::unwrap_or_clone(change)).await;
        control.ended(done);
    });
    ().any()
}

impl SheetControl {
    /// A change is made, or refused.
    pub(super) fn ended(self, done: bool) {
        self.making.set(None);
        self.saving.set(if done { Saving::Saved } else { Saving::Failed });
        if !done {
            self.grid.doubted.update(|times| *times += 1);
        }
        self.state.refresh();
        self.arrived();
    }

    /// Makes a change when those before it are made.
    pub fn make(self, change: Change) {
        if self.grid.away.get_untracked() {
            self.grid.trouble(AWAY.to_string());
            return;
        }
        if self.waiting.get_untracked() > 0 {
            self.queue.update_value(|queue| queue.push_back(change));
            return;
        }
        self.waiting.set(1);
        self.saving.set(Saving::Under);
        self.making.set(Some(Arc::new(change)));
    }

    /// Something that was written has arrived, or not; what waited for it may go.
    pub fn arrived(self) {
        let left = self.waiting.try_update(|waiting| {
            *waiting = waiting.saturating_sub(1);
            *waiting
        });
        if left == Some(0)
            && let Some(next) = self.queue.try_update_value(|queue| queue.pop_front()).flatten()
        {
            self.make(next);
        }
    }

    /// Asks how many steps there are to undo and redo, while the sheet is open.
    pub fn count_steps(self) {
        let Some(id) = self.sheet.try_with_value(|sheet| sheet.id.clone()) else { return };
        spawn_local(async move {
            if let Ok(left) = cells::steps_left(id).await {
                self.steps.set(left);
            }
        });
    }

    /// What was just written can be undone, and nothing redone any more.
    pub fn stepped(self) {
        self.steps.update(|steps| *steps = (steps.0 + 1, 0));
    }

    /// False when it was refused; people know then.
    async fn perform(self, id: String, change: Change) -> bool {
        match change {
            Change::Fill { block, fill, added, several } => {
                let fill = match (fill, several) {
                    (Fill::Table(table), Some((ranges, columns))) => {
                        Fill::Areas(ranges.areas(&columns), Some(table.text(0, 0).to_string()))
                    }
                    (fill, _) => fill,
                };
                let answer = cells::fill_cells(id, block, fill, added).await;
                self.filled(answer)
            }
            Change::Delete(rows, records) => match cells::delete_rows(id.clone(), rows).await {
                Ok((standings, change)) => {
                    self.took(standings);
                    self.stepped();
                    offer_undo(self, id, counted(records, "record") + " deleted", change);
                    true
                }
                Err(error) => self.refused("No record was deleted", error),
            },
            Change::Add(adding) => {
                let at_end = adding == Adding::AtEnd;
                self.added(at_end, cells::add_records(id, adding).await)
            }
            Change::Step(again) => {
                let choosing = self.grid.question.with_untracked(|question| question.choosing());
                match cells::step(id, again, choosing).await {
                    Ok(step) => self.took_step(again, step),
                    Err(error) => {
                        self.refused(
                            if again { "This was not redone" } else { "This was not undone" },
                            error,
                        );
                    }
                }
                true
            }
        }
    }

    /// Cells were written, or not.
    pub(super) fn filled(self, answer: Result<Filled, RpcError>) -> bool {
        match answer {
            Ok(Filled::Done(standings)) => self.took(standings),
            Ok(Filled::Job(card)) => self.state.jobs.heard_of(*card),
            Err(error) => return self.refused("The cells were not changed", error),
        }
        self.stepped();
        true
    }

    fn took(self, standings: Standings) {
        self.grid.note_version(standings.version);
    }

    /// Goes to the records that came. Where a filter or an order does not show them, it is given up.
    fn added(self, at_end: bool, answer: Result<Added, RpcError>) -> bool {
        let Added { standings, records, row, is_shown } = match answer {
            Ok(added) => added,
            Err(error) => return self.refused("No record was added", error),
        };
        let asked = |question: &crate::app::grid::Question| (question.narrows(), question.sort.is_some());
        let (narrows, is_sorted) = self.grid.question.try_with_untracked(asked).unwrap_or_default();
        if !is_shown && (narrows || is_sorted) {
            self.grid.question.set(Default::default());
        }
        if !is_shown || !narrows {
            self.counts.set(standings.counts);
        }
        self.took(standings);
        self.stepped();
        if at_end {
            self.grid.say("Added at the end".to_string());
        } else {
            self.grid.say([&counted(records, "record"), " added at row ", &count(row + 1)].concat());
        }
        self.grid.reveal.set(Some((row, !at_end)));
        true
    }

    fn took_step(self, again: bool, step: Option<Stepped>) {
        let Some(step) = step else {
            let words = if again { "There is nothing to redo" } else { "There is nothing to undo" };
            self.grid.trouble(words.to_string());
            return;
        };
        self.steps.set(step.left);
        self.took(step.standings);
        let words = [if again { "Redone: " } else { "Undone: " }, &step.what].concat();
        if step.skipped > 0 {
            let kept = counted(step.skipped, "cell") + " changed again since then stayed as they are";
            self.state.toasts.show(Toast::new(Tone::Neutral, words).saying(kept));
        } else {
            self.state.toasts.show(Toast::new(Tone::Good, words));
        }
        let cell = |(row, field)| Go::Cell { row, field: Some(field), focus: true };
        self.grid.go.set(step.place.map(cell));
    }

    fn refused(self, title: &str, error: RpcError) -> bool {
        self.state.fail(title, error);
        false
    }
}
