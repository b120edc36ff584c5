//! `workbook:map` before it begins: which field of one sheet goes into which of another, as a plan that programs read
//! and change (sections 2.8.5 and 2.8.6 of the wire contract).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::announce::object;
use super::mapping_programs::{new_rule, tell};
use super::{Result, Service, ServiceError, sheets as find_sheets};
use crate::domain::access::Actor;
use crate::domain::blueprint::{EnumConfig, Field, FieldType, null_is_default};
use crate::domain::event::Topic;
use crate::domain::ids::SheetId;
use crate::domain::job::plan::{
    CategoryMapping, DestinationField, Edge, EnumDetails, ExecutionPlan, Property, SourceField,
};
use crate::domain::job::{Command, Job, JobStatus, JobType};
use crate::domain::mapping::normalised;
use crate::domain::mapping_course::{Replacement, course};
use crate::domain::mapping_guess::{Guess, guess};
use crate::domain::mapping_program::{MappingRule, Program, ProgramJob, RuleConfig, rules_of};
use crate::domain::parse::from_value;
use crate::domain::workbook::Sheet;
use crate::sheets::{ValuesWanted, View};
use crate::store::{Tx, jobs, mapping_programs, new_id, now};

/// Values of a field that a plan shows.
const PREVIEW: usize = 5;
/// Values of a field that are brought together with options.
const MOST_VALUES: usize = 1_000;

/// Where a job says what goes where.
const GIVEN: &str = "config.mappingRules";

/// Parameters of the job.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MappingConfig {
    /// Where records come from.
    pub source_sheet_id: SheetId,
    /// Where they go.
    pub destination_sheet_id: SheetId,
    /// What goes where; by the names of the fields when there are none.
    #[serde(default, deserialize_with = "null_is_default")]
    pub mapping_rules: Vec<Map<String, Value>>,
    /// Whether the plan follows its program when the rules there change.
    #[serde(default, deserialize_with = "null_is_default")]
    pub can_recompute: bool,
}

impl MappingConfig {
    fn of(job: &Job) -> Result<Self> {
        from_value(job.config.clone().unwrap_or_default())
            .map_err(|error| ServiceError::bad_request(format!("config.{error}")))
    }
}

/// Where a field goes, and how sure that is.
struct Way<'a> {
    to: &'a Field,
    metadata: Value,
    replacements: &'a [Replacement],
}

/// Whether a job of the server's own is a mapping.
pub(super) fn is_mapping(job: &Job) -> bool {
    job.is_built_in() && (job.job_type, job.operation.as_str()) == (JobType::Workbook, "map")
}

impl Service {
    /// Gives a new mapping its plan, and keeps the rules that say the same as a program.
    pub(super) async fn plan_mapping(&self, tx: &mut Tx, actor: &Actor, job: &mut Job) -> Result<()> {
        let config = MappingConfig::of(job)?;
        let source = find_sheets::find(tx, actor, &config.source_sheet_id).await?;
        let target = find_sheets::find(tx, actor, &config.destination_sheet_id).await?;
        let view = self.sheets.view(tx, &source).await?;
        let mut program = program_of(actor, job, &source, &target);
        let read = config.mapping_rules.into_iter().enumerate().map(|(position, rule)| {
            let read = RuleConfig::read(rule);
            read.map_err(|error| error.within(&format!("{GIVEN}[{position}]")))
        });
        let given = read.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut plan = match given.is_empty() {
            true => guessed(tx, &view, &source, &target).await?,
            false => {
                program.rules = made(actor, given);
                planned(tx, &view, &source, &target, (GIVEN, &program.rules)).await?
            }
        };
        if program.rules.is_empty() {
            program.rules = made(actor, rules_of(&plan));
        }
        program.check()?;
        plan.program_id = Some(program.id.to_string());
        mapping_programs::insert(tx, &program).await?;
        tell(tx, actor, &program, &[Topic::ProgramCreated]).await?;
        jobs::plan::set_plan(tx, &job.id, &plan).await?;
        self.apply(tx, actor, job, Command::Plan, |_| Ok(())).await?;
        Ok(())
    }

    /// The plan of a job that is to follow a program, and what is told of it.
    pub(super) async fn plan_by_program(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &Job,
        program: &Program,
    ) -> Result<ExecutionPlan> {
        let config = MappingConfig::of(job)?;
        let source = find_sheets::find(tx, actor, &config.source_sheet_id).await?;
        let target = find_sheets::find(tx, actor, &config.destination_sheet_id).await?;
        let view = self.sheets.view(tx, &source).await?;
        tell(tx, actor, program, &[Topic::ProgramRecomputing]).await?;
        let plan = planned(tx, &view, &source, &target, ("rules", &program.rules)).await?;
        tell(tx, actor, program, &[Topic::ProgramRecomputed]).await?;
        Ok(ExecutionPlan { program_id: Some(program.id.to_string()), ..plan })
    }

