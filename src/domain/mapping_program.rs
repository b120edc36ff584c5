//! Mapping programs: how the fields of one sheet go into those of another, rule by rule (section 2.16 of the wire
//! contract). What a rule says beside its type is kept as it came.
//! [`super::mapping_course`] says which of them the server follows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::app::check_name;
use super::blueprint::{Field, SheetConfig};
use super::ids::{AccountId, EnvironmentId, FamilyId, JobId, MappingRuleId, ProgramId, SpaceId, WorkbookId};
use super::job::plan::ExecutionPlan;
use super::mapping_guess::{Guess, guess};
use super::parse::ParseError;
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
    use crate::domain::parse::from_value;

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
}
