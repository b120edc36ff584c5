//! Events as the service tells them: topic, context and payload of section 3.3 of the wire contract.

use serde_json::{Map, Value, json};

use crate::domain::access::Actor;
use crate::domain::document::Document;
use crate::domain::event::{NewEvent, Topic};
use crate::domain::file::File;
use crate::domain::ids::CommitId;
use crate::domain::job::{Job, JobType};
use crate::domain::mount::{PlacedAction, Target};
use crate::domain::space::Space;
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

/// What a workbook or sheet tells whose configuration is another. Where only actions are, a page need not read its
/// records anew.
pub fn config_updated(only_actions: bool) -> Value {
    let details = if only_actions { json!({ "member": "actions" }) } else { json!({}) };
    json!({ "changes": [{ "type": "config_updated", "details": details }] })
}

/// Something happened to a space.
pub fn of_space(topic: Topic, actor: &Actor, space: &Space, payload: Value) -> NewEvent {
    NewEvent {
        topic,
        environment_id: space.environment_id.clone(),
        space_id: Some(space.id.clone()),
        context: object(json!({ "actorId": actor.id })),
        payload: object(payload),
        data_path: None,
        namespaces: space.namespaces(),
    }
}

/// Something happened to a workbook.
pub fn of_workbook(
    topic: Topic,
    actor: &Actor,
    workbook: &Workbook,
    namespaces: &[String],
    payload: Value,
) -> NewEvent {
    let mut namespaces = namespaces.to_vec();
    namespaces.extend(workbook.namespace.iter().map(|name| format!("workbook:{name}")));
    NewEvent {
        topic,
        environment_id: workbook.environment_id.clone(),
        space_id: Some(workbook.space_id.clone()),
        context: object(json!({ "actorId": actor.id, "workbookId": workbook.id })),
        payload: object(payload),
        data_path: None,
        namespaces,
    }
}

/// The members by which listeners find the events of a sheet.
pub fn sheet_context(sheet: &Sheet) -> Value {
    json!({
        "workbookId": sheet.workbook_id, "sheetId": sheet.id, "sheetSlug": sheet.slug,
        "slugs": { "sheet": sheet.slug },
    })
}

/// Something happened to a sheet.
pub fn of_sheet(
    topic: Topic,
    actor_id: &str,
    sheet: &Sheet,
    namespaces: &[String],
    payload: Value,
) -> NewEvent {
    let mut context = object(sheet_context(sheet));
    context.insert("actorId".into(), actor_id.into());
    NewEvent {
        topic,
        environment_id: sheet.environment_id.clone(),
        space_id: Some(sheet.space_id.clone()),
        context,
        payload: object(payload),
        data_path: None,
        namespaces: namespaces.to_vec(),
    }
}

/// Something happened to the records of a sheet in one commit. Its data is what the commit changed.
pub fn of_commit(
    topic: Topic,
    actor_id: &str,
    sheet: &Sheet,
    namespaces: &[String],
    commit: &CommitId,
    payload: Value,
) -> NewEvent {
    let mut event = of_sheet(topic, actor_id, sheet, namespaces, payload);
    event.context.insert("commitId".into(), commit.to_string().into());
    event.context.insert("versionId".into(), commit.to_string().into());
    event.data_path = Some(format!("/v1/sheets/{}/records", sheet.id));
    event
}

/// Something happened to a file.
pub fn of_file(topic: Topic, actor: &Actor, file: &File, namespaces: &[String], payload: Value) -> NewEvent {
    NewEvent {
        topic,
        environment_id: file.environment_id.clone(),
        space_id: Some(file.space_id.clone()),
        context: object(json!({ "actorId": actor.id, "fileId": file.id })),
        payload: object(payload),
        data_path: None,
        namespaces: namespaces.to_vec(),
    }
}

/// Something happened to a document.
pub fn of_document(topic: Topic, actor: &Actor, document: &Document, namespaces: &[String]) -> NewEvent {
    NewEvent {
        topic,
        environment_id: document.environment_id.clone(),
        space_id: Some(document.space_id.clone()),
        context: object(json!({ "actorId": actor.id, "documentId": document.id })),
        payload: Map::new(),
        data_path: None,
        namespaces: namespaces.to_vec(),
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
    let mut context = object(json!({ "actorId": actor.id, "actionId": placed.id }));
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
        namespaces: space.namespaces(),
    }
}

/// Something happened to a job. `sheet` is the one it is about; it gives the context its slugs.
pub fn of_job(
    topic: Topic,
    actor_id: &str,
    job: &Job,
    sheet: Option<&Sheet>,
    namespaces: &[String],
) -> NewEvent {
    let mut context = sheet.map(|sheet| object(sheet_context(sheet))).unwrap_or_default();
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
    let payload = json!({
        "domain": job.job_type, "operation": job.operation, "job": job.name(), "status": job.status,
        "info": job.info, "progress": job.progress, "mode": job.mode, "label": job.label,
        "isPart": job.parent_id.is_some(), "input": job.input.clone().unwrap_or_default(),
        "estimatedCompletionAt": job.estimated_completion_at, "startedAt": job.started_at, "attempt": job.attempt,
    });
    let reads_records = topic == Topic::JobReady && job.subject.is_some();
    NewEvent {
        topic,
        environment_id: job.environment_id.clone(),
        space_id: job.space_id.clone(),
        context,
        payload: object(payload),
        data_path: sheet.filter(|_| reads_records).map(|sheet| format!("/v1/sheets/{}/records", sheet.id)),
        namespaces: namespaces.to_vec(),
    }
}
