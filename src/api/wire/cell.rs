//! Cells apart from their records.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::sheet::CountsBody;
use crate::api::shape;
use crate::domain::blueprint::{Field, Level};
use crate::domain::record::{Cell, Counts, Message, MessageSource};
use crate::domain::value::wire_value;
use crate::sheets::{FieldValue, MessageCount};

/// A cell, or a value with the number of its cells.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CellValueWithCounts)]
pub struct CellBody {
    /// The value by the type of the field.
    value: Value,
    /// Whether no message is an error.
    valid: bool,
    /// Remarks on the cell; none on a value.
    messages: Vec<MessageBody>,
    /// How many records have the value, when that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsBody>,
}

/// A remark on a cell.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ValidationMessage)]
struct MessageBody {
    /// `error`, `warn` or `info`.
    #[serde(rename = "type")]
    #[schema(schema_with = shape::words::<Level>)]
    level: Level,
    /// What it says.
    message: String,
    /// Who says it.
    #[schema(schema_with = shape::words::<MessageSource>)]
    source: MessageSource,
    /// Of what in the cell, as `$.value[0]` for an item of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// A message with the number of the records that have it on a field.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageCount)]
pub struct MessageCountBody {
    /// Key of the field.
    field_key: String,
    /// The message.
    #[serde(flatten)]
    message: MessageBody,
    /// How many records have it there.
    count: u64,
}

impl From<MessageCount> for MessageCountBody {
    fn from(counted: MessageCount) -> Self {
        Self { field_key: counted.field, message: MessageBody::from(&counted.message), count: counted.count }
    }
}

impl From<&Message> for MessageBody {
    fn from(message: &Message) -> Self {
        let (text, path) = (message.text.clone(), message.path.clone());
        Self { level: message.level, message: text, source: message.source, path }
    }
}

impl CellBody {
    /// A value of a field, with its counts when they are wanted.
    pub fn of_value(field: &Field, value: &FieldValue, counted: bool) -> Self {
        let counts = Counts { total: value.count, valid: value.count - value.errors, error: value.errors };
        Self {
            value: wire_value(&field.field_type, value.text.as_deref()),
            valid: value.errors == 0,
            messages: Vec::new(),
            counts: counted.then(|| counts.into()),
        }
    }

    /// A cell of a record.
    pub fn of_cell(field: &Field, cell: &Cell) -> Self {
        Self {
            value: wire_value(&field.field_type, cell.text.as_deref()),
            valid: cell.is_valid(),
            messages: cell.messages.iter().map(MessageBody::from).collect(),
            counts: None,
        }
    }
}
