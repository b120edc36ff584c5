//! Rows become JSON: objects from field keys to values, as an array or one a line.

use std::io::Write;

use super::write_rows::{RowWriter, WriteError};
use crate::domain::blueprint::Field;
use crate::domain::json::put_text;
use crate::domain::record::Message;
use crate::domain::value::ValueWriter;

/// Writes records as objects.
#[derive(Debug)]
pub struct JsonWriter {
    /// For each field `{"key":` or `,"key":`, and its values.
    fields: Vec<(Vec<u8>, ValueWriter)>,
    /// What stands before the first object, between two, and after the last.
    frame: [&'static [u8]; 3],
    rows: u64,
    buffer: Vec<u8>,
}

impl JsonWriter {
    /// One array, an object a line.
    pub fn array(fields: &[&Field]) -> Self {
        Self::new(fields, [b"[\n", b",\n", b"\n]\n"])
    }

    /// One object a line and nothing else.
    pub fn lines(fields: &[&Field]) -> Self {
        Self::new(fields, [b"", b"\n", b"\n"])
    }

    fn new(fields: &[&Field], frame: [&'static [u8]; 3]) -> Self {
        let field = |(place, field): (usize, &&Field)| {
            let mut begin = vec![if place == 0 { b'{' } else { b',' }];
            put_text(&mut begin, field.key.as_str());
            begin.push(b':');
            (begin, ValueWriter::new(&field.field_type))
        };
        let fields = fields.iter().enumerate().map(field).collect();
        Self { fields, frame, rows: 0, buffer: Vec::new() }
    }
}

impl RowWriter for JsonWriter {
    fn row(&mut self, cells: &[Option<&str>], _messages: &[(usize, &Message)]) -> Result<(), WriteError> {
        self.buffer.extend_from_slice(self.frame[usize::from(self.rows > 0)]);
        self.rows += 1;
        for ((begin, value), text) in self.fields.iter().zip(cells) {
            self.buffer.extend_from_slice(begin);
            value.put(&mut self.buffer, *text);
        }
        self.buffer.push(b'}');
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        let room = self.buffer.len();
        std::mem::replace(&mut self.buffer, Vec::with_capacity(room))
    }

    fn finish(mut self: Box<Self>, out: &mut (dyn Write + Send)) -> Result<(), WriteError> {
        // A file of lines without any is empty; an array without any is still one.
        let [begin, _, end] = self.frame;
        if self.rows > 0 || !begin.is_empty() {
            self.buffer.extend_from_slice(if self.rows == 0 { begin } else { b"" });
            self.buffer.extend_from_slice(end);
        }
        Ok(out.write_all(&self.buffer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written(make: fn(&[&Field]) -> JsonWriter, rows: &[[Option<&str>; 2]]) -> String {
        let field = |config: Value| serde_json::from_value::<Field>(config).unwrap();
        let fields = [
            field(json!({"key": "na\"me", "type": "string"})),
            field(json!({"key": "age", "type": "number"})),
        ];
        let mut writer = make(&fields.each_ref());
        rows.iter().for_each(|row| writer.row(row, &[]).unwrap());
        let mut out = writer.take();
        Box::new(writer).finish(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_array_is_json_with_typed_values() {
        let text = written(JsonWriter::array, &[[Some("A\n"), Some("36")], [None, Some("old")]]);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!([{"na\"me": "A\n", "age": 36}, {"na\"me": null, "age": "old"}]));
        assert_eq!(serde_json::from_str::<Value>(&written(JsonWriter::array, &[])).unwrap(), json!([]));
    }

    #[test]
    fn lines_are_objects_each() {
        let text = written(JsonWriter::lines, &[[Some("A\n"), Some("1")], [None, None]]);
        assert_eq!(text, "{\"na\\\"me\":\"A\\n\",\"age\":1}\n{\"na\\\"me\":null,\"age\":null}\n");
        assert_eq!(written(JsonWriter::lines, &[]), "");
    }
}
