//! Records as clients write them, and as they are described; `record_writer` writes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::sheet::CountsBody;
use crate::api::shape;
use crate::domain::blueprint::Level;
use crate::domain::ids::CommitId;
use crate::domain::record::{Message, MessageSource};
use crate::service::records::{RecordInput, ValueInput};

/// The answer to a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
pub struct ChangeAnswer {
    /// Always `true`.
    pub success: bool,
    /// The commit that was made, or the last one when nothing changed; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_id: Option<String>,
    /// The same, under its old name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
}

impl ChangeAnswer {
    /// The answer that names that commit.
    pub fn new(commit_id: Option<CommitId>) -> Self {
        let commit_id = commit_id.map(String::from);
        Self { success: true, version_id: commit_id.clone(), commit_id }
    }
}

/// A cell as clients write it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CellRequest {
    /// A text, number, boolean, list of texts, or `null`. Absent: the value stays as it is.
    #[serde(default, deserialize_with = "super::nullable")]
    value: Option<Option<Value>>,
    /// Replace the cell's messages of custom logic; those of constraints are made by the server.
    messages: Option<Vec<MessageRequest>>,
}

/// A message as clients write it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MessageRequest {
    /// `error`, `warn` or `info`.
    #[serde(rename = "type")]
    #[schema(schema_with = shape::words_or_null::<Level>)]
    level: Option<Level>,
    /// What it says.
    message: String,
    /// Messages of constraints are passed over: the server makes them anew.
    source: Option<String>,
    /// Of what in the cell, as `$.value[0]` for an item of a list.
    path: Option<String>,
}

impl MessageRequest {
    /// The message, unless it is one that the server itself derives.
    fn custom(self) -> Option<Message> {
        let derived = ["required-constraint", "unique-constraint", "invalid-option", "unlinked"];
        if self.source.as_deref().is_some_and(|source| derived.contains(&source)) {
            return None;
        }
        Some(Message {
            level: self.level.unwrap_or_default(),
            source: MessageSource::CustomLogic,
            derived: false,
            text: self.message,
            path: self.path,
        })
    }
}

/// The cells of a record by their keys.
pub type CellsRequest = BTreeMap<String, CellRequest>;

/// Changes to one record.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RecordUpdate)]
pub struct RecordRequest {
    /// Which record.
    pub id: String,
    /// Cells to change; others stay as they are.
    values: Option<CellsRequest>,
    /// Replaces the stored object.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// Replaces the stored object.
    #[schema(value_type = Option<Object>)]
    config: Option<Map<String, Value>>,
}

impl RecordRequest {
    /// What the service takes: the id, and what changes.
    pub fn into_input(self) -> (String, RecordInput) {
        let mut input = cells(self.values.unwrap_or_default());
        input.metadata = self.metadata.map(Value::Object);
        input.config = self.config.map(Value::Object);
        (self.id, input)
    }
}

/// A new record of these cells.
pub fn cells(cells: CellsRequest) -> RecordInput {
    let values = cells.into_iter().map(|(key, cell)| {
        let value = cell.value.map(Option::unwrap_or_default);
        let messages =
            cell.messages.map(|messages| messages.into_iter().filter_map(MessageRequest::custom).collect());
        (key, ValueInput { value, messages })
    });
    RecordInput { values: values.collect(), metadata: None, config: None }
}

/// A record as it is described in the OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; records are written by RecordWriter")]
#[schema(as = Record)]
pub struct RecordBody {
    /// Its id.
    id: String,
    /// Its cells by the keys of the fields, each `{value, messages, valid}`.
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

/// A page of records as it is described in the OpenAPI document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described; pages are written by RecordWriter")]
#[schema(as = Records, rename_all = "camelCase")]
pub struct RecordsBody {
    /// Always `true`.
    success: bool,
    /// The records.
    records: Vec<RecordBody>,
    /// How many there are, when that was asked.
    counts: Option<CountsBody>,
    /// The commit whose state this is.
    commit_id: Option<String>,
    /// The same, under its old name.
    version_id: Option<String>,
}
