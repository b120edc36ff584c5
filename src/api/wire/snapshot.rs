//! Snapshots and what has changed since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::domain::blueprint::SheetConfig;
use crate::domain::record::{Cell, Message, Record};
use crate::domain::snapshot::Snapshot;
use crate::domain::value::wire_value;
use crate::domain::workbook::Sheet;
use crate::service::snapshots::{ChangedRecord, Section, Summary};
use crate::sheets::Classes;

/// What to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateSnapshot)]
pub struct SnapshotRequest {
    /// The sheet.
    pub sheet_id: String,
    /// What a person calls it.
    pub label: Option<String>,
    /// The conversation that it belongs to.
    pub thread_id: Option<String>,
}

/// Which changes to take back.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = RestoreOptions)]
pub struct RestoreRequest {
    /// Records that came since go.
    created: bool,
    /// Cells get their texts of then.
    updated: bool,
    /// Records that went since come back; with the others they are what they were, alone they are new records.
    deleted: bool,
}

impl From<RestoreRequest> for Classes {
    fn from(request: RestoreRequest) -> Self {
        let RestoreRequest { created, updated, deleted } = request;
        Self { created, updated, deleted }
    }
}

/// A version of a sheet that is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Snapshot)]
pub struct SnapshotBody {
    /// Its id.
    id: String,
    /// The sheet.
    sheet_id: String,
    /// What a person calls it.
    label: Option<String>,
    /// The conversation that it belongs to.
    thread_id: Option<String>,
    /// What has changed since, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<SummaryBody>,
    /// When it was made.
    created_at: String,
    /// Who made it.
    created_by: String,
}

impl From<Snapshot> for SnapshotBody {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            id: snapshot.id.into(),
            sheet_id: snapshot.sheet_id.into(),
            label: snapshot.label,
            thread_id: snapshot.thread_id,
            summary: None,
            created_at: snapshot.created_at.to_string(),
            created_by: snapshot.created_by,
        }
    }
}

impl SnapshotBody {
    /// The snapshot with what has changed since.
    pub fn with_summary(snapshot: Snapshot, summary: Summary) -> Self {
        Self { summary: Some(summary.into()), ..snapshot.into() }
    }
}

/// What has changed since a snapshot.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SnapshotSummary)]
struct SummaryBody {
    /// Records that came.
    created_since: SectionBody,
    /// Records with other values.
    updated_since: SectionBody,
    /// Records that went.
    deleted_since: SectionBody,
    /// For each key of a field `added`, `removed` or `unchanged`; empty of snapshots made before blueprints were kept.
    #[schema(value_type = Object)]
    schema_diff: Map<String, Value>,
    /// The blueprint of the sheet now.
    #[schema(value_type = Object)]
    config: SheetConfig,
}

/// How many records changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SummarySection)]
struct SectionBody {
    /// All of them.
    total: u64,
    /// For each field how many of them changed there.
    by_field: BTreeMap<String, u64>,
}

impl From<Summary> for SummaryBody {
    fn from(summary: Summary) -> Self {
        Self {
            created_since: summary.created.into(),
            updated_since: summary.updated.into(),
            deleted_since: summary.deleted.into(),
            schema_diff: summary.fields.into_iter().map(|(key, since)| (key, json!(since))).collect(),
            config: std::sync::Arc::unwrap_or_clone(summary.sheet.config),
        }
    }
}

impl From<Section> for SectionBody {
    fn from(Section { total, by_field }: Section) -> Self {
        Self { total, by_field }
    }
}

/// A changed record: each cell with its value now and in the snapshot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DiffRecord)]
pub struct DiffBody {
    /// Its id.
    id: String,
    /// Its cells by the keys of the fields, each `{value, snapshotValue, messages, valid}`.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// Whether no cell has an error.
    valid: bool,
    /// The customer's own data.
    #[schema(value_type = Object)]
    metadata: Value,
    /// `{readonly, fields, markedForDeletion}`.
    #[schema(value_type = Object)]
    config: Value,
}

impl DiffBody {
    /// The record of that sheet; nothing when there is neither an old nor a new one.
    pub fn new(sheet: &Sheet, changed: &ChangedRecord) -> Option<Self> {
        let any = changed.now.as_ref().or(changed.then.as_ref())?;
        let cell = |record: &Option<Record>, place: usize| -> Option<Cell> {
            record.as_ref().and_then(|record| record.cells.get(place)).cloned()
        };
        let values = sheet.columns().enumerate().map(|(place, (_, field))| {
            let (now, then) = (cell(&changed.now, place), cell(&changed.then, place));
            let value = |cell: &Option<Cell>| {
                wire_value(&field.field_type, cell.as_ref().and_then(|cell| cell.text.as_deref()))
            };
            let shown = now.clone().unwrap_or_default();
            let message = |message: &Message| {
                let mut said = json!({ "type": message.level, "message": message.text, "source": message.source, "field": field.key });
                if let Some(path) = &message.path {
                    said["path"] = json!(path);
                }
                said
            };
            let messages: Vec<Value> = shown.messages.iter().map(message).collect();
            let body = json!({
                "value": value(&now), "snapshotValue": value(&then), "messages": messages,
                "valid": shown.is_valid(),
            });
            (field.key.to_string(), body)
        });
        let object = |given: &Option<Value>| given.clone().unwrap_or_else(|| Value::Object(Map::new()));
        Some(Self {
            id: sheet.record_key.id(any.number),
            values: values.collect(),
            valid: any.is_valid(),
            metadata: object(&any.metadata),
            config: object(&any.config),
        })
    }
}
