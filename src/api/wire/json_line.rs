//! Records as lines of JSON: plain `key: value`, and what is known of the record under names that begin
//! with two underscores, as section 2.6.5 of the wire contract has them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::linked;
use super::record_writer::{put_object, put_path, put_value};
use crate::domain::blueprint::{Field, Level};
use crate::domain::ids::CommitId;
use crate::domain::json::put_text;
use crate::domain::record::{FieldNumber, Message, MessageSource, RecordKey};
use crate::domain::value::ValueWriter;
use crate::domain::workbook::Sheet;
use crate::service::links::Links;
use crate::service::records::{RecordInput, ValueInput};
use crate::sheets::{Batch, BatchRecord};

/// What stands in a line beside the id and the values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Cells without a value, as `null`.
    pub empty_cells: bool,
    /// The commit and whether the record is valid.
    pub context: bool,
    /// Messages as `__i`.
    pub messages: bool,
    /// Metadata as `__m`.
    pub metadata: bool,
    /// Config as `__c`.
    pub config: bool,
    /// The id of the sheet as `__s`.
    pub sheet: bool,
    /// The slug of the sheet as `__n`.
    pub slug: bool,
}

/// Writes the records of one sheet, one a line.
pub struct LineWriter {
    record_key: RecordKey,
    wanted: Wanted,
    /// What is the same in all lines: commit, sheet, slug.
    shared: Vec<u8>,
    fields: Vec<FieldWriter>,
}

struct FieldWriter {
    number: FieldNumber,
    key: String,
    /// `,"key":`
    begin: Vec<u8>,
    value: ValueWriter,
}

impl LineWriter {
    /// For records whose cells are those of `fields`, in that order.
    pub fn new(
        sheet: &Sheet,
        fields: &[(FieldNumber, &Field)],
        commit: Option<&CommitId>,
        wanted: Wanted,
    ) -> Self {
        let mut shared = Vec::new();
        let mut put = |name: &str, text: &str| {
            shared.extend_from_slice(name.as_bytes());
            put_text(&mut shared, text);
        };
        if let Some(commit) = commit.filter(|_| wanted.context) {
            put(",\"__v\":", &commit.to_string());
        }
        if wanted.sheet {
            put(",\"__s\":", &sheet.id.to_string());
        }
        if wanted.slug {
            put(",\"__n\":", &sheet.slug);
        }
        let field = |(number, field): &(FieldNumber, &Field)| {
            let mut begin = vec![b','];
            put_text(&mut begin, field.key.as_str());
            begin.push(b':');
            let value = ValueWriter::new(&field.field_type);
            FieldWriter { number: *number, key: field.key.to_string(), begin, value }
        };
        Self { record_key: sheet.record_key, wanted, shared, fields: fields.iter().map(field).collect() }
    }

    /// Appends the records of a batch, with what their references lead to.
    pub fn put(&self, out: &mut Vec<u8>, batch: &Batch, links: Option<&Links>) {
        for record in batch.open().records() {
            self.put_record(out, &record, links);
        }
    }

