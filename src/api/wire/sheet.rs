//! Sheets and their counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::nullable;
use crate::domain::blueprint::SheetConfig;
use crate::domain::record::{Counts, FieldCounts};
use crate::domain::workbook::Sheet;

/// A table of records.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sheet)]
pub struct SheetBody {
    /// Its id.
    id: String,
    /// The workbook it belongs to.
    workbook_id: String,
    /// What people read.
    name: String,
    /// The name in events and references; unique in the workbook.
    slug: String,
    /// The whole blueprint, with `name`, `slug`, `fields` and `actions`.
    #[schema(value_type = Object)]
    config: SheetConfig,
    /// The customer's own data.
    metadata: Option<Value>,
    /// How many records it has.
    record_counts: CountsBody,
    /// Narrows the listeners that hear of it.
    namespace: Option<String>,
    /// Who locked it: people change nothing in it until it is unlocked.
    locked_by: Option<String>,
    /// When that was.
    locked_at: Option<String>,
    /// The sheet that it is a copy of.
    created_from: Option<String>,
    /// Marks such as `ENUM_REFERENCE`, as in `config`.
    treatments: Vec<String>,
    /// Groups sheets in the sidebar, as in `config`.
    collection: Option<String>,
    /// When it was made.
    created_at: String,
    /// When its configuration last changed.
    updated_at: String,
}

impl From<Sheet> for SheetBody {
    fn from(sheet: Sheet) -> Self {
        let mut config = Arc::unwrap_or_clone(sheet.config);
        config.slug = Some(sheet.slug.clone());
        let (locked_by, locked_at) = sheet.lock.map(|lock| (lock.by, lock.at.to_string())).unzip();
        Self {
            namespace: sheet.namespace,
            locked_by,
            locked_at,
            created_from: sheet.created_from.map(String::from),
            treatments: config.treatments.clone(),
            collection: config.collection.clone(),
            id: sheet.id.into(),
            workbook_id: sheet.workbook_id.into(),
            name: config.name.clone(),
            slug: sheet.slug,
            config,
            metadata: sheet.metadata,
            record_counts: sheet.counts.into(),
            created_at: sheet.created_at.to_string(),
            updated_at: sheet.updated_at.to_string(),
        }
    }
}

/// Changes to a sheet: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SheetRequest {
    /// What people read.
    pub name: Option<String>,
    /// The name in events and references.
    pub slug: Option<String>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    pub metadata: Option<Option<Value>>,
    /// Narrows the listeners that hear of it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub namespace: Option<Option<String>>,
}

/// A copy of a sheet.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DuplicateRequest {
    /// What people read; "Copy of" and the name of the sheet when absent.
    pub name: Option<String>,
    /// The name in events and references; made from that of the sheet when absent.
    pub slug: Option<String>,
}

/// How many records there are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecordCounts)]
pub struct CountsBody {
    /// All of them.
    total: u64,
    /// Those without an error.
    valid: u64,
    /// Those with an error.
    error: u64,
    /// Records with an error in that field, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors_by_field: Option<BTreeMap<String, u64>>,
    /// Counts of each field, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_field: Option<BTreeMap<String, FieldCountsBody>>,
}

/// How many cells of a field there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldRecordCounts)]
struct FieldCountsBody {
    /// All of them.
    total: u64,
    /// Those without an error.
    valid: u64,
    /// Those with an error.
    error: u64,
    /// Those without a value.
    empty: u64,
}

impl CountsBody {
    /// The same counts with what is known of each field.
    pub fn with_fields(
        mut self,
        errors: BTreeMap<String, u64>,
        fields: Option<BTreeMap<String, FieldCounts>>,
    ) -> Self {
        let body =
            |FieldCounts { total, valid, error, empty }| FieldCountsBody { total, valid, error, empty };
        self.errors_by_field = Some(errors);
        self.by_field =
            fields.map(|fields| fields.into_iter().map(|(key, counts)| (key, body(counts))).collect());
        self
    }
}

impl From<Counts> for CountsBody {
    fn from(counts: Counts) -> Self {
        let Counts { total, valid, error } = counts;
        Self { total, valid, error, errors_by_field: None, by_field: None }
    }
}

/// The answer to a question for counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsAnswer {
    /// The counts.
    pub counts: CountsBody,
    /// Always `true`.
    pub success: bool,
}