    /// Brings the plan of the job of a program up to its rules, where the job says `canRecompute` and has not begun. The
    /// job is locked already.
    pub(super) async fn follow_program(&self, tx: &mut Tx, actor: &Actor, program: &Program) -> Result<()> {
        let Some(of) = &program.job else { return Ok(()) };
        let Some(mut job) = jobs::find(tx, &actor.scope, &of.id).await? else { return Ok(()) };
        let follows = job.status == JobStatus::Planning && MappingConfig::of(&job)?.can_recompute;
        if !follows {
            return Ok(());
        }
        let plan = self.plan_by_program(tx, actor, &job, program).await?;
        jobs::plan::set_plan(tx, &job.id, &plan).await?;
        self.save(tx, actor, &mut job, &[Topic::JobUpdated]).await
    }
}

/// The program of a mapping job, without rules.
fn program_of(actor: &Actor, job: &Job, source: &Sheet, target: &Sheet) -> Program {
    let keys = |sheet: &Sheet| sheet.config.fields.iter().map(|field| field.key.to_string()).collect();
    let moment = now();
    Program {
        id: new_id(),
        account_id: source.account_id.clone(),
        environment_id: job.environment_id.clone(),
        job: Some(ProgramJob { id: job.id.clone(), workbook_id: job.workbook_id.clone() }),
        space_id: job.space_id.clone(),
        family_id: None,
        namespace: None,
        source_keys: keys(source),
        destination_keys: keys(target),
        rules: Vec::new(),
        added_rules: 0,
        deleted_rules: 0,
        created_by: actor.id.clone(),
        created_at: moment,
        updated_at: moment,
    }
}

fn made(actor: &Actor, rules: Vec<RuleConfig>) -> Vec<MappingRule> {
    let moment = now();
    rules.into_iter().map(|rule| new_rule(actor, rule, moment)).collect()
}

/// The plan by the names of the fields.
async fn guessed(tx: &mut Tx, view: &View, source: &Sheet, target: &Sheet) -> Result<ExecutionPlan> {
    let fields: Vec<&Field> = source.config.fields.iter().collect();
    let way = |guess: Guess| {
        let metadata = json!({
            "certainty": guess.certainty, "confidence": guess.confidence, "source": guess.source,
        });
        Some(Way { to: target.config.fields.get(guess.place)?, metadata, replacements: &[] })
    };
    let guesses = guess(&fields, &target.config).into_iter();
    plan(tx, view, source, target, guesses.map(|guess| guess.and_then(way)).collect()).await
}

/// The plan by rules.
async fn planned(
    tx: &mut Tx,
    view: &View,
    source: &Sheet,
    target: &Sheet,
    (name, rules): (&str, &[MappingRule]),
) -> Result<ExecutionPlan> {
    let fields: Vec<&Field> = source.config.fields.iter().collect();
    let course = course(rules, &fields, &target.config.fields).map_err(|error| error.within(name))?;
    let way = |place: usize| {
        let metadata = json!({ "certainty": "absolute", "confidence": 1.0, "source": "program" });
        let replacements = course.replacements.get(&place).map(Vec::as_slice).unwrap_or_default();
        Some(Way { to: target.config.fields.get(place)?, metadata, replacements })
    };
    let ways = course.places.iter().map(|place| place.and_then(way)).collect();
    plan(tx, view, source, target, ways).await
}

async fn plan(
    tx: &mut Tx,
    view: &View,
    source: &Sheet,
    target: &Sheet,
    ways: Vec<Option<Way<'_>>>,
) -> Result<ExecutionPlan> {
    let mut plan = ExecutionPlan::default();
    let reached: Vec<&str> = ways.iter().flatten().map(|way| way.to.key.as_str()).collect();
    let others = target.config.fields.iter().filter(|field| !reached.contains(&field.key.as_str()));
    plan.unmapped_destination_fields = others
        .map(|field| DestinationField { destination_field: property(field), preview: Vec::new() })
        .collect();
    for (field, way) in source.config.fields.iter().zip(ways) {
        let values = values(tx, view, field).await?;
        let preview = values.iter().take(PREVIEW).map(|text| json!(text)).collect();
        match way {
            Some(way) => plan.field_mapping.push(Edge {
                source_field: property(field),
                destination_field: property(way.to),
                preview,
                enum_details: replaced(enum_details(way.to, &values), way.replacements),
                metadata: Some(way.metadata),
            }),
            None => plan.unmapped_source_fields.push(SourceField { source_field: property(field), preview }),
        }
    }
    Ok(plan)
}

/// What becomes of values, with what rules say of them.
fn replaced(details: Option<EnumDetails>, replacements: &[Replacement]) -> Option<EnumDetails> {
    if replacements.is_empty() {
        return details;
    }
    let mut details = details.unwrap_or_default();
    for Replacement { find, replace } in replacements {
        details.mapping.retain(|pair| pair.source_value != *find);
        details
            .mapping
            .push(CategoryMapping { source_value: find.clone(), destination_value: replace.clone() });
        details.unused_source_values.retain(|value| value != find);
        details.unused_destination_values.retain(|value| value != replace);
    }
    Some(details)
}

fn property(field: &Field) -> Property {
    object(json!(field))
}

async fn values(tx: &mut Tx, view: &View, field: &Field) -> Result<Vec<String>> {
    let wanted = ValuesWanted { field: field.key.to_string(), limit: MOST_VALUES, ..ValuesWanted::default() };
    let (values, _) = view.values(tx, wanted).await?;
    Ok(values.into_iter().filter_map(|value| value.text).collect())
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
