//! Linked records: what the references of a record lead to, all of their cells with them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::cell::CellBody;
use crate::domain::record::Record;
use crate::domain::value::wire_value;
use crate::domain::workbook::Sheet;

/// The records of a sheet that a cell leads to, as the member `links` has them.
pub fn records(sheet: &Sheet, reached: &[Arc<Record>]) -> Vec<Value> {
    let object = |given: &Option<Value>| given.clone().unwrap_or_else(|| json!({}));
    let body = |record: &Arc<Record>| {
        let cells = sheet.columns().zip(&record.cells);
        let values: Map<String, Value> = cells
            .map(|((_, field), cell)| (field.key.to_string(), json!(CellBody::of_cell(field, cell))))
            .collect();
        json!({
            "id": sheet.record_key.id(record.number), "values": values, "valid": record.is_valid(),
            "metadata": object(&record.metadata), "config": object(&record.config),
        })
    };
    reached.iter().map(body).collect()
}

/// The same as lines have them: the id as `__k`, the sheet as `__s` and `__n`, and each value that is there by its key.
pub fn lines(sheet: &Sheet, reached: &[Arc<Record>]) -> Vec<Value> {
    let line = |record: &Arc<Record>| {
        let id = sheet.record_key.id(record.number);
        let known = [("__k", json!(id)), ("__s", json!(sheet.id)), ("__n", json!(sheet.slug))];
        let mut line = Map::from_iter(known.map(|(name, value)| (name.to_string(), value)));
        let filled = sheet.columns().zip(&record.cells).filter(|(_, cell)| cell.text.is_some());
        line.extend(filled.map(|((_, field), cell)| {
            (field.key.to_string(), wire_value(&field.field_type, cell.text.as_deref()))
        }));
        Value::Object(line)
    };
    reached.iter().map(line).collect()
}
