//! Workbooks and sheets as they stand in a space.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::action::Action;
use super::blueprint::{Field, SheetAccess, SheetConfig};
use super::ids::{AccountId, ChangeId, EnvironmentId, SheetId, SpaceId, WorkbookId};
use super::record::{Counts, FieldNumber, RecordKey};
use super::time::Timestamp;
use super::whereabouts::Whereabouts;

/// Several sheets that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// Its id.
    pub id: WorkbookId,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// Its space.
    pub space_id: SpaceId,
    /// What people read.
    pub name: String,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<String>,
    /// Marks such as `primary`, `file`, `pinned`.
    pub labels: Vec<String>,
    /// Buttons at the top right.
    pub actions: Vec<Action>,
    /// `trackChanges` and others.
    pub settings: Option<Value>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// Members of the wire that Inlet keeps and hands back but does not read (`treatments`, `folder`, …).
    pub extra: Map<String, Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was deleted because its time was up.
    pub expired_at: Option<Timestamp>,
}

impl Workbook {
    /// Whether its settings say that it waits for the listeners of each commit (section 2.7 of the wire contract).
    pub fn tracks_changes(&self) -> bool {
        self.settings.as_ref().is_some_and(|settings| settings["trackChanges"] == true)
    }
}

/// A table of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its id.
    pub id: SheetId,
    /// A small number by which the tables of records know it.
    pub number: i64,
    /// Its account.
    pub account_id: AccountId,
    /// Its environment.
    pub environment_id: EnvironmentId,
    /// Its space.
    pub space_id: SpaceId,
    /// Its workbook.
    pub workbook_id: WorkbookId,
    /// The name in the API and in events; unique in the workbook.
    pub slug: String,
    /// Its place in the workbook.
    pub position: i64,
    /// Its blueprint; copies of a sheet share it.
    pub config: Arc<SheetConfig>,
    /// The numbers of its fields by their keys; dropped fields keep theirs, so that old versions can be read.
    pub field_numbers: BTreeMap<String, FieldNumber>,
    /// Its part of its records' ids.
    pub record_key: RecordKey,
    /// Moves by one with each commit.
    pub version: i64,
    /// Moves by one when its records are stored otherwise without another version.
    pub layout: i64,
    /// How many records it has.
    pub counts: Counts,
    /// The import that is running into it: it can be read, exports and actions wait.
    pub importing: Option<ChangeId>,
    /// Its workbook tracks changes: a commit is open until a listener has answered it.
    pub tracks_changes: bool,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// Narrows the listeners that hear of it.
    pub namespace: Option<String>,
    /// Keeps people from changing it.
    pub lock: Option<SheetLock>,
    /// The sheet that it is a copy of.
    pub created_from: Option<SheetId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its configuration last changed.
    pub updated_at: Timestamp,
    /// The space and the workbook around it, as events name them.
    pub whereabouts: Arc<Whereabouts>,
}

/// Keeps people from changing a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetLock {
    /// Who locked it.
    pub by: String,
    /// How they are called, when it was a person who signs in.
    pub by_name: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The fields of a sheet with their numbers, by their keys.
pub type Columns<'a> = HashMap<&'a str, (FieldNumber, &'a Field)>;

impl Sheet {
    /// Whether people may do `what` with the records.
    pub fn permits(&self, what: SheetAccess) -> bool {
        self.lock.is_none() && self.config.permits(what)
    }

    /// That it is locked, and by whom; nothing when it is not.
    pub fn lock_words(&self) -> Option<String> {
        let by = self.lock.as_ref()?.by_name.as_deref();
        Some(format!("{} was locked by {}", self.config.name, by.unwrap_or("a program")))
    }

    /// The namespaces of its events.
    pub fn namespaces(&self) -> Vec<String> {
        let mut namespaces = self.whereabouts.namespaces();
        namespaces.extend(self.namespace.as_ref().map(|namespace| format!("sheet:{namespace}")));
        namespaces
    }

    /// The fields with their numbers, in the order of the columns.
    pub fn columns(&self) -> impl Iterator<Item = (FieldNumber, &Field)> {
        self.config
            .fields
            .iter()
            .filter_map(|field| Some((*self.field_numbers.get(field.key.as_str())?, field)))
    }

    /// The same by their keys, for whoever looks up many of them.
    pub fn columns_by_key(&self) -> Columns<'_> {
        self.columns().map(|column| (column.1.key.as_str(), column)).collect()
    }

    /// The number of the field of that key.
    pub fn field_number(&self, key: &str) -> Option<FieldNumber> {
        self.config.field(key).and_then(|_| self.field_numbers.get(key).copied())
    }
}
