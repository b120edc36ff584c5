//! Where fields go by the rules of a mapping program (section 2.16 of the wire contract).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::blueprint::Field;
use super::mapping::is_computed;
use super::mapping_program::MappingRule;
use super::parse::{ParseError, from_value};

/// What the server does by a rule. Others are kept for programs that follow them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Step {
    /// The values of a field go into another.
    Assign {
        /// The key of the one.
        source_field: String,
        /// The key of the other.
        destination_field: String,
    },
    /// A field goes nowhere.
    Ignore {
        /// Its key.
        source_field: String,
    },
    /// Nothing goes into a field.
    Delete {
        /// Its key.
        destination_field: String,
    },
    /// Values become others on their way into a field.
    FindReplace {
        /// Its key.
        destination_field: String,
        /// Which become which.
        values: Vec<Replacement>,
    },
}

/// What the server does by a rule.
fn step(rule: &MappingRule) -> Result<Step, ParseError> {
    let mut told = match &rule.given.config {
        Some(Value::Object(told)) => told.clone(),
        _ => Map::new(),
    };
    told.insert("type".to_string(), Value::from(rule.given.rule_type.clone()));
    from_value(Value::Object(told))
}

/// A value and what becomes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replacement {
    /// As it is.
    pub find: Value,
    /// As it will be.
    pub replace: Value,
}

/// What rules say of the fields of two sheets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Course {
    /// For each field of the one the place of that of the other where it goes.
    pub places: Vec<Option<usize>>,
    /// What becomes of the values that go to a place.
    pub replacements: HashMap<usize, Vec<Replacement>>,
}

/// Where fields go by rules, in their order; what no rule assigns goes nowhere, and rules about fields that are not there
/// say nothing.
///
/// # Errors
/// The server does not follow a rule of that type; its place is named.
pub fn course(rules: &[MappingRule], from: &[&Field], to: &[Field]) -> Result<Course, ParseError> {
    let mut course = Course { places: vec![None; from.len()], ..Course::default() };
    let source = |key: &str| from.iter().position(|field| field.key.as_str() == key);
    let target = |key: &str| to.iter().position(|field| field.key.as_str() == key && !is_computed(field));
    for (position, rule) in rules.iter().enumerate() {
        match step(rule).map_err(|error| error.within(&format!("[{position}]")))? {
            Step::Assign { source_field, destination_field } => {
                if let (Some(at), Some(place)) = (source(&source_field), target(&destination_field)) {
                    leave(&mut course, place);
                    course.places[at] = Some(place);
                }
            }
            Step::Ignore { source_field } => {
                if let Some(at) = source(&source_field) {
                    course.places[at] = None;
                }
            }
            Step::Delete { destination_field } => {
                if let Some(place) = target(&destination_field) {
                    leave(&mut course, place);
                }
            }
            Step::FindReplace { destination_field, values } => {
                if let Some(place) = target(&destination_field) {
                    course.replacements.entry(place).or_default().extend(values);
                }
            }
        }
    }
    Ok(course)
}

fn leave(course: &mut Course, place: usize) {
    for other in course.places.iter_mut().filter(|other| **other == Some(place)) {
        *other = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::ids::{Id, MappingRuleId};
    use crate::domain::job::plan::ExecutionPlan;
    use crate::domain::mapping_program::{RuleConfig, rules_of};
    use crate::domain::time::Timestamp;

    fn rule(value: Value) -> MappingRule {
        let Value::Object(members) = value else { panic!("no object") };
        MappingRule {
            id: MappingRuleId::parse("us_mr_00000000").unwrap(),
            given: RuleConfig::read(members).unwrap(),
            created_by: "us_usr_00000000".to_string(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    fn fields(keys: &[&str]) -> Vec<Field> {
        keys.iter().map(|key| from_value(json!({ "key": key, "type": "string" })).unwrap()).collect()
    }

    fn follow(rules: &[Value]) -> Result<Course, ParseError> {
        let rules: Vec<MappingRule> = rules.iter().cloned().map(rule).collect();
        let (from, to) = (fields(&["a", "b", "c"]), fields(&["x", "y"]));
        course(&rules, &from.iter().collect::<Vec<_>>(), &to)
    }

    #[test]
    fn rules_are_followed_in_their_order() {
        let assign =
            |from: &str, to: &str| json!({ "type": "assign", "sourceField": from, "destinationField": to });
        let places = |rules: &[Value]| follow(rules).unwrap().places;
        for (rules, expected) in [
            (vec![], [None, None, None]),
            (vec![assign("a", "x"), assign("b", "y")], [Some(0), Some(1), None]),
            (vec![assign("a", "x"), assign("b", "x")], [None, Some(0), None]),
            (vec![assign("a", "x"), assign("a", "y")], [Some(1), None, None]),
            (vec![assign("z", "x"), assign("a", "z")], [None, None, None]),
            (vec![assign("a", "x"), json!({ "type": "ignore", "sourceField": "a" })], [None, None, None]),
            (
                vec![assign("a", "x"), json!({ "type": "delete", "destinationField": "x" })],
                [None, None, None],
            ),
            (
                vec![json!({ "type": "assign", "config": { "sourceField": "c", "destinationField": "y" } })],
                [None, None, Some(1)],
            ),
        ] {
            assert_eq!(places(&rules), expected, "{rules:?}");
        }
        let values = json!([{ "find": "m", "replace": "male" }]);
        let replaced = json!({ "type": "find-replace", "destinationField": "y", "values": values });
        assert_eq!(json!(follow(&[replaced]).unwrap().replacements[&1]), values);
    }

    #[test]
    fn a_rule_that_the_server_does_not_follow_is_named() {
        let constant = json!({ "type": "constant", "destinationField": "x", "value": 1 });
        let error = follow(&[json!({ "type": "ignore", "sourceField": "a" }), constant]).unwrap_err();
        assert!(error.path.starts_with("[1]") && error.message.contains("constant"), "{error}");
        let error = follow(&[json!({ "type": "assign", "sourceField": "a" })]).unwrap_err();
        assert!(error.to_string().contains("destinationField"), "{error}");
        assert!(RuleConfig::read(Map::new()).unwrap_err().path == "type");
    }

    #[test]
    fn the_rules_of_a_plan_say_the_same() {
        let plan: ExecutionPlan = from_value(json!({ "fieldMapping": [
            { "sourceField": { "key": "a" }, "destinationField": { "key": "y" }, "metadata": { "confidence": 0.9 },
              "enumDetails": { "mapping": [
                { "sourceValue": "m", "destinationValue": "male" }, { "sourceValue": "x", "destinationValue": "x" } ] } },
        ] }))
        .unwrap();
        let rules = rules_of(&plan);
        assert_eq!((rules.len(), rules[0].confidence), (2, Some(0.9)));
        let told: Vec<Value> =
            rules.iter().map(|rule| json!({ "type": rule.rule_type, "config": rule.config })).collect();
        let course = follow(&told).unwrap();
        assert_eq!(course.places, [Some(1), None, None]);
        assert_eq!(json!(course.replacements[&1]), json!([{ "find": "m", "replace": "male" }]));
    }
}
