//! Events as the service tells them: topic, context and payload of section 3.3 of the wire contract.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::actions;
use crate::domain::access::Actor;
use crate::domain::blueprint::{Field, SheetConfig};
use crate::domain::document::Document;
use crate::domain::event::{NewEvent, Topic};
use crate::domain::file::File;
use crate::domain::ids::CommitId;
use crate::domain::job::{Job, JobType};
use crate::domain::mapping_program::Program;
use crate::domain::mount::{PlacedAction, Target};
use crate::domain::space::Space;
use crate::domain::tenant::Environment;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::workbook::{Sheet, Workbook};

/// Most records or cells that an event lists; beyond that it carries counts and the address of the data.
pub const MOST_LISTED: usize = 1000;

/// An object of the given members.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The context of an event: what it is about, and what is around it.
fn context(around: &Whereabouts, ids: Value) -> Map<String, Value> {
    let mut context = around.context();
    context.extend(object(ids));
    context
}

/// What a workbook or sheet tells whose configuration is another. Where only actions are, a page need not read its
/// records anew.
pub fn config_updated(only_actions: bool) -> Value {
    json!({ "changes": [config_change(only_actions)] })
}

/// The same as one of several changes.
pub fn config_change(only_actions: bool) -> Value {
    let details = if only_actions { json!({ "member": "actions" }) } else { json!({}) };
    json!({ "type": "config_updated", "details": details })
}

/// A field of a sheet that is new, gone or another.
pub fn field_change(what: &str, key: &str) -> Value {
    json!({ "type": what, "details": { "fieldKey": key } })
}

/// What a sheet tells whose configuration becomes that: of each field, then of what else there is. `after` has what
/// else of the sheet changes.
pub fn config_changes(before: &Sheet, after: &Sheet, config: &SheetConfig) -> Vec<Value> {
    let [was, is] = [&*before.config, config].map(actions::without);
    if was == is && before == after {
        return vec![config_change(true)];
    }
    let of_fields = |what: &'static str, from: &SheetConfig, holds: &dyn Fn(&Field) -> bool| {
        let found = from.fields.iter().filter(|field| holds(field));
        found.map(|field| field_change(what, field.key.as_str())).collect::<Vec<_>>()
    };
    let other = |field: &Field| was.field(field.key.as_str()).is_some_and(|before| before != field);
    let mut changes = of_fields("field_added", &is, &|field| was.field(field.key.as_str()).is_none());
    changes.extend(of_fields("field_removed", &was, &|field| is.field(field.key.as_str()).is_none()));
    changes.extend(of_fields("field_updated", &is, &other));
    let beside = SheetConfig { fields: is.fields.clone(), ..was } != is;
    if changes.is_empty() || beside || before != after {
        changes.push(config_change(false));
    }
    changes
}

/// What a workbook tells that has a sheet more or less.
pub fn sheet_change(what: &str, sheet: &Sheet) -> Value {
    let details = json!({ "sheetId": sheet.id, "name": sheet.config.name, "slug": sheet.slug });
    json!({ "type": what, "details": details })
}

/// Something happened to an environment.
pub fn of_environment(topic: Topic, actor: &Actor, environment: &Environment, payload: Value) -> NewEvent {
    NewEvent {
        topic,
        environment_id: environment.id.clone(),
        space_id: None,
        context: object(json!({ "actorId": actor.id })),
        payload: object(payload),
        data_path: None,
        namespaces: Vec::new(),
    }
}

/// What is another in a thing, member by member.
pub fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Value> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .map(|name| (name, before.get(name), after.get(name)))
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| json!({ "field": name, "previousValue": before, "newValue": after }))
        .collect()
}

