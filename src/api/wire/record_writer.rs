//! Records written straight from their columns into JSON, exactly as section 2.6.1 of the wire contract
//! has them.
//!
//! The record hook of the SDK compares what it read with what it would write, so a record has these
//! members and no others: `id`, `values`, `valid`, `metadata`, `config`; a cell `value`, `messages`,
//! `valid`; and where links were asked for, a reference that leads somewhere has `links`. Every field of the
//! sheet is present, and what is empty is `null`, `[]` or `{}`.

use serde::Serialize;
use serde_json::Value;

use super::linked;
use crate::domain::blueprint::{Field, Level};
use crate::domain::json::put_text;
use crate::domain::record::{FieldNumber, Message, RecordKey};
use crate::domain::value::ValueWriter;
use crate::service::links::Links;
use crate::sheets::{Batch, BatchRecord};

/// The end of a cell without messages, which most cells are.
const CLEAN: &[u8] = br#","messages":[],"valid":true}"#;

/// Writes the records of one sheet.
pub struct RecordWriter {
    record_key: RecordKey,
    cells: Vec<CellWriter>,
}

struct CellWriter {
    /// `"key":{"value":`, after a comma for all but the first.
    begin: Vec<u8>,
    /// `"key"`
    key: Vec<u8>,
    value: ValueWriter,
    field: FieldNumber,
}

impl RecordWriter {
    /// For records whose cells are those of `fields`, in that order.
    pub fn new(record_key: RecordKey, fields: &[(FieldNumber, &Field)]) -> Self {
        let cell = |(place, (number, field)): (usize, &(FieldNumber, &Field))| {
            let mut key = Vec::new();
            put_text(&mut key, field.key.as_str());
            let mut begin = if place == 0 { Vec::new() } else { vec![b','] };
            begin.extend_from_slice(&key);
            begin.extend_from_slice(br#":{"value":"#);
            CellWriter { begin, key, value: ValueWriter::new(&field.field_type), field: *number }
        };
        Self { record_key, cells: fields.iter().enumerate().map(cell).collect() }
    }

    /// Appends the records of a batch with commas between them, with what their references lead to.
    pub fn put(&self, out: &mut Vec<u8>, batch: &Batch, links: Option<&Links>) {
        for (place, record) in batch.open().records().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            self.put_record(out, &record, links);
        }
    }

    fn put_record(&self, out: &mut Vec<u8>, record: &BatchRecord<'_>, links: Option<&Links>) {
        let mut messages: Vec<(usize, &Message)> = record.messages().collect();
        messages.sort_by_key(|(place, _)| *place);
        let mut rest = &messages[..];
        out.extend_from_slice(br#"{"id":""#);
        out.extend_from_slice(&self.record_key.id_bytes(record.number()));
        out.extend_from_slice(br#"","values":{"#);
        for (place, (cell, text)) in self.cells.iter().zip(record.cells()).enumerate() {
            out.extend_from_slice(&cell.begin);
            cell.value.put(out, text);
            let here = rest.iter().take_while(|(of, _)| *of == place).count();
            let (on_cell, after) = rest.split_at(here);
            rest = after;
            if on_cell.is_empty() {
                out.extend_from_slice(CLEAN);
            } else {
                put_messages(out, on_cell, &cell.key);
            }
            if let Some((sheet, reached)) = links.and_then(|links| links.of(record.number(), cell.field)) {
                // The cell is closed already: most have no links.
                out.pop();
                out.extend_from_slice(br#","links":"#);
                put_value(out, &linked::records(sheet, reached));
                out.push(b'}');
            }
        }
        out.extend_from_slice(br#"},"valid":"#);
        put_valid(out, &messages);
        out.extend_from_slice(br#","metadata":"#);
        put_object(out, record.metadata());
        out.extend_from_slice(br#","config":"#);
        put_object(out, record.config());
        out.push(b'}');
    }
}

/// The end of a cell with messages; `key` is that of its field.
fn put_messages(out: &mut Vec<u8>, messages: &[(usize, &Message)], key: &[u8]) {
    out.extend_from_slice(br#","messages":["#);
    for (place, (_, message)) in messages.iter().enumerate() {
        out.extend_from_slice(if place == 0 { br#"{"type":"# } else { br#",{"type":"# });
        put_value(out, &message.level);
        out.extend_from_slice(br#","message":"#);
        put_text(out, &message.text);
        out.extend_from_slice(br#","source":"#);
        put_value(out, &message.source);
        out.extend_from_slice(br#","field":"#);
        out.extend_from_slice(key);
        put_path(out, message);
        out.push(b'}');
    }
    out.extend_from_slice(br#"],"valid":"#);
    put_valid(out, messages);
    out.push(b'}');
}

/// Of what in its cell a message is, when it says so.
pub fn put_path(out: &mut Vec<u8>, message: &Message) {
    if let Some(path) = &message.path {
        out.extend_from_slice(br#","path":"#);
        put_text(out, path);
    }
}

fn put_valid(out: &mut Vec<u8>, messages: &[(usize, &Message)]) {
    let valid = messages.iter().all(|(_, message)| message.level != Level::Error);
    out.extend_from_slice(if valid { b"true" } else { b"false" });
}

/// An object, empty when there is none: clients count a missing one as a change.
pub fn put_object(out: &mut Vec<u8>, given: Option<&Value>) {
    match given.filter(|value| value.is_object()) {
        Some(object) => put_value(out, object),
        None => out.extend_from_slice(b"{}"),
    }
}

/// Appends any value; writing values of ours into memory does not fail.
pub fn put_value(out: &mut Vec<u8>, value: &impl Serialize) {
    if let Err(error) = serde_json::to_writer(out, value) {
        tracing::error!(%error, "a value is not JSON");
    }
}
