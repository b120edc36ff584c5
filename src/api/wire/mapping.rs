//! Mapping programs and their rules.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::nullable;
use crate::domain::blueprint::SheetConfig;
use crate::domain::ids::FamilyId;
use crate::domain::mapping_program::{MappingRule, Program, RuleConfig};
use crate::domain::time::Timestamp;
use crate::service::mapping_programs::ProgramChange;
use crate::service::mapping_rules::RuleChange;

/// How the fields of one sheet go into those of another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingProgram)]
pub struct ProgramBody {
    /// Its id; none of one that was not saved.
    id: Option<String>,
    /// The customer's own mark.
    namespace: Option<String>,
    /// Programs that belong together.
    family_id: Option<String>,
    /// In which environment.
    environment_id: String,
    /// In which space, when it is the plan of a job there.
    space_id: Option<String>,
    /// The job whose plan it is.
    job_id: Option<String>,
    /// What goes where.
    rules: Vec<RuleBody>,
    /// Keys of the fields that go somewhere.
    source_keys: Vec<String>,
    /// Keys of the fields where they may go.
    destination_keys: Vec<String>,
    /// How many rules there are, came and went.
    summary: ProgramSummary,
    /// Who made it.
    created_by: String,
    /// When.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// The rules of a program in numbers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProgramSummary {
    /// How many there are.
    total_rule_count: usize,
    /// How many came since it was made.
    added_rule_count: i64,
    /// How many went.
    deleted_rule_count: i64,
}

/// One rule of a program.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingRule)]
pub struct RuleBody {
    /// Its id; none in a program that was not saved.
    id: Option<String>,
    /// What people read.
    name: String,
    /// The server follows `assign`, `ignore`, `delete` and `find-replace`; others are kept for who follows them.
    #[serde(rename = "type")]
    rule_type: String,
    /// What it says beside its type, such as `sourceField` and `destinationField`.
    #[schema(value_type = Option<Object>)]
    config: Option<Value>,
    /// How sure it is, between 0 and 1, where it was guessed.
    confidence: Option<f64>,
    /// The customer's own data.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// When somebody accepted it.
    accepted_at: Option<String>,
    /// Who did.
    accepted_by: Option<String>,
    /// Who made it.
    created_by: String,
    /// When.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl ProgramBody {
    /// A program, with ids when it is kept.
    pub fn new(program: Program, is_kept: bool) -> Self {
        let summary = ProgramSummary {
            total_rule_count: program.rules.len(),
            added_rule_count: program.added_rules,
            deleted_rule_count: program.deleted_rules,
        };
        let rule = |rule| {
            let body = RuleBody::from(rule);
            RuleBody { id: body.id.filter(|_| is_kept), ..body }
        };
        Self {
            id: is_kept.then(|| program.id.into()),
            namespace: program.namespace,
            family_id: program.family_id.map(Into::into),
            environment_id: program.environment_id.into(),
            space_id: program.space_id.map(Into::into),
            job_id: program.job.map(|job| job.id.into()),
            rules: program.rules.into_iter().map(rule).collect(),
            source_keys: program.source_keys,
            destination_keys: program.destination_keys,
            summary,
            created_by: program.created_by,
            created_at: program.created_at.to_string(),
            updated_at: program.updated_at.to_string(),
        }
    }
}

impl From<MappingRule> for RuleBody {
    fn from(rule: MappingRule) -> Self {
        let given = rule.given;
        Self {
            id: Some(rule.id.into()),
            name: given.name,
            rule_type: given.rule_type,
            config: given.config,
            confidence: given.confidence,
            metadata: given.metadata,
            accepted_at: given.accepted_at.map(|moment| moment.to_string()),
            accepted_by: given.accepted_by,
            created_by: rule.created_by,
            created_at: rule.created_at.to_string(),
            updated_at: rule.updated_at.to_string(),
        }
    }
}

/// A program to make, or changes to one: then absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingProgramConfig)]
pub struct ProgramRequest {
    /// The sheet where values come from, as a blueprint describes it; a new program needs it.
    #[schema(value_type = Option<Object>)]
    pub source: Option<SheetConfig>,
    /// The sheet where they go; a new program needs it.
    #[schema(value_type = Option<Object>)]
    pub destination: Option<SheetConfig>,
    /// Programs that belong together, `us_mf_…`.
    #[schema(value_type = Option<String>)]
    pub family_id: Option<FamilyId>,
    /// The customer's own mark.
    pub namespace: Option<String>,
    /// Whether a new program is kept; it is not when absent.
    pub save: Option<bool>,
    /// What goes where; guessed by the names of the fields when absent.
    pub rules: Option<Vec<RuleRequest>>,
}

impl From<ProgramRequest> for ProgramChange {
    fn from(request: ProgramRequest) -> Self {
        Self {
            source: request.source,
            destination: request.destination,
            family_id: request.family_id,
            namespace: request.namespace,
            rules: request.rules.map(|rules| rules.into_iter().map(RuleConfig::from).collect()),
        }
    }
}

/// A rule to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MappingRuleConfig)]
pub struct RuleRequest {
    /// What people read.
    pub name: String,
    /// `assign` and others.
    #[serde(rename = "type")]
    pub rule_type: String,
    /// What it says beside its type.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Value>,
    /// When somebody accepted it.
    #[schema(value_type = Option<String>)]
    pub accepted_at: Option<Timestamp>,
    /// Who did.
    pub accepted_by: Option<String>,
    /// The customer's own data.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
}

impl From<RuleRequest> for RuleConfig {
    fn from(request: RuleRequest) -> Self {
        Self {
            name: request.name,
            rule_type: request.rule_type,
            config: request.config,
            confidence: None,
            metadata: request.metadata,
            accepted_at: request.accepted_at,
            accepted_by: request.accepted_by,
        }
    }
}

/// Changes to a rule: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = MappingRuleChanges)]
pub struct RuleChanges {
    /// Which rule, where several are changed.
    pub id: Option<String>,
    /// What people read.
    name: Option<String>,
    /// `assign` and others.
    #[serde(rename = "type")]
    rule_type: Option<String>,
    /// Replaces what it says beside its type.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    config: Option<Option<Value>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Option<Value>>,
    /// When somebody accepted it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    accepted_at: Option<Option<Timestamp>>,
    /// Who did.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    accepted_by: Option<Option<String>>,
}

impl From<RuleChanges> for RuleChange {
    fn from(changes: RuleChanges) -> Self {
        Self {
            name: changes.name,
            rule_type: changes.rule_type,
            config: changes.config,
            metadata: changes.metadata,
            accepted_at: changes.accepted_at,
            accepted_by: changes.accepted_by,
        }
    }
}

/// Which rules to delete.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = DeleteMappingRules)]
pub struct DeleteRules {
    /// Their ids.
    pub rule_ids: Vec<String>,
}

/// Whose programs to delete: the caller's own.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = DeleteMappingHistory)]
pub struct DeleteHistory {
    /// Those of one environment; of all that the caller sees when absent.
    pub environment_id: Option<String>,
}
