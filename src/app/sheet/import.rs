//! From a dropped file to a running import: upload, plan, the person's say, job.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[cfg(feature = "hydrate")]
use super::upload::{Uploaded, upload};
use crate::app::components::Picked;
use crate::app::signals::{RwSignal, StoredValue};
use crate::app::state::SpaceState;
use crate::rpc::imports::{self, ImportPlan, Planned};

/// How far an import has come before its job begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing goes on.
    Idle,
    /// The file is on its way.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser sends files"))]
    Uploading {
        /// Its name.
        name: String,
        /// Bytes that are there.
        sent: u64,
        /// Bytes in all.
        size: u64,
    },
    /// The server reads its beginning.
    Reading {
        /// Its name.
        name: String,
    },
    /// The person looks at the columns.
    Asking(ImportPlan),
    /// Something went wrong.
    Failed {
        /// The file's name.
        name: String,
        /// What happened and what to do.
        message: String,
    },
}

/// The import of a sheet page.
#[derive(Clone, Copy)]
pub struct Importing {
    /// How far it is.
    pub stage: RwSignal<Stage>,
    /// The input by which a file is picked.
    pub input: NodeRef<html::Input>,
    /// Why no file may come; nothing when it may.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser sends files"))]
    refusal: StoredValue<Option<String>>,
    state: SpaceState,
    sheet_id: StoredValue<String>,
    /// Counts the uploads: what an abandoned one brings is passed over.
    turn: RwSignal<u32>,
}

impl Importing {
    /// Nothing goes on yet.
    pub fn new(sheet_id: String, may: bool, state: SpaceState) -> Self {
        Self {
            stage: RwSignal::new(Stage::Idle),
            input: NodeRef::new(),
            refusal: StoredValue::new((!may).then(|| "This sheet takes no files.".to_string())),
            state,
            sheet_id: StoredValue::new(sheet_id),
            turn: RwSignal::new(0),
        }
    }

    /// Lets the person pick a file.
    pub fn pick(self) {
        if let Some(input) = self.input.get_untracked() {
            input.click();
        }
    }

    /// Gives the import up; a file that was uploaded stays among the files.
    pub fn abandon(self) {
        self.turn.update(|turn| *turn += 1);
        self.stage.set(Stage::Idle);
    }

    /// Takes a file.
    #[cfg(feature = "hydrate")]
    pub fn take(self, file: Picked) {
        if let Some(reason) = self.refusal.get_value() {
            self.state.fail("The file was not taken", reason);
            return;
        }
        self.turn.update(|turn| *turn += 1);
        let turn = self.turn.get_untracked();
        let (name, size) = (file.name(), file.size() as u64);
        if size == 0 {
            let message = "The file is empty. Choose one with a header line and records.".to_string();
            self.stage.set(Stage::Failed { name, message });
            return;
        }
        self.stage.set(Stage::Uploading { name: name.clone(), sent: 0, size });
        let ours = move || self.turn.try_get_untracked() == Some(turn);
        let progress = {
            let name = name.clone();
            move |sent| {
                if ours() {
                    self.stage.set(Stage::Uploading { name: name.clone(), sent, size });
                }
                ours()
            }
        };
        let done = move |answer: Result<Uploaded, String>| {
            if !ours() {
                return;
            }
            match answer {
                Ok(uploaded) if uploaded.is_imported => self.stage.set(Stage::Idle),
                Ok(uploaded) => self.plan(uploaded.file_id, name, turn),
                Err(message) => self.stage.set(Stage::Failed { name, message }),
            }
            self.state.refresh();
        };
        upload(&self.state.id(), Some(&self.sheet_id.get_value()), &file, progress, done);
    }

    /// On the server nobody picks files.
    #[cfg(not(feature = "hydrate"))]
    pub fn take(self, _file: Picked) {
        let _ = (self.turn, Self::plan);
    }

    fn plan(self, file_id: String, name: String, turn: u32) {
        self.stage.set(Stage::Reading { name: name.clone() });
        let sheet_id = self.sheet_id.get_value();
        spawn_local(async move {
            let answer = imports::plan_import(file_id, sheet_id).await;
            if self.turn.try_get_untracked() != Some(turn) {
                return;
            }
            self.stage.set(match answer {
                Ok(Planned::Plan(plan)) => Stage::Asking(plan),
                Ok(Planned::Refused(message)) => Stage::Failed { name, message },
                Err(error) => Stage::Failed { name, message: error.message },
            });
        });
    }

    /// Begins the job.
    pub fn begin(self, plan: ImportPlan, mapping: Vec<Option<String>>, starting: RwSignal<bool>) {
        starting.set(true);
        let turn = self.turn.get_untracked();
        let sheet_id = self.sheet_id.get_value();
        spawn_local(async move {
            let answer = imports::start_import(plan.file_id, sheet_id, mapping, plan.dialect).await;
            starting.set(false);
            // The person may have closed the dialog meanwhile, and chosen another file.
            let ours = self.turn.try_get_untracked() == Some(turn);
            match answer {
                Ok(card) => {
                    if ours {
                        self.stage.set(Stage::Idle);
                    }
                    self.state.jobs.heard_of(card);
                }
                Err(error) if !ours => self.state.fail("The import did not start", error),
                Err(error) => self.stage.set(Stage::Failed { name: plan.name, message: error.message }),
            }
        });
    }
}
