//! Spaces: one import project each.

use serde_json::{Map, Value};

use super::access::Scope;
use super::action::Action;
use super::ids::{AccountId, EnvironmentId, SpaceId, WorkbookId};
use super::time::Timestamp;
use super::whereabouts::Whereabouts;

/// The label of spaces that stand in the page of somebody else.
pub const EMBEDDED: &str = "embedded";

/// One import project: workbooks, files, jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// What people read.
    pub name: String,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<String>,
    /// The workbook that opens first.
    pub primary_workbook_id: Option<WorkbookId>,
    /// The customer's own data; also `theme`, `sidebarConfig`, `userInfo`, `spaceInfo`.
    pub metadata: Option<Value>,
    /// `omitActions`, `filesMappedAfterJob` and others.
    pub settings: Option<Value>,
    /// Buttons of the space.
    pub actions: Vec<Action>,
    /// Marks, such as `embedded`.
    pub labels: Vec<String>,
    /// Members of the wire that Inlet keeps and hands back but does not read (`access`, `languageOverride`, …).
    pub extra: Map<String, Value>,
    /// Who made it.
    pub created_by: String,
    /// How they are called, when it was a person who signs in.
    pub created_by_name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When something in it last changed.
    pub last_activity_at: Timestamp,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

impl Space {
    /// Whether the space goes without a built-in action, by its name in `settings.omitActions`.
    pub fn omits(&self, name: &str) -> bool {
        let omitted = self.settings.as_ref().and_then(|settings| settings.get("omitActions")?.as_array());
        omitted.is_some_and(|names| names.iter().any(|other| other.as_str() == Some(name)))
    }

    /// What an actor sees who sees just this space.
    pub fn scope(&self) -> Scope {
        Scope::space(self.account_id.clone(), self.environment_id.clone(), self.id.clone())
    }

    /// Whether people work in it together, and not in the page of somebody else.
    pub fn is_collaborative(&self) -> bool {
        !self.labels.iter().any(|label| label == EMBEDDED)
    }

    /// What events tell of the space.
    pub fn whereabouts(&self) -> Whereabouts {
        Whereabouts::in_space(&self.name, self.namespace.as_deref())
    }
}

/// A space with what Home tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceSummary {
    /// The space.
    pub space: Space,
    /// How many workbooks it has.
    pub workbooks: u64,
    /// How many files it has.
    pub files: u64,
    /// How many records its sheets have.
    pub records: u64,
    /// How many of them are invalid.
    pub invalid: u64,
}
