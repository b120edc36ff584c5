//! Sends the edits of cells, one lot after the other, and again until the server has them. It outlives the pages:
//! what waits is sent wherever the person goes meanwhile.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::turns::Turns;
use super::waiting::Waiting;
use crate::app::components::{Toast, Toasts, Tone};
use crate::app::format::{counted, shortened};
use crate::app::signals::{Callback, RwSignal, StoredValue};
use crate::rpc::ErrorKind;
use crate::rpc::records::{self, CellEdit, Edited};

/// How long an answer may take before people are told that their edits wait.
const LONG_MILLISECONDS: u64 = 6_000;
/// Characters of a refused text that a note shows.
const MOST_SHOWN: usize = 60;

/// What a sheet's page hears of its edits.
pub enum News {
    /// They were answered.
    Answered(Vec<(CellEdit, Edited)>),
    /// The server cannot be reached.
    Away,
}

/// The edits of this browser page on their way to the server.
#[derive(Clone, Copy)]
pub struct Outbox {
    /// What waits.
    pub waiting: RwSignal<Waiting>,
    /// The sheet whose page is open, and what it does with news of it.
    page: StoredValue<Option<(String, Callback<News>)>>,
    /// Where notes go.
    toasts: StoredValue<Option<Toasts>>,
    turns: Turns,
}

impl Outbox {
    /// Provides it to all pages, and follows the connection.
    pub fn provide() {
        let outbox = Self {
            waiting: RwSignal::new(Waiting::default()),
            page: StoredValue::new(None),
            toasts: StoredValue::new(None),
            turns: Turns::new(),
        };
        provide_context(outbox);
        #[cfg(feature = "hydrate")]
        browser::follow(outbox);
    }

    /// The one of this browser page.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Tells a sheet's page of its edits from now on.
    pub fn open(self, sheet: String, page: Callback<News>) {
        self.page.set_value(Some((sheet, page)));
    }

    /// Notes go there from now on.
    pub fn tell(self, toasts: Toasts) {
        self.toasts.set_value(Some(toasts));
    }

    /// Takes edits and sends them.
    pub fn write(self, sheet: &str, edits: Vec<CellEdit>) {
        self.waiting.update(|waiting| edits.into_iter().for_each(|edit| waiting.write(sheet, edit)));
        self.go_on();
    }

    /// Makes a change of what waits, and sends what that brings.
    pub fn change(self, change: impl FnOnce(&mut Waiting)) {
        self.waiting.update(change);
        self.go_on();
    }

    /// Sends what is new, unless the server is away and will be tried anyway.
    fn go_on(self) {
        if !self.waiting.with_untracked(|waiting| waiting.is_away() && waiting.tries_itself()) {
            self.try_now();
        }
    }

    /// The server answers again: what waits is sent.
    #[cfg(feature = "hydrate")]
    pub fn wake(self) {
        if self.waiting.try_update(|waiting| waiting.connected(true)) == Some(true) {
            self.try_now();
        }
    }

    /// Sends what waits, now.
    pub fn try_now(self) {
        let Some((sheet, edits)) = self.waiting.try_update(Waiting::next).flatten() else { return };
        let turn = self.turns.begin();
        let long = move || {
            if self.turns.is_last(turn) {
                self.waiting.update(Waiting::takes_long);
            }
        };
        set_timeout(long, Duration::from_millis(LONG_MILLISECONDS));
        spawn_local(async move {
            let count = edits.len();
            let answer = records::edit_cells(sheet.clone(), edits).await;
            self.turns.begin();
            match answer {
                Ok(answers) if !answers.is_empty() => self.answered(&sheet, answers),
                Err(error) if !matches!(error.kind, ErrorKind::Network | ErrorKind::Unavailable) => {
                    self.answered(&sheet, vec![Edited::Refused(error); count]);
                }
                _ => self.failed(&sheet),
            }
        });
    }

    fn answered(self, sheet: &str, answers: Vec<Edited>) {
        let was_away = self.waiting.with_untracked(Waiting::is_away);
        let Some(told) = self.waiting.try_update(|waiting| waiting.answered(answers)) else { return };
        let refused = told.iter().filter_map(|(edit, answer)| match answer {
            Edited::Refused(error) => Some((edit.text.clone(), error.message.clone())),
            _ => None,
        });
        for (text, reason) in refused {
            let title = match text {
                Some(text) => ["“", &shortened(&text, MOST_SHOWN), "” was not saved"].concat(),
                None => "The emptied cell was not saved".to_string(),
            };
            self.note(Toast::new(Tone::Bad, title).saying(reason));
        }
        let saved = told.iter().filter(|(_, answer)| matches!(answer, Edited::Saved(_))).count();
        if was_away && saved > 0 {
            let words = counted(saved as u64, "change") + if saved == 1 { " was sent" } else { " were sent" };
            self.note(Toast::new(Tone::Good, words));
        }
        self.hear(sheet, News::Answered(told));
        self.try_now();
    }

    fn failed(self, sheet: &str) {
        let Some(pause) = self.waiting.try_update(Waiting::failed) else { return };
        self.hear(sheet, News::Away);
        self.turns.after(pause.into(), Box::new(move |_| self.try_now()));
    }

    fn hear(self, sheet: &str, news: News) {
        let open = self.page.try_get_value().flatten();
        if let Some((_, page)) = open.filter(|(open, _)| open == sheet) {
            page.try_run(news);
        }
    }

    fn note(self, toast: Toast) {
        if let Some(Some(toasts)) = self.toasts.try_get_value() {
            toasts.show(toast);
        }
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo::events::{EventListener, EventListenerOptions};
    use leptos::prelude::*;

    use super::{Outbox, Waiting};
    use crate::app::plain::watch;
    use crate::app::signals::LocalValue;

    /// Hears of the connection, and warns of leaving while something would be lost.
    pub fn follow(outbox: Outbox) {
        for (name, is_connected) in [("online", true), ("offline", false)] {
            let listener = EventListener::new(&window(), name, move |_| {
                if is_connected {
                    outbox.wake();
                } else {
                    outbox.waiting.update(|waiting| _ = waiting.connected(false));
                }
            });
            listener.forget();
        }
        let guard = LocalValue::new(None::<EventListener>);
        watch(move || {
            let warns = outbox.waiting.with(Waiting::is_at_risk);
            guard.update_value(|guard| match (warns, guard.is_some()) {
                (true, false) => {
                    let options = EventListenerOptions::enable_prevent_default();
                    let warn = |event: &web_sys::Event| event.prevent_default();
                    *guard = Some(EventListener::new_with_options(&window(), "beforeunload", options, warn));
                }
                (false, true) => *guard = None,
                _ => {}
            });
        });
    }
}