/// Something happened to a space.
pub fn of_space(topic: Topic, actor: &Actor, space: &Space, payload: Value) -> NewEvent {
    let around = space.whereabouts();
    NewEvent {
        topic,
        environment_id: space.environment_id.clone(),
        space_id: Some(space.id.clone()),
        context: context(&around, json!({ "actorId": actor.id })),
        payload: object(payload),
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// What events of a workbook tell of it; `around` is its space.
pub fn within(around: &Whereabouts, workbook: &Workbook) -> Whereabouts {
    around.clone().in_workbook(&workbook.name, workbook.namespace.as_deref())
}

/// Something happened to a workbook; `around` is its space.
pub fn of_workbook(
    topic: Topic,
    actor: &Actor,
    workbook: &Workbook,
    around: &Whereabouts,
    payload: Value,
) -> NewEvent {
    let around = within(around, workbook);
    NewEvent {
        topic,
        environment_id: workbook.environment_id.clone(),
        space_id: Some(workbook.space_id.clone()),
        context: context(&around, json!({ "actorId": actor.id, "workbookId": workbook.id })),
        payload: object(payload),
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// The members by which listeners find the events of a sheet.
pub fn sheet_context(sheet: &Sheet) -> Map<String, Value> {
    let mut slugs = sheet.whereabouts.slugs();
    slugs.insert("sheet".to_string(), sheet.slug.clone().into());
    let ids = json!({
        "workbookId": sheet.workbook_id, "sheetId": sheet.id, "sheetSlug": sheet.slug, "slugs": slugs,
    });
    context(&sheet.whereabouts, ids)
}

/// Something happened to a sheet.
pub fn of_sheet(topic: Topic, actor_id: &str, sheet: &Sheet, payload: Value) -> NewEvent {
    let mut context = sheet_context(sheet);
    context.insert("actorId".into(), actor_id.into());
    NewEvent {
        topic,
        environment_id: sheet.environment_id.clone(),
        space_id: Some(sheet.space_id.clone()),
        context,
        payload: object(payload),
        data_path: None,
        namespaces: sheet.namespaces(),
    }
}

/// Something happened to the records of a sheet in one commit. Its data is what the commit changed.
pub fn of_commit(topic: Topic, actor_id: &str, sheet: &Sheet, commit: &CommitId, payload: Value) -> NewEvent {
    let mut event = of_sheet(topic, actor_id, sheet, payload);
    event.context.insert("commitId".into(), commit.to_string().into());
    event.context.insert("versionId".into(), commit.to_string().into());
    event.data_path = Some(format!("/v1/sheets/{}/records", sheet.id));
    event
}

/// Something happened to a file; `around` is its space.
pub fn of_file(topic: Topic, actor: &Actor, file: &File, around: &Whereabouts, payload: Value) -> NewEvent {
    NewEvent {
        topic,
        environment_id: file.environment_id.clone(),
        space_id: Some(file.space_id.clone()),
        context: context(around, json!({ "actorId": actor.id, "fileId": file.id })),
        payload: object(payload),
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// Something happened to a document; `around` is its space.
pub fn of_document(topic: Topic, actor: &Actor, document: &Document, around: &Whereabouts) -> NewEvent {
    NewEvent {
        topic,
        environment_id: document.environment_id.clone(),
        space_id: Some(document.space_id.clone()),
        context: context(around, json!({ "actorId": actor.id, "documentId": document.id })),
        payload: Map::new(),
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// Something happened to an action. `changes` are what is other since.
pub fn of_action(
    topic: Topic,
    actor: &Actor,
    space: &Space,
    placed: &PlacedAction,
    changes: Value,
) -> NewEvent {
    let action = &placed.action;
    let around = space.whereabouts();
    let mut context = context(&around, json!({ "actorId": actor.id, "actionId": placed.id }));
    let target = match &placed.target {
        Target::Workbook(id) => Some(("workbookId", id.to_string())),
        Target::Sheet(id) => Some(("sheetId", id.to_string())),
        Target::Document(id) => Some(("documentId", id.to_string())),
        Target::File(id) => Some(("fileId", id.to_string())),
        Target::Space(_) => None,
    };
    context.extend(target.map(|(name, id)| (name.to_string(), Value::String(id))));
    let mut payload = object(json!({
        "actionId": placed.id, "name": action.operation().unwrap_or_default(), "label": action.label,
        "description": action.description, "type": placed.mount().kind,
    }));
    if topic == Topic::ActionUpdated {
        payload.insert("changes".to_string(), changes);
    }
    NewEvent {
        topic,
        environment_id: space.environment_id.clone(),
        space_id: Some(space.id.clone()),
        context,
        payload,
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// Something happened to a mapping program; `around` is the space of its job, or none.
pub fn of_program(topic: Topic, actor: &Actor, program: &Program, around: &Whereabouts) -> NewEvent {
    let mut context = context(around, json!({ "actorId": actor.id, "programId": program.id }));
    if let Some(job) = &program.job {
        context.insert("jobId".into(), job.id.to_string().into());
        let workbook = job.workbook_id.as_ref().map(|id| ("workbookId".to_string(), id.to_string().into()));
        context.extend(workbook);
    }
    NewEvent {
        topic,
        environment_id: program.environment_id.clone(),
        space_id: program.space_id.clone(),
        context,
        payload: Map::new(),
        data_path: None,
        namespaces: around.namespaces(),
    }
}

/// Something happened to a job. `sheet` is the one it is about, `around` what is around the job where it has none.
pub fn of_job(
    topic: Topic,
    actor_id: &str,
    job: &Job,
    sheet: Option<&Sheet>,
    around: &Whereabouts,
) -> NewEvent {
    let (mut context, namespaces) = match sheet {
        Some(sheet) => (sheet_context(sheet), sheet.namespaces()),
        None => (around.context(), around.namespaces()),
    };
    context.insert("actorId".into(), actor_id.into());
    context.insert("jobId".into(), job.id.to_string().into());
    if let Some(id) = &job.workbook_id {
        context.insert("workbookId".into(), id.to_string().into());
    }
    if let Some(id) = &job.file_id {
        context.insert("fileId".into(), id.to_string().into());
    }
    if job.job_type == JobType::Document {
        context.insert("documentId".into(), job.source.clone().into());
    }
    // What listeners filter by would match what is no more.
    let payload = if topic == Topic::JobDeleted { json!({}) } else { job_payload(job) };
    let reads_records = topic == Topic::JobReady && job.subject.is_some();
    NewEvent {
        topic,
        environment_id: job.environment_id.clone(),
        space_id: job.space_id.clone(),
        context,
        payload: object(payload),
        data_path: sheet.filter(|_| reads_records).map(|sheet| format!("/v1/sheets/{}/records", sheet.id)),
        namespaces,
    }
}

fn job_payload(job: &Job) -> Value {
    json!({
        "domain": job.job_type, "operation": job.operation, "job": job.name(), "status": job.status,
        "info": job.info, "progress": job.progress, "mode": job.mode, "label": job.label,
        "isPart": job.parent_id.is_some(), "input": job.input.clone().unwrap_or_default(),
        "estimatedCompletionAt": job.estimated_completion_at, "startedAt": job.started_at, "attempt": job.attempt,
    })
}