    fn put_record(&self, out: &mut Vec<u8>, record: &BatchRecord<'_>, links: Option<&Links>) {
        out.extend_from_slice(br#"{"__k":""#);
        out.extend_from_slice(&self.record_key.id_bytes(record.number()));
        out.push(b'"');
        out.extend_from_slice(&self.shared);
        for (field, text) in self.fields.iter().zip(record.cells()) {
            if text.is_some() || self.wanted.empty_cells {
                out.extend_from_slice(&field.begin);
                field.value.put(out, text);
            }
        }
        if self.wanted.context {
            let valid = record.messages().all(|(_, message)| message.level != Level::Error);
            out.extend_from_slice(if valid { b",\"__e\":true" } else { b",\"__e\":false" });
        }
        if self.wanted.messages {
            self.put_messages(out, record);
        }
        if self.wanted.metadata {
            out.extend_from_slice(br#","__m":"#);
            put_object(out, record.metadata());
        }
        if self.wanted.config {
            out.extend_from_slice(br#","__c":"#);
            put_object(out, record.config());
        }
        if let Some(links) = links {
            out.extend_from_slice(br#","__l":"#);
            put_value(out, &self.linked(record, links));
        }
        out.extend_from_slice(b"}\n");
    }

    /// The records that the references lead to, field by field.
    fn linked(&self, record: &BatchRecord<'_>, links: &Links) -> Vec<Value> {
        let reached = self.fields.iter().filter_map(|field| links.of(record.number(), field.number));
        reached.flat_map(|(sheet, reached)| linked::lines(sheet, reached)).collect()
    }

    fn put_messages(&self, out: &mut Vec<u8>, record: &BatchRecord<'_>) {
        out.extend_from_slice(br#","__i":["#);
        for (place, (field, message)) in record.messages().enumerate() {
            out.extend_from_slice(if place == 0 { br#"{"x":"# } else { br#",{"x":"# });
            put_text(out, self.fields.get(field).map_or("", |field| &field.key));
            out.extend_from_slice(br#","m":"#);
            put_text(out, &message.text);
            out.extend_from_slice(br#","type":"#);
            put_value(out, &message.level);
            out.extend_from_slice(br#","source":"#);
            put_value(out, &message.source);
            put_path(out, message);
            out.push(b'}');
        }
        out.push(b']');
    }
}

/// What became of the lines.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WrittenLines)]
pub struct LinesAnswer {
    /// Always `true`.
    pub success: bool,
    /// Records that were inserted.
    pub created: u64,
    /// Records that were sent to be changed.
    pub updated: u64,
    /// Records that were deleted, those that `truncate` deleted apart.
    pub deleted: u64,
    /// The snapshots that were asked for, one for each sheet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub snapshot_ids: Vec<String>,
}

/// What a line asks for.
#[derive(Debug, PartialEq)]
pub enum Change {
    /// A new record.
    Insert(RecordInput),
    /// Other cells in the record of that id.
    Update(String, RecordInput),
    /// The record of that id goes.
    Delete(String),
}

/// A message as clients write it into a line.
#[derive(Deserialize)]
struct LineMessage {
    /// The key of the field.
    x: String,
    /// What it says.
    m: String,
    #[serde(rename = "type", default)]
    level: Option<Level>,
    #[serde(default)]
    source: Option<MessageSource>,
    /// Of what in the cell.
    #[serde(default)]
    path: Option<String>,
}

/// Why a line may not choose the id of its record.
const OWN_IDS: &str =
    "`__nk`: the server gives new records their ids; leave it out and read the id of the record as `__k`";

/// Reads a line: the id of its sheet when it names one, and the change.
///
/// # Errors
/// The words for what cannot be read.
pub fn read(line: Map<String, Value>) -> Result<(Option<String>, Change), String> {
    let (mut sheet, mut id, mut deleted) = (None, None, false);
    let mut input = RecordInput::default();
    let mut messages: Vec<LineMessage> = Vec::new();
    let text = |name: &str, value: Value| match value {
        Value::String(text) => Ok(text),
        _ => Err(format!("`{name}` is a text")),
    };
    for (name, value) in line {
        match name.as_str() {
            "__k" => id = Some(text(&name, value)?),
            "__s" => sheet = Some(text(&name, value)?),
            "__d" => deleted = value == Value::Bool(true),
            "__m" => input.metadata = Some(value),
            "__c" => input.config = Some(value),
            "__i" => messages = read_messages(value)?,
            "__nk" if !value.is_null() => return Err(OWN_IDS.to_string()),
            // The server makes these anew, or they mean nothing to it.
            other if other.starts_with("__") => {}
            _ => input.values.push((name, ValueInput { value: Some(value), messages: None })),
        }
    }
    for message in messages {
        add(&mut input, message);
    }
    match (id, deleted) {
        (Some(id), true) => Ok((sheet, Change::Delete(id))),
        (Some(id), false) => Ok((sheet, Change::Update(id, input))),
        (None, true) => Err("a line with `__d` names its record by `__k`".to_string()),
        (None, false) => Ok((sheet, Change::Insert(input))),
    }
}

/// The messages of a line. One that has none may say so by an empty object.
fn read_messages(value: Value) -> Result<Vec<LineMessage>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Object(members) if members.is_empty() => Ok(Vec::new()),
        Value::Array(_) => serde_json::from_value(value).map_err(|error| format!("`__i`: {error}")),
        _ => {
            Err("`__i` is a list of messages, such as `[{\"x\": \"email\", \"m\": \"unknown\"}]`".to_string())
        }
    }
}

/// Puts a message of custom logic on its cell; the server derives the others.
fn add(input: &mut RecordInput, message: LineMessage) {
    if message.source.is_some_and(|source| source != MessageSource::CustomLogic) {
        return;
    }
    let place = input.values.iter().position(|(key, _)| *key == message.x).unwrap_or_else(|| {
        input.values.push((message.x.clone(), ValueInput { value: None, messages: None }));
        input.values.len() - 1
    });
    let level = message.level.unwrap_or_default();
    let (source, text, path) = (MessageSource::CustomLogic, message.m, message.path);
    let custom = Message { level, source, derived: false, text, path };
    input.values[place].1.messages.get_or_insert_default().push(custom);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(line: Value) -> Result<(Option<String>, Change), String> {
        read(line.as_object().unwrap().clone())
    }

    #[test]
    fn a_line_says_what_becomes_of_its_record() {
        let (sheet, inserted) = change(json!({"__s": "us_sh_1", "__nk": null, "name": "Ada"})).unwrap();
        assert_eq!(sheet.as_deref(), Some("us_sh_1"));
        let Change::Insert(input) = inserted else { panic!("{inserted:?}") };
        assert_eq!(input.values[0].1.value, Some(json!("Ada")));
        assert!(matches!(change(json!({"__k": "a", "__e": true})), Ok((None, Change::Update(..)))));
        assert_eq!(change(json!({"__k": "a", "__d": true})), Ok((None, Change::Delete("a".to_string()))));
        assert!(change(json!({"__d": true})).unwrap_err().contains("__k"));
        assert!(change(json!({"__k": 7})).unwrap_err().contains("`__k` is a text"));
        for id in [json!("x"), json!(7)] {
            assert!(change(json!({"__nk": id, "name": "Ada"})).unwrap_err().contains("`__nk`"));
        }
    }

    #[test]
    fn messages_go_to_their_cells() {
        let line = json!({"__k": "a", "name": "Ada", "__i": [
            {"x": "name", "m": "odd", "type": "warn"}, {"x": "age", "m": "no"},
            {"x": "name", "m": "made anew", "source": "required-constraint"}]});
        let Ok((_, Change::Update(_, input))) = change(line) else { panic!() };
        let said = |place: usize| input.values[place].1.messages.as_ref().unwrap();
        assert_eq!((said(0).len(), said(0)[0].level), (1, Level::Warn));
        assert_eq!((input.values[1].1.value.is_none(), said(1)[0].level), (true, Level::Error));
        for none in [json!(null), json!({}), json!([])] {
            let Ok((_, Change::Insert(input))) = change(json!({"name": "Ada", "__i": none})) else {
                panic!()
            };
            assert_eq!((input.values.len(), &input.values[0].1.messages), (1, &None));
        }
        for other in
            [json!({"name": "odd"}), json!({"x": "name", "m": "odd"}), json!("odd"), json!([{"m": "odd"}])]
        {
            assert!(change(json!({"name": "Ada", "__i": other})).unwrap_err().contains("`__i`"));
        }
    }
}
