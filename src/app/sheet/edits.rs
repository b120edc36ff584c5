//! What the sheet's page does with news of the edits of its cells.

use super::SheetControl;
use super::control::Saving;
use super::outbox::News;
use super::waiting::{Clash, Refusal};
use crate::app::grid::change::AWAY;
use crate::app::plain::{on_change, watch};
use crate::app::signals::Callback;
use crate::rpc::records::Edited;

/// Keeps the grid and the status bar true while edits are on their way.
pub fn follow(control: SheetControl) {
    let id = control.id();
    let page = Callback::new(move |news: News| match news {
        News::Answered(told) => {
            told.into_iter().for_each(|(_, answer)| control.answered(answer));
            control.state.refresh();
        }
        News::Away => control.went_away(),
    });
    control.outbox.open(id.clone(), page);
    let (waiting, grid) = (control.outbox.waiting, control.grid);
    watch(move || control.stands.set(true));
    watch(move || {
        let (away, clashes) = waiting.with(|waiting| (waiting.is_away(), waiting.clash(&id).is_some()));
        for (signal, now) in [(grid.away, away), (control.clashes, clashes)] {
            if signal.get_untracked() != now {
                signal.set(now);
            }
        }
    });
    on_change(
        move || grid.away.get(),
        move |away| {
            let words = if *away { "The server cannot be reached" } else { "The server answers again" };
            grid.say(words.to_string());
        },
    );
}

impl SheetControl {
    fn answered(self, answer: Edited) {
        match answer {
            Edited::Saved(standings) => {
                if self.waiting.try_get_untracked() == Some(1) {
                    self.saving.set(Saving::Saved);
                }
                self.grid.note_version(standings.version);
                self.stepped();
            }
            Edited::Refused(_) | Edited::Changed { .. } | Edited::Gone => {
                self.saving.set(Saving::Failed);
                self.doubt();
            }
        }
        self.arrived();
    }

    /// The person has chosen between what they wrote and what somebody else did.
    pub fn chosen(self, clash: &Clash, is_mine: bool) {
        self.settled(is_mine);
        self.outbox.change(|waiting| waiting.choose(clash, is_mine));
    }

    /// A refused edit is put away, or tried once more.
    pub fn settle(self, refusal: &Refusal, again: bool) {
        self.settled(again);
        self.outbox.change(|waiting| waiting.settle(refusal, again));
    }

    fn settled(self, is_sent: bool) {
        if is_sent {
            self.waiting.update(|count| *count += 1);
        }
        let rests = self.waiting.get_untracked() == 0;
        self.saving.set(if rests { Saving::Saved } else { Saving::Under });
    }

    /// What is shown of the rows may be wrong.
    fn doubt(self) {
        self.grid.doubted.update(|times| *times += 1);
    }

    /// Changes of many cells do not wait.
    fn went_away(self) {
        let dropped = self.queue.try_update_value(std::mem::take).unwrap_or_default();
        if !dropped.is_empty() {
            self.grid.trouble(AWAY.to_string());
            self.doubt();
        }
    }
}
