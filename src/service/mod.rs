//! What the product does: permission, rule, store, event. Every change passes through here.
//!
//! The API, the page and the jobs call the same methods with an [`Actor`]; what an actor may not see
//! is not found, what it may not do is refused, and each change leaves its events in the same commit.

pub mod access_tokens;
pub mod action_changes;
pub mod action_form;
pub mod actions;
pub mod additions;
pub mod agents;
pub mod announce;
pub mod app_constraints;
pub mod apps;
pub mod arriving_import;
pub mod authentication;
pub mod bearers;
pub mod bootstrap;
mod built_in_actions;
mod built_in_rights;
pub mod bulk;
pub mod calculations;
pub mod cell_edits;
pub mod cells;
pub mod commits;
pub mod custom_events;
pub mod demo_data;
pub mod documents;
pub mod duplicates;
mod edit_queue;
pub mod embedding;
pub mod entitlements;
pub mod environments;
pub mod error;
mod event_retention;
pub mod events;
pub mod expiry;
pub mod exports;
pub mod extraction;
pub mod facets;
pub mod fields;
pub mod files;
mod fill_from_above;
pub mod find;
mod form_answers;
pub mod form_options;
mod form_sources;
pub mod frames;
pub mod grants;
pub mod guest_invitations;
pub mod guest_links;
pub mod guest_roles;
pub mod guests;
pub mod history;
pub mod import_run;
pub mod imports;
mod job_secrets;
pub mod jobs;
pub mod keys;
mod known_callers;
pub mod layouts;
pub mod links;
mod locks;
pub mod mail;
pub mod mapping_plan;
pub mod mapping_programs;
pub mod mapping_rules;
pub mod markdown;
pub mod new_job;
pub mod open_commits;
pub mod orphaned_files;
pub mod passwords;
pub mod plugin_words;
pub mod read_records;
pub mod record_batches;
pub mod records;
pub mod referable;
pub mod references;
pub mod retention;
pub mod retention_policies;
pub mod revalidation;
pub mod roles;
pub mod run_action;
pub mod schedules;
mod sealing;
pub mod secrets;
pub mod settings;
mod sheet_copy;
pub mod sheets;
pub mod snapshots;
mod space_tokens;
pub mod spaces;
pub mod steps;
pub mod stored_secrets;
pub mod subscriptions;
mod throttle;
pub mod transfers;
pub mod undo;
mod undo_job;
pub mod user_invitations;
pub mod users;
mod uses;
pub mod versions;
pub mod views;
pub mod visits;
pub mod webhooks;
mod workbook_sheets;
pub mod workbooks;

pub use error::{ErrorKind, ServiceError};
pub use secrets::Secrets;
pub use settings::{Agents, Retention, Settings, Timeouts, Webhooks};

use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, Semaphore};

use crate::domain::access::{Actor, Operation};
use crate::domain::ids::WorkbookId;
use crate::domain::tenant::{Person, User};
use crate::files::FileStore;
use crate::sheets::Sheets;
use crate::store::Db;
use agents::AgentRuntime;
use edit_queue::EditQueue;
use known_callers::KnownCallers;
use throttle::Throttle;
use uses::Uses;

/// The result of everything the service does.
pub type Result<T> = std::result::Result<T, ServiceError>;

/// The product behind its interfaces.
pub struct Service {
    /// The database.
    pub db: Db,
    /// The records.
    pub sheets: Sheets,
    /// The bytes of files.
    pub files: FileStore,
    /// Time-outs, limits and addresses.
    pub settings: Settings,
    secrets: Secrets,
    edits: Arc<EditQueue>,
    /// Webhooks changed, or something is to be sent to one.
    pub webhooks_changed: Notify,
    /// Agents were deployed or deleted.
    pub agents_changed: Notify,
    agent_runtime: Mutex<AgentRuntime>,
    sessions: KnownCallers<(Actor, User)>,
    keys: KnownCallers<Actor>,
    visitors: KnownCallers<(Actor, Person)>,
    uses: Uses,
    tries: Throttle,
    /// Passwords that may be hashed at once: each takes memory and a core.
    hashers: Semaphore,
}

/// Passwords that are hashed at once.
const HASHERS: usize = 4;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1.
    pub number: u64,
    /// Items on a page.
    pub size: u64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Paged<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total: u64,
}

impl Page {
    /// The first `size` items.
    pub fn first(size: u64) -> Self {
        Self { number: 1, size }
    }

    /// How many items stand before the page.
    pub fn offset(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }
}

impl Service {
    /// Puts the parts together.
    pub fn new(db: Db, sheets: Sheets, files: FileStore, settings: Settings, secrets: Secrets) -> Self {
        let edits = Arc::new(EditQueue::new(db.clone(), sheets.clone(), settings.limits));
        let rights = &db.signals().rights;
        let (sessions, keys) = (KnownCallers::new(rights), KnownCallers::new(rights));
        let visitors = KnownCallers::new(rights);
        let (webhooks_changed, agents_changed) = (Notify::new(), Notify::new());
        let (agent_runtime, uses) = (Mutex::default(), Uses::default());
        Self {
            db,
            sheets,
            files,
            settings,
            secrets,
            edits,
            webhooks_changed,
            agents_changed,
            agent_runtime,
            sessions,
            keys,
            visitors,
            uses,
            tries: Throttle::default(),
            hashers: Semaphore::new(HASHERS),
        }
    }
}

/// Refuses what the policy does not let the actor do.
fn allow(actor: &Actor, operation: Operation) -> Result<()> {
    if actor.may(operation) {
        return Ok(());
    }
    let message = format!("{} may not do this ({operation:?})", actor.role.words());
    Err(ServiceError::new(ErrorKind::Forbidden, message))
}

/// Refuses what the policy does not let the actor do to what is in that workbook, or in none.
fn allow_in<'a>(
    actor: &Actor,
    operation: Operation,
    workbook: impl Into<Option<&'a WorkbookId>>,
) -> Result<()> {
    let workbook = workbook.into();
    if actor.may_in(operation, workbook) {
        return Ok(());
    }
    let place = workbook.map_or("here".to_string(), |id| format!("in the workbook `{id}`"));
    let message = format!("your role does not let you do this {place} ({operation:?})");
    Err(ServiceError::new(ErrorKind::Forbidden, message))
}

/// The same of something that `maker` made: what is in no workbook belongs to whoever made it.
fn allow_in_or_own(
    actor: &Actor,
    operation: Operation,
    workbook: Option<&WorkbookId>,
    maker: &str,
) -> Result<()> {
    if workbook.is_none() && actor.id == maker {
        return allow(actor, operation);
    }
    allow_in(actor, operation, workbook)
}
