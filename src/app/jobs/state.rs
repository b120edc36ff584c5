//! The jobs of a space that run now, kept up to date by the live stream and, should that be silent,
//! by asking.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::outcome;
use crate::app::components::{Toast, Toasts, Tone};
#[cfg(feature = "hydrate")]
use crate::app::dom::{self, Json};
#[cfg(feature = "hydrate")]
use crate::app::plain::between;
use crate::app::plain::watch;
use crate::app::signals::{RwSignal, StoredValue};
use crate::domain::job::{JobMode, JobStatus};
#[cfg(feature = "hydrate")]
use crate::rpc::ErrorKind;
use crate::rpc::RpcError;
use crate::rpc::jobs::{self, JobCard};
use crate::rpc::layouts;

/// The jobs that a page knows of.
#[derive(Clone, Copy)]
pub struct Jobs {
    /// Those that run, the newest last.
    pub running: RwSignal<Vec<JobCard>>,
    /// Outcomes that wait to be closed; the first one is shown.
    pub outcomes: RwSignal<Vec<JobCard>>,
    /// The present time, as far as running jobs need it.
    pub clock: RwSignal<i64>,
    /// Moves when any job changed: the history reads itself anew.
    pub moved: RwSignal<u64>,
    /// Somebody wants to see all records of these sheets again; of all sheets when there are none.
    pub clear_filters: RwSignal<Option<Vec<String>>>,
    /// Columns that an outcome hides on the page that is open: the sheet's id, and the keys.
    pub hidden_columns: RwSignal<Option<(String, Vec<String>)>>,
    /// Jobs whose end was shown, and when it was.
    told: StoredValue<Vec<(String, i64)>>,
    toasts: Toasts,
}

/// How often running jobs are asked for when the stream says nothing.
#[cfg(feature = "hydrate")]
const ASK_SECONDS: i64 = 4;

impl Jobs {
    /// The jobs that the page came with.
    pub fn new(cards: Vec<JobCard>, now: i64, toasts: Toasts) -> Self {
        let (running, waiting): (Vec<_>, Vec<_>) =
            cards.into_iter().partition(|card| !card.status.is_terminal());
        let told =
            waiting.iter().map(|card| (card.id.clone(), card.finished_at.unwrap_or_default())).collect();
        let this = Self {
            running: RwSignal::new(running),
            outcomes: RwSignal::new(Vec::new()),
            clock: RwSignal::new(now),
            moved: RwSignal::new(0),
            clear_filters: RwSignal::new(None),
            hidden_columns: RwSignal::new(None),
            told: StoredValue::new(told),
            toasts,
        };
        // After the page has been taken over: the server's half of it has no open dialogs.
        watch(move || this.outcomes.set(waiting.clone()));
        #[cfg(feature = "hydrate")]
        this.tick();
        this
    }

    /// Once a second: the clock of running jobs, and a question to the server now and then.
    #[cfg(feature = "hydrate")]
    fn tick(self) {
        // The server's clock and this computer's may differ.
        let ahead = self.clock.get_untracked() - crate::app::dom::now();
        let act = move || {
            let Some(running) = self.running.try_get_untracked().filter(|running| !running.is_empty()) else {
                return;
            };
            let now = crate::app::dom::now() + ahead;
            self.clock.set(now);
            if now / 1000 % ASK_SECONDS == 0 {
                for card in running {
                    self.ask(card.id);
                }
            }
        };
        if let Ok(interval) = set_interval_with_handle(act, std::time::Duration::from_secs(1)) {
            on_cleanup(move || interval.clear());
        }
    }

    /// Takes note of how a job stands. Answers may overtake one another: the newer one counts.
    pub fn heard_of(self, card: JobCard) {
        if card.status.is_terminal() {
            self.ended(card);
            return;
        }
        let over =
            |told: &Vec<(String, i64)>| told.iter().any(|(id, at)| *id == card.id && *at >= card.updated_at);
        if self.told.try_with_value(over) != Some(false) {
            return;
        }
        let news = self.running.try_update(|running| {
            let Some(known) = running.iter_mut().find(|known| known.id == card.id) else {
                running.push(card);
                return true;
            };
            let news = known.status != card.status;
            if card.updated_at >= known.updated_at {
                *known = card;
            }
            news
        });
        if news == Some(true) {
            self.move_on();
        }
    }

    fn ended(self, card: JobCard) {
        if card.acknowledged {
            self.close(&card.id);
        }
        let at = card.finished_at.unwrap_or(card.updated_at);
        let known = self.told.try_update_value(|told| {
            let known = told.iter().any(|(id, known)| *id == card.id && *known >= at);
            if !known {
                told.retain(|(id, _)| *id != card.id);
                told.push((card.id.clone(), at));
            }
            known
        });
        if known != Some(false) {
            return;
        }
        self.running.update(|running| running.retain(|known| known.id != card.id));
        self.move_on();
        if card.mode != JobMode::Hidden && !card.acknowledged {
            outcome::tell(self, self.toasts, card);
        }
    }

