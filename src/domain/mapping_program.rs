//! Mapping programs: how the fields of one sheet go into those of another, rule by rule (section 2.16 of the wire
//! contract). What a rule says beside its type is kept as it came; the server follows those of [`Step`].

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::app::check_name;
use super::blueprint::{Field, SheetConfig};
use super::ids::{AccountId, EnvironmentId, FamilyId, JobId, MappingRuleId, ProgramId, SpaceId, WorkbookId};
use super::job::plan::ExecutionPlan;
use super::mapping::is_computed;
use super::mapping_guess::{Guess, guess};
use super::parse::{ParseError, from_value};
use super::time::Timestamp;

/// Most bytes of the rules of a program as JSON.
const MOST_BYTES: usize = 4 << 20;

/// How the fields of one sheet go into those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// Whose it is.
    pub account_id: AccountId,
    /// In which environment.
    pub environment_id: EnvironmentId,
    /// The job whose plan it is, and where that is; nothing for one that was saved by itself.
    pub job: Option<ProgramJob>,
    /// The space where it was made, where who made it sees no more.
    pub space_id: Option<SpaceId>,
    /// Programs that belong together.
    pub family_id: Option<FamilyId>,
    /// The customer's own mark.
    pub namespace: Option<String>,
    /// Keys of the fields that go somewhere.
    pub source_keys: Vec<String>,
    /// Keys of the fields where they may go.
    pub destination_keys: Vec<String>,
    /// What goes where.
    pub rules: Vec<MappingRule>,
    /// How many rules came since it was made.
    pub added_rules: i64,
    /// How many went.
    pub deleted_rules: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A mapping job and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramJob {
    /// The job.
    pub id: JobId,
    /// The workbook that its records come from.
    pub workbook_id: Option<WorkbookId>,
}

/// What a rule is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleConfig {
    /// What people read.
    pub name: String,
    /// `assign` and others.
    #[serde(rename = "type")]
    pub rule_type: String,
    /// What it says beside its type.
    pub config: Option<Value>,
    /// How sure it is, between 0 and 1, where it was guessed.
    pub confidence: Option<f64>,
    /// The customer's own data.
    pub metadata: Option<Value>,
    /// When somebody accepted it.
    pub accepted_at: Option<Timestamp>,
    /// Who did.
    pub accepted_by: Option<String>,
}

/// One rule of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingRule {
    /// Its id.
    pub id: MappingRuleId,
    /// What it was given.
    #[serde(flatten)]
    pub given: RuleConfig,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl RuleConfig {
    /// A rule of that type.
    pub fn of_type(rule_type: &str, name: String, config: Value) -> Self {
        Self {
            name,
            rule_type: rule_type.to_string(),
            config: Some(config),
            confidence: None,
            metadata: None,
            accepted_at: None,
            accepted_by: None,
        }
    }

    /// A rule as it stands in the configuration of a job: what it says is in `config`, or beside its type.
    pub fn read(rule: Map<String, Value>) -> Result<Self, ParseError> {
        let text = |name: &str| rule.get(name).and_then(Value::as_str).map(str::to_string);
        let Some(rule_type) = text("type") else {
            return Err(ParseError::at("type", "say what the rule does, such as `assign`"));
        };
        let name = text("name").unwrap_or_else(|| rule_type.clone());
        let config = rule.get("config").filter(|config| config.is_object()).cloned();
        let metadata = rule.get("metadata").filter(|value| !value.is_null()).cloned();
        let config = config.unwrap_or(Value::Object(rule));
        Ok(Self { metadata, ..Self::of_type(&rule_type, name, config) })
    }
}

impl MappingRule {
    /// What the server does by it.
    fn step(&self) -> Result<Step, ParseError> {
        let mut told = match &self.given.config {
            Some(Value::Object(told)) => told.clone(),
            _ => Map::new(),
        };
        told.insert("type".to_string(), Value::from(self.given.rule_type.clone()));
        from_value(Value::Object(told))
    }
}

impl Program {
    /// Refuses rules that cannot be kept.
    pub fn check(&self) -> Result<(), ParseError> {
        for (position, rule) in self.rules.iter().enumerate() {
            for (member, text) in [("name", &rule.given.name), ("type", &rule.given.rule_type)] {
                check_name(member, text).map_err(|error| error.within(&format!("rules[{position}]")))?;
            }
        }
        let bytes = json!(self.rules).to_string().len();
        if bytes > MOST_BYTES {
            return Err(ParseError::at("rules", format!("send {} MiB at most", MOST_BYTES >> 20)));
        }
        Ok(())
    }
}

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
        match rule.step().map_err(|error| error.within(&format!("[{position}]")))? {
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

/// The rules by which fields go where they are guessed to belong.
pub fn guessed(source: &SheetConfig, destination: &SheetConfig) -> Vec<RuleConfig> {
    let fields: Vec<&Field> = source.fields.iter().collect();
    let guesses = guess(&fields, destination);
    let rule = |(from, guess): (&&Field, Option<Guess>)| {
        let guess = guess?;
        let to = destination.fields.get(guess.place)?;
        let metadata = json!({ "certainty": guess.certainty, "source": guess.source });
        let rule = assign(from.key.as_str(), to.key.as_str());
        Some(RuleConfig { confidence: Some(guess.confidence), metadata: Some(metadata), ..rule })
    };
    fields.iter().zip(guesses).filter_map(rule).collect()
}

/// The rules that say what a plan says.
pub fn rules_of(plan: &ExecutionPlan) -> Vec<RuleConfig> {
    let mut rules = Vec::new();
    for edge in &plan.field_mapping {
        let key = edge.source_field.get("key").and_then(Value::as_str);
        let (Some(from), Some(to)) = (key, edge.destination_key()) else { continue };
        let confidence = edge.metadata.as_ref().and_then(|metadata| metadata["confidence"].as_f64());
        rules.push(RuleConfig { confidence, metadata: edge.metadata.clone(), ..assign(from, to) });
        let pairs = edge.enum_details.iter().flat_map(|details| &details.mapping);
        let values: Vec<Value> = pairs
            .filter(|pair| pair.source_value != pair.destination_value)
            .map(|pair| json!({ "find": pair.source_value, "replace": pair.destination_value }))
            .collect();
        if !values.is_empty() {
            // With its type once more, as the vendor's own library reads it.
            let config = json!({ "type": "find-replace", "destinationField": to, "values": values });
            rules.push(RuleConfig::of_type("find-replace", format!("Values of {to}"), config));
        }
    }
    rules
}

fn assign(from: &str, to: &str) -> RuleConfig {
    let config = json!({ "type": "assign", "sourceField": from, "destinationField": to });
    RuleConfig::of_type("assign", format!("{from} to {to}"), config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id;

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
    fn a_rule_is_kept_with_all_that_it_says_beside_its_id() {
        let config = json!({ "type": "ignore", "sourceField": "a" });
        let kept = json!({
            "id": "us_mr_00000000", "name": "ignore", "type": "ignore", "config": config, "confidence": null,
            "metadata": null, "acceptedAt": null, "acceptedBy": null, "createdBy": "us_usr_00000000",
            "createdAt": "1970-01-01T00:00:00.000Z", "updatedAt": "1970-01-01T00:00:00.000Z",
        });
        let rule = rule(config);
        assert_eq!(json!(rule).to_string(), kept.to_string());
        assert_eq!(from_value::<MappingRule>(kept).unwrap(), rule);
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
