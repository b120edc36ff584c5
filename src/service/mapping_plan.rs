//! `workbook:map` before it begins: which field of one sheet goes into which of another, as a plan that programs read
//! and change (sections 2.8.5 and 2.8.6 of the wire contract).

use serde::Deserialize;
use serde_json::{Value, json};

use super::announce::object;
use super::transfers::by_name;
use super::{Result, Service, ServiceError, sheets as find_sheets};
use crate::domain::access::Actor;
use crate::domain::blueprint::{EnumConfig, Field, FieldType};
use crate::domain::ids::SheetId;
use crate::domain::job::plan::{
    CategoryMapping, DestinationField, Edge, EnumDetails, ExecutionPlan, Property, SourceField,
};
use crate::domain::job::{Command, Job, JobType};
use crate::domain::mapping::normalised;
use crate::domain::parse::from_value;
use crate::domain::workbook::Sheet;
use crate::sheets::{ValuesWanted, View};
use crate::store::{Tx, jobs};

/// Values of a field that a plan shows.
const PREVIEW: usize = 5;
/// Values of a field that are brought together with options.
const MOST_VALUES: usize = 1_000;

/// Parameters of the job.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingConfig {
    /// Where records come from.
    pub source_sheet_id: SheetId,
    /// Where they go.
    pub destination_sheet_id: SheetId,
}

/// Whether a job of the server's own is a mapping.
pub(super) fn is_mapping(job: &Job) -> bool {
    job.is_built_in() && (job.job_type, job.operation.as_str()) == (JobType::Workbook, "map")
}

impl Service {
    /// Gives a new mapping its plan.
    pub(super) async fn plan_mapping(&self, tx: &mut Tx, actor: &Actor, job: &mut Job) -> Result<()> {
        let config: MappingConfig = from_value(job.config.clone().unwrap_or_default())
            .map_err(|error| ServiceError::bad_request(format!("config.{error}")))?;
        let source = find_sheets::find(tx, actor, &config.source_sheet_id).await?;
        let target = find_sheets::find(tx, actor, &config.destination_sheet_id).await?;
        let view = self.sheets.view(tx, &source).await?;
        let plan = plan(tx, &view, &source, &target).await?;
        jobs::plan::set_plan(tx, &job.id, &plan).await?;
        self.apply(tx, actor, job, Command::Plan, |_| Ok(())).await?;
        Ok(())
    }
}

async fn plan(tx: &mut Tx, view: &View, source: &Sheet, target: &Sheet) -> Result<ExecutionPlan> {
    let mut plan = ExecutionPlan::default();
    let keys = by_name(source, target);
    for (field, key) in source.config.fields.iter().zip(&keys) {
        let values = values(tx, view, field).await?;
        let preview = values.iter().take(PREVIEW).map(|text| json!(text)).collect();
        match key.as_ref().and_then(|key| target.config.field(key)) {
            Some(to) => plan.field_mapping.push(Edge {
                source_field: property(field),
                destination_field: property(to),
                preview,
                enum_details: enum_details(to, &values),
                metadata: Some(certainty(field, to)),
            }),
            None => plan.unmapped_source_fields.push(SourceField { source_field: property(field), preview }),
        }
    }
    let is_mapped = |field: &&Field| keys.iter().flatten().any(|key| key == field.key.as_str());
    let others = target.config.fields.iter().filter(|field| !is_mapped(field));
    plan.unmapped_destination_fields = others
        .map(|field| DestinationField { destination_field: property(field), preview: Vec::new() })
        .collect();
    Ok(plan)
}

fn property(field: &Field) -> Property {
    object(json!(field))
}

async fn values(tx: &mut Tx, view: &View, field: &Field) -> Result<Vec<String>> {
    let wanted = ValuesWanted { field: field.key.to_string(), limit: MOST_VALUES, ..ValuesWanted::default() };
    let (values, _) = view.values(tx, wanted).await?;
    Ok(values.into_iter().filter_map(|value| value.text).collect())
}

/// How sure it is that one field is the other.
fn certainty(from: &Field, to: &Field) -> Value {
    let is_exact = from.key == to.key || from.label == to.label;
    let (certainty, confidence) = if is_exact { ("absolute", 1.0) } else { ("strong", 0.9) };
    json!({ "certainty": certainty, "confidence": confidence, "source": "exact" })
}

/// Which values become which options; nothing for a field without options.
fn enum_details(to: &Field, values: &[String]) -> Option<EnumDetails> {
    let (FieldType::Enum(config) | FieldType::EnumList(config)) = &to.field_type else { return None };
    let mut details = EnumDetails::default();
    let mut used = Vec::new();
    for text in values {
        match option_for(config, text) {
            Some(option) => {
                used.push(option.clone());
                details
                    .mapping
                    .push(CategoryMapping { source_value: json!(text), destination_value: option });
            }
            None => details.unused_source_values.push(json!(text)),
        }
    }
    let options = config.options.iter().map(|option| json!(option.value));
    details.unused_destination_values = options.filter(|option| !used.contains(option)).collect();
    Some(details)
}

/// The option that a text means: by its value, its label or another spelling, letters and digits compared.
fn option_for(config: &EnumConfig, text: &str) -> Option<Value> {
    let wanted = normalised(text);
    let found = config.options.iter().find(|option| {
        let others = option.label.iter().chain(&option.alternative_names).map(String::as_str);
        let value = option.value.to_string();
        others.chain([value.as_str()]).any(|name| name == text || normalised(name) == wanted)
    });
    found.map(|option| json!(option.value))
}
