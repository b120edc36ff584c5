//! What the pages of one space share: its frame, its jobs, its notes.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::components::Toasts;
use super::jobs::Jobs;
use super::sheet::Outbox;
use crate::app::signals::{Callback, RwSignal, StoredValue};
use crate::rpc::actions::{ActionView, Place};
use crate::rpc::records::Choosing;
use crate::rpc::spaces::{self, SpaceFrame};

/// What somebody is about to do, while the dialog asks.
#[derive(Clone)]
pub struct Asking {
    /// What will be done.
    pub deed: Deed,
    /// To what, in words: `All 12,408 records`.
    pub scope: String,
    /// To what.
    pub choosing: Choosing,
    /// What happens once the job has started.
    pub started: Option<Callback<()>>,
}

/// What a dialog can ask about.
#[derive(Clone)]
pub enum Deed {
    /// An action of the blueprint.
    Act(Box<ActionView>, Place),
    /// Deleting records of a sheet.
    DeleteRecords(String),
}

/// What the pages of one space share.
#[derive(Clone, Copy)]
pub struct SpaceState {
    /// What stands around every page.
    pub frame: RwSignal<SpaceFrame>,
    /// Jobs that run, and outcomes to show.
    pub jobs: Jobs,
    /// Notes at the bottom right.
    pub toasts: Toasts,
    /// What is being asked.
    pub asking: RwSignal<Option<Asking>>,
    /// Whether the jobs panel is open.
    pub panel: RwSignal<bool>,
    /// Whether the sidebar is open on a narrow screen.
    pub drawer: RwSignal<bool>,
    /// Moves with each change of the named sheet's records, or of any when there is no name.
    pub sheet_moved: RwSignal<(u64, Option<String>)>,
    /// Moves when the shape of a sheet may have changed.
    pub shape_moved: RwSignal<u64>,
    /// Moves when files came or went.
    pub files_moved: RwSignal<u64>,
    /// Moves when a document was made, changed or deleted.
    pub documents_moved: RwSignal<u64>,
    /// A cell is being edited: what acts on records waits for the end of it.
    pub editing: RwSignal<bool>,
    /// Edits of cells on their way.
    pub outbox: Outbox,
    /// Takes what the server tells of people who come, go and move.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only browsers hear"))]
    pub presence: StoredValue<Option<Callback<String>>>,
    /// The colours have changed.
    pub theme: RwSignal<u32>,
    refreshing: RwSignal<bool>,
}

impl SpaceState {
    /// The state of a space that was just opened.
    pub fn new(frame: SpaceFrame) -> Self {
        let toasts = Toasts::default();
        let outbox = Outbox::of_page();
        outbox.tell(toasts);
        let (cards, now) = (frame.jobs.clone(), frame.now);
        let frame = RwSignal::new(frame);
        Self {
            jobs: Jobs::new(cards, now, toasts),
            frame,
            toasts,
            asking: RwSignal::new(None),
            panel: RwSignal::new(false),
            drawer: RwSignal::new(false),
            sheet_moved: RwSignal::new((0, None)),
            shape_moved: RwSignal::new(0),
            files_moved: RwSignal::new(0),
            documents_moved: RwSignal::new(0),
            editing: RwSignal::new(false),
            outbox,
            presence: StoredValue::new(None),
            theme: expect_context::<super::theme::Theme>().moved,
            refreshing: RwSignal::new(false),
        }
    }

    /// The state of the space around the present page.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// The space's id.
    pub fn id(&self) -> String {
        self.frame.with_untracked(|frame| frame.id.clone())
    }

    /// Reads the frame anew, soon and at most twice a second.
    pub fn refresh(&self) {
        let state = *self;
        if state.refreshing.try_get_untracked() != Some(false) {
            return;
        }
        state.refreshing.set(true);
        set_timeout(
            move || {
                let Some(id) = state.frame.try_with_untracked(|frame| frame.id.clone()) else { return };
                // What changes from here on asks once more.
                state.refreshing.set(false);
                spawn_local(async move {
                    if let Ok(frame) = spaces::space(id).await {
                        for job in &frame.jobs {
                            state.jobs.heard_of(job.clone());
                        }
                        // Answers may overtake one another.
                        state.frame.update(|known| {
                            if frame.sequence >= known.sequence {
                                *known = frame;
                            }
                        });
                    }
                });
            },
            std::time::Duration::from_millis(500),
        );
    }

    /// Says that something failed.
    pub fn fail(&self, title: &str, error: impl ToString) {
        self.toasts.fail(title, error);
    }
}
