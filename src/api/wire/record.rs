//! Records, exactly as section 2.6.1 of the wire contract has them.
//!
//! The record hook of the SDK compares what it read with what it would write, so a record has these
//! members and no others: `id`, `values`, `valid`, `metadata`, `config`; a cell `value`, `messages`,
//! `valid`. Every field of the sheet is present, and what is empty is `null`, `[]` or `{}`.

use std::collections::BTreeMap;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::sheet::CountsBody;
use crate::domain::blueprint::{Field, Level};
use crate::domain::ids::CommitId;
use crate::domain::record::{Cell, Message, MessageSource, Record};
use crate::domain::value::wire_value;
use crate::domain::workbook::Sheet;
use crate::service::records::{RecordInput, ValueInput};

/// One record on the wire.
struct WireRecord<'a> {
    id: String,
    fields: &'a [&'a Field],
    record: &'a Record,
}

impl Serialize for WireRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(5))?;
        members.serialize_entry("id", &self.id)?;
        members.serialize_entry("values", &WireCells(self))?;
        members.serialize_entry("valid", &self.record.is_valid())?;
        members.serialize_entry("metadata", &object(self.record.metadata.as_ref()))?;
        members.serialize_entry("config", &object(self.record.config.as_ref()))?;
        members.end()
    }
}

/// An object, empty when there is none: clients count a missing one as a change.
fn object(given: Option<&Value>) -> Value {
    given.filter(|value| value.is_object()).cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

struct WireCells<'a>(&'a WireRecord<'a>);

impl Serialize for WireCells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let WireRecord { fields, record, .. } = self.0;
        serializer.collect_map(
            fields
                .iter()
                .zip(&record.cells)
                .map(|(field, cell)| (field.key.as_str(), WireCell { field, cell })),
        )
    }
}

struct WireCell<'a> {
    field: &'a Field,
    cell: &'a Cell,
}

impl Serialize for WireCell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let messages: Vec<_> = self.cell.messages.iter().map(WireMessage::from).collect();
        let mut members = serializer.serialize_map(Some(3))?;
        members.serialize_entry("value", &wire_value(&self.field.field_type, self.cell.text.as_deref()))?;
        members.serialize_entry("messages", &messages)?;
        members.serialize_entry("valid", &self.cell.is_valid())?;
        members.end()
    }
}

#[derive(Serialize)]
struct WireMessage<'a> {
    #[serde(rename = "type")]
    level: Level,
    message: &'a str,
    source: MessageSource,
}

impl<'a> From<&'a Message> for WireMessage<'a> {
    fn from(message: &'a Message) -> Self {
        Self { level: message.level, message: &message.text, source: message.source }
    }
}

/// Records of one sheet with the cells of some of its fields.
pub struct Records<'a> {
    sheet: &'a Sheet,
    fields: Vec<&'a Field>,
    records: &'a [Record],
}

impl<'a> Records<'a> {
    /// Records whose cells are those of `keys`, in that order; of all fields when nothing is said.
    pub fn new(sheet: &'a Sheet, records: &'a [Record], keys: Option<&[String]>) -> Self {
        let fields = match keys {
            None => sheet.columns().map(|(_, field)| field).collect(),
            Some(keys) => keys.iter().filter_map(|key| sheet.config.field(key)).collect(),
        };
        Self { sheet, fields, records }
    }
}

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.records.iter().map(|record| WireRecord {
            id: self.sheet.record_key.id(record.number),
            fields: &self.fields,
            record,
        }))
    }
}

/// A page of records, or those that were inserted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordsAnswer<'a> {
    /// Always `true`.
    pub success: bool,
    /// The records.
    pub records: Records<'a>,
    /// How many there are, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CountsBody>,
    /// The commit whose state this is.
    pub commit_id: Option<CommitId>,
    /// The same, under its old name.
    pub version_id: Option<CommitId>,
}

/// The answer to a change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
pub struct ChangeAnswer {
    /// Always `true`.
    pub success: bool,
    /// The commit that was made, or the last one when nothing changed.
    pub commit_id: Option<String>,
    /// The same, under its old name.
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
    #[schema(value_type = Option<Object>)]
    value: Option<Option<Value>>,
    /// Replace the cell's messages of custom logic; those of constraints are made by the server.
    messages: Option<Vec<MessageRequest>>,
}

/// A message as clients write it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MessageRequest {
    /// `error`, `warn` or `info`.
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>)]
    level: Option<Level>,
    /// What it says.
    message: String,
    /// Messages of constraints are passed over: the server makes them anew.
    source: Option<String>,
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
#[expect(dead_code, reason = "only described; records are written without a copy by WireRecord")]
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
#[expect(dead_code, reason = "only described; pages are written without a copy by RecordsAnswer")]
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
