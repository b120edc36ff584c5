//! Examples of what a schema describes.

use serde_json::{Map, Value, json};

/// Schemas within one another that are looked into; what lies deeper is left out, as are those within themselves.
const DEEPEST: usize = 8;

/// An example of what a schema describes.
pub fn example(document: &Value, schema: &Value) -> Value {
    of(document, schema, DEEPEST)
}

/// What a reference leads to; the value itself when it is none.
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value.get("$ref").and_then(|reference| reference.as_str()?.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// What a schema holds, in a word or two.
pub fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let kind = type_of(schema).unwrap_or_default();
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        return values.join(" | ");
    }
    match kind {
        "array" => format!("list of {}", self::kind(document, &schema["items"])),
        kind => kind.to_string(),
    }
}

fn of(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    if depth == 0 {
        return Value::Null;
    }
    let given = ["example", "default", "const"].into_iter().find_map(|key| schema.get(key));
    let given = given.or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0));
    if let Some(given) = given {
        return given.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut all = members(document, schema, depth);
        for part in parts {
            if let Value::Object(more) = of(document, part, depth - 1) {
                all.extend(more);
            }
        }
        return Value::Object(all);
    }
    for key in ["oneOf", "anyOf"] {
        let is_something = |one: &&Value| one["type"] != "null";
        if let Some(first) = schema[key].as_array().and_then(|choices| choices.iter().find(is_something)) {
            return of(document, first, depth - 1);
        }
    }
    match type_of(schema) {
        Some("object") => Value::Object(members(document, schema, depth)),
        Some("array") => match of(document, &schema["items"], depth - 1) {
            Value::Null => json!([]),
            item => json!([item]),
        },
        Some("string") => json!(word(schema)),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => Value::Null,
    }
}

fn members(document: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(key, member)| (key.clone(), of(document, member, depth - 1))).collect()
}

/// The type of a schema; of several the first that is not `null`.
fn type_of(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        Value::String(one) => Some(one),
        _ => schema.get("properties").map(|_| "object"),
    }
}

fn word(schema: &Value) -> &'static str {
    match schema["format"].as_str() {
        Some("date-time") => "2026-01-31T12:00:00.000Z",
        Some("date") => "2026-01-31",
        Some("uri") => "https://example.com",
        Some("email") => "ann@example.com",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_follows_references_and_ends() {
        let document = json!({ "components": { "schemas": {
            "Part": { "type": "object", "properties": {
                "kind": { "type": "string", "enum": ["a", "b"] },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
            } },
            "Named": { "type": "object", "properties": { "name": { "type": ["string", "null"] } } },
        } } });
        let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Named" }, { "type": "object", "properties": {
            "at": { "type": "string", "format": "date" },
            "one": { "oneOf": [{ "type": "null" }, { "type": "integer" }] },
        } }] });
        assert_eq!(example(&document, &schema), json!({ "name": "string", "at": "2026-01-31", "one": 1 }));
        let deep = example(&document, &json!({ "$ref": "#/components/schemas/Part" }));
        assert_eq!(deep["parts"][0]["kind"], json!("a"));
        let list = json!({ "type": "array", "items": { "type": ["null", "string"] } });
        assert_eq!(kind(&document, &list), "list of string");
    }
}
