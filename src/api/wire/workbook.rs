//! Workbooks with their sheets and actions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::nullable;
use super::sheet::SheetBody;
use crate::domain::action::Action;
use crate::domain::blueprint::WorkbookConfig;
use crate::domain::ids::{Id, SpaceId};
use crate::domain::parse::{self, ParseError};
use crate::domain::workbook::{Sheet, Workbook};

/// Several sheets that belong together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workbook)]
pub struct WorkbookBody {
    /// Its id.
    id: String,
    /// What people read.
    name: String,
    /// The space it belongs to.
    space_id: String,
    /// The environment it belongs to.
    environment_id: String,
    /// Narrows the listeners that hear of it.
    namespace: Option<String>,
    /// Marks such as `primary`, `file`, `pinned`.
    labels: Vec<String>,
    /// The sheets in order, unless the question said `includeSheets=false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    sheets: Option<Vec<SheetBody>>,
    /// Buttons at the top right.
    #[schema(value_type = Vec<Object>)]
    actions: Vec<Action>,
    /// `trackChanges` and others.
    #[schema(value_type = Object)]
    settings: Option<Value>,
    /// The customer's own data.
    metadata: Option<Value>,
    /// Marks such as `EXTRACTED_FROM_SOURCE`.
    #[schema(value_type = Vec<String>)]
    treatments: Value,
    /// Groups workbooks in the sidebar.
    #[schema(value_type = Option<String>)]
    folder: Option<Value>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When it was deleted because its time was up.
    expired_at: Option<String>,
    /// Other members, as they were given.
    #[serde(flatten)]
    #[schema(ignore)]
    extra: Map<String, Value>,
}

impl WorkbookBody {
    /// A workbook with its sheets, or without when they were not asked for.
    pub fn new(mut workbook: Workbook, sheets: Option<Vec<Sheet>>) -> Self {
        Self {
            treatments: workbook.extra.remove("treatments").unwrap_or_else(|| json!([])),
            folder: workbook.extra.remove("folder"),
            id: workbook.id.into(),
            name: workbook.name,
            space_id: workbook.space_id.into(),
            environment_id: workbook.environment_id.into(),
            namespace: workbook.namespace,
            labels: workbook.labels,
            sheets: sheets.map(|sheets| sheets.into_iter().map(SheetBody::from).collect()),
            actions: workbook.actions,
            settings: workbook.settings.or_else(|| Some(json!({}))),
            metadata: workbook.metadata,
            created_at: workbook.created_at.to_string(),
            updated_at: workbook.updated_at.to_string(),
            expired_at: workbook.expired_at.map(|moment| moment.to_string()),
            extra: workbook.extra,
        }
    }
}

/// A new workbook: a blueprint, and the space it is for.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described in the OpenAPI document; the domain reads the blueprint")]
#[schema(rename_all = "camelCase")]
pub struct WorkbookRequest {
    /// The space it is for; that of a space's token when absent.
    space_id: Option<String>,
    /// What people read.
    name: String,
    /// Narrows the listeners that hear of it.
    namespace: Option<String>,
    /// Marks such as `primary`, `file`, `pinned`.
    labels: Option<Vec<String>>,
    /// The sheets with their fields, constraints and actions.
    #[schema(value_type = Option<Vec<Object>>)]
    sheets: Option<Vec<Value>>,
    /// Buttons at the top right.
    #[schema(value_type = Option<Vec<Object>>)]
    actions: Option<Vec<Action>>,
    /// `trackChanges` and others.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    /// The customer's own data.
    metadata: Option<Value>,
    /// Marks such as `EXTRACTED_FROM_SOURCE`.
    treatments: Option<Vec<String>>,
    /// Groups workbooks in the sidebar.
    folder: Option<String>,
}

/// The blueprint of a workbook that is made together with its space. Embeds may leave out its name.
///
/// # Errors
/// When the blueprint cannot be read; the message names the place.
pub fn parse_embedded(body: Value) -> Result<WorkbookConfig, ParseError> {
    let Value::Object(mut members) = body else {
        return Err(ParseError::at("workbook", "a workbook is a JSON object with `name` and `sheets`"));
    };
    members.entry("name").or_insert_with(|| "Embedded Workbook".into());
    read(members).map_err(|error| error.within("workbook"))
}

/// Takes a new workbook apart: the space it is for, which is `own` unless it says another, and its blueprint.
///
/// # Errors
/// When the space is missing or the blueprint cannot be read; the message names the place.
pub fn parse_new(body: Value, own: Option<&SpaceId>) -> Result<(SpaceId, WorkbookConfig), ParseError> {
    let Value::Object(mut members) = body else {
        return Err(ParseError::at("", "a workbook is a JSON object with `spaceId`, `name` and `sheets`"));
    };
    let space_id = match (members.remove("spaceId"), own) {
        (Some(Value::String(text)), _) => {
            SpaceId::parse(&text).map_err(|error| ParseError::at("spaceId", error.to_string()))?
        }
        (None | Some(Value::Null), Some(own)) => own.clone(),
        _ => return Err(ParseError::at("spaceId", "name the space that the workbook is for")),
    };
    Ok((space_id, read(members)?))
}

fn read(members: Map<String, Value>) -> Result<WorkbookConfig, ParseError> {
    if members.get("settings").is_some_and(|settings| !settings.is_object() && !settings.is_null()) {
        return Err(ParseError::at("settings", "settings are an object, such as `{\"trackChanges\": true}`"));
    }
    parse::from_value::<WorkbookConfig>(Value::Object(members))?.checked()
}

/// Changes to a workbook: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkbookChanges {
    /// What people read.
    pub name: Option<String>,
    /// Replaces the stored list.
    pub labels: Option<Vec<String>>,
    /// Narrows the listeners that hear of it.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub namespace: Option<Option<String>>,
    /// Replaces the stored list.
    #[schema(value_type = Option<Vec<Object>>)]
    pub actions: Option<Vec<Action>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Option<Map<String, Value>>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    pub metadata: Option<Option<Value>>,
    /// Sheets to change, found by `id` or `slug`, or to add. Sheets that are not listed stay.
    #[schema(value_type = Option<Vec<Object>>)]
    pub sheets: Option<Vec<Value>>,
    /// Groups workbooks in the sidebar.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub folder: Option<Option<String>>,
    /// Replaces the stored list.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<String>>)]
    pub treatments: Option<Option<Vec<String>>>,
}

impl WorkbookChanges {
    /// The members that are kept without being read; `null` forgets one.
    pub fn extra(&self) -> Map<String, Value> {
        let folder = self.folder.as_ref().map(|folder| ("folder".to_string(), json!(folder)));
        let treatments = self.treatments.as_ref().map(|list| ("treatments".to_string(), json!(list)));
        folder.into_iter().chain(treatments).collect()
    }
}