    /// What the live stream says of a job.
    #[cfg(feature = "hydrate")]
    pub fn event(self, topic: &str, job_id: &str, payload: &Json) {
        // What its parts do is said by the job they belong to.
        if payload.at("isPart").flag() {
            return;
        }
        let known = self.running.try_with_untracked(|running| running.iter().any(|card| card.id == job_id));
        // Questions of forms are deleted once they are answered.
        if topic == "job:deleted" {
            if known == Some(true) {
                self.forget(job_id);
            }
            return;
        }
        // Of what is not shown there is nothing to ask.
        if known != Some(true) && payload.at("mode").text().as_deref() == Some("hidden") {
            return;
        }
        let progress = payload.at("progress").number();
        let runs = topic == "job:updated" && payload.at("status").text().as_deref() == Some("executing");
        if let (Some(progress), Some(true), true) = (progress, known, runs) {
            self.running.update(|running| {
                let Some(card) = running.iter_mut().find(|card| card.id == job_id) else { return };
                card.progress = between(progress, 0.0, 100.0) as u8;
                card.estimated_at =
                    payload.at("estimatedCompletionAt").text().and_then(|text| dom::moment(&text));
                if let Some(info) = payload.at("info").text() {
                    card.info = Some(info);
                }
                if card.status == JobStatus::Ready {
                    card.status = JobStatus::Executing;
                }
            });
            return;
        }
        self.ask(job_id.to_string());
    }

    #[cfg(feature = "hydrate")]
    fn forget(self, job_id: &str) {
        self.running.update(|running| running.retain(|card| card.id != job_id));
    }

    /// Asks how a job stands.
    #[cfg(feature = "hydrate")]
    pub fn ask(self, job_id: String) {
        spawn_local(async move {
            match jobs::job(job_id.clone()).await {
                Ok(card) => self.heard_of(card),
                // Somebody deleted it.
                Err(error) if error.kind == ErrorKind::NotFound => self.forget(&job_id),
                Err(_) => {}
            }
        });
    }

    /// Stops a job.
    pub fn cancel(self, job_id: String) {
        spawn_local(async move { self.take("The job could not be stopped", jobs::cancel(job_id).await) });
    }

    /// Runs a job again.
    pub fn retry(self, job_id: String) {
        spawn_local(async move { self.take("The job could not be started", jobs::retry(job_id).await) });
    }

    /// Takes back what a job did to a sheet.
    pub fn undo(self, job_id: String) {
        spawn_local(async move {
            match jobs::undo(job_id).await {
                Ok(()) => self.toasts.show(Toast::new(Tone::Good, "Undone")),
                Err(error) => self.toasts.fail("This cannot be undone", error),
            }
            self.move_on();
        });
    }

    /// Shows all records of sheets again: here when the page of one of them is open, else on its page.
    pub fn show_all(self, sheet_ids: Vec<String>, address: Option<String>) {
        let location = window().location();
        let here = location.pathname().unwrap_or_default();
        match address.filter(|_| !sheet_ids.iter().any(|id| here.ends_with(id.as_str()))) {
            Some(address) => {
                let _ = location.set_href(&address);
            }
            None => self.clear_filters.set(Some(sheet_ids)),
        }
    }

    /// Hides columns of a sheet, given by its address, its id and the keys: here when its page is open, else on
    /// the server, and then the page opens.
    pub fn hide_columns(self, (address, sheet_id, keys): (String, String, Vec<String>)) {
        let location = window().location();
        if location.pathname().is_ok_and(|path| path == address) {
            self.hidden_columns.set(Some((sheet_id, keys)));
            return;
        }
        spawn_local(async move {
            match layouts::hide_columns(sheet_id, keys).await {
                Ok(_) => {
                    let _ = location.set_href(&address);
                }
                Err(error) => self.toasts.fail("The columns were not hidden", error),
            }
        });
    }

    /// Notes that an outcome was closed.
    pub fn acknowledge(self, job_id: String) {
        self.close(&job_id);
        #[cfg(feature = "hydrate")]
        crate::app::last_words::say(&jobs::Acknowledge { job_id });
    }

    fn close(self, job_id: &str) {
        if self.outcomes.with_untracked(|outcomes| outcomes.iter().any(|card| card.id == job_id)) {
            self.outcomes.update(|outcomes| outcomes.retain(|card| card.id != job_id));
        }
    }

    /// Takes note of a job that a press has changed, or says what is in the way.
    pub fn take(self, trouble: &str, answer: Result<JobCard, RpcError>) {
        match answer {
            Ok(card) => self.heard_of(card),
            Err(error) => self.toasts.fail(trouble, error),
        }
    }

    fn move_on(self) {
        self.moved.update(|moved| *moved += 1);
    }
}

/// What a running job says of itself besides its bar: what it does, and how long it will take.
pub fn progress_line(card: &JobCard, now: i64) -> (String, Option<String>) {
    let doing = match (&card.info, card.status) {
        (Some(info), _) if !info.is_empty() => info.clone(),
        (_, JobStatus::Executing) => format!("{} %", card.progress),
        _ => "Waiting to start".to_string(),
    };
    let started = card.started_at.filter(|_| (1..100).contains(&card.progress));
    let from_progress = started.map(|started| {
        let gone = now.saturating_sub(started).max(0);
        gone * i64::from(100 - card.progress) / i64::from(card.progress)
    });
    let estimated = card.estimated_at.map(|at| at - now).filter(|left| *left > 0);
    let left = estimated.or(from_progress);
    (doing, left.filter(|left| *left >= 1000).map(|left| format!("{} left", crate::app::format::span(left))))
}
