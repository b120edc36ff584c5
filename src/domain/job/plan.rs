//! What a mapping job means to do: which field of one sheet goes into which of another (section 2.8.5 of the wire
//! contract).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::blueprint::null_is_default;

/// A field of a sheet as the blueprint has it; it has at least a `key`.
pub type Property = Map<String, Value>;

/// One field that goes into another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// Where the values come from.
    pub source_field: Property,
    /// Where they go.
    pub destination_field: Property,
    /// Some of the values.
    #[serde(default, deserialize_with = "null_is_default")]
    pub preview: Vec<Value>,
    /// Which value of an enum becomes which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_details: Option<EnumDetails>,
    /// How sure the match is, and where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// How the values of one enum become those of another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnumDetails {
    /// The pairs.
    #[serde(default, deserialize_with = "null_is_default")]
    pub mapping: Vec<CategoryMapping>,
    /// Values that become nothing.
    #[serde(default, deserialize_with = "null_is_default")]
    pub unused_source_values: Vec<Value>,
    /// Options that nothing becomes.
    #[serde(default, deserialize_with = "null_is_default")]
    pub unused_destination_values: Vec<Value>,
}

/// One value that becomes another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryMapping {
    /// As it is.
    #[serde(default)]
    pub source_value: Value,
    /// As it will be.
    #[serde(default)]
    pub destination_value: Value,
}

/// A field that goes nowhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceField {
    /// Which.
    pub source_field: Property,
    /// Some of its values.
    #[serde(default, deserialize_with = "null_is_default")]
    pub preview: Vec<Value>,
}

/// A field that nothing goes into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DestinationField {
    /// Which.
    pub destination_field: Property,
    /// Some of its values.
    #[serde(default, deserialize_with = "null_is_default")]
    pub preview: Vec<Value>,
}

/// The whole plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionPlan {
    /// What goes where.
    #[serde(default, deserialize_with = "null_is_default")]
    pub field_mapping: Vec<Edge>,
    /// What goes nowhere.
    #[serde(default, deserialize_with = "null_is_default")]
    pub unmapped_source_fields: Vec<SourceField>,
    /// What stays empty.
    #[serde(default, deserialize_with = "null_is_default")]
    pub unmapped_destination_fields: Vec<DestinationField>,
    /// The stored mapping that it was made by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_id: Option<String>,
}

/// A change of a plan: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanChange {
    /// What goes where.
    pub field_mapping: Option<Vec<Edge>>,
    /// What goes nowhere.
    pub unmapped_source_fields: Option<Vec<SourceField>>,
    /// What stays empty.
    pub unmapped_destination_fields: Option<Vec<DestinationField>>,
    /// The stored mapping that it was made by.
    pub program_id: Option<String>,
}

impl Edge {
    /// The key of the field where the values go.
    pub fn destination_key(&self) -> Option<&str> {
        self.destination_field.get("key")?.as_str()
    }

    /// What becomes of each value; those that are not named stay as they are.
    pub fn values(&self) -> HashMap<String, String> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let pairs = self.enum_details.iter().flat_map(|details| &details.mapping);
        pairs.map(|pair| (text(&pair.source_value), text(&pair.destination_value))).collect()
    }
}

impl ExecutionPlan {
    /// Where the values of the field of that key go.
    pub fn edge_of(&self, key: &str) -> Option<&Edge> {
        let is_from = |edge: &&Edge| edge.source_field.get("key").and_then(Value::as_str) == Some(key);
        self.field_mapping.iter().find(is_from)
    }

    /// Takes what a change names.
    pub fn take(&mut self, change: PlanChange) {
        if let Some(edges) = change.field_mapping {
            self.field_mapping = edges;
        }
        if let Some(fields) = change.unmapped_source_fields {
            self.unmapped_source_fields = fields;
        }
        if let Some(fields) = change.unmapped_destination_fields {
            self.unmapped_destination_fields = fields;
        }
        self.program_id = change.program_id.or(self.program_id.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::parse::from_value;
    use serde_json::json;

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let edge = json!({"sourceField": {"key": "a"}, "destinationField": {"key": "b"}, "preview": ["x"],
            "enumDetails": {"mapping": [{"sourceValue": "1", "destinationValue": "one"}],
                "unusedSourceValues": [], "unusedDestinationValues": ["two"]},
            "metadata": {"certainty": "strong"}});
        let given = json!({"fieldMapping": [edge], "unmappedSourceFields": [],
            "unmappedDestinationFields": [{"destinationField": {"key": "c"}, "preview": []}], "programId": "us_mp_1"});
        let mut plan: ExecutionPlan = from_value(given.clone()).unwrap();
        assert_eq!(serde_json::to_value(&plan).unwrap(), given);
        plan.take(from_value(json!({"fieldMapping": []})).unwrap());
        assert!(plan.field_mapping.is_empty());
        assert_eq!(plan.unmapped_destination_fields.len(), 1);
        assert_eq!(plan.program_id.as_deref(), Some("us_mp_1"));
    }
}
