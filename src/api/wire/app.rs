//! Apps and the constraints that are stored with them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::nullable;
use crate::domain::app::{App, AppType, StoredConstraint};
use crate::domain::time::Timestamp;
use crate::service::app_constraints::ConstraintChange;
use crate::service::apps::AppChange;

/// A group of spaces of one purpose.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = App)]
pub struct AppBody {
    /// Its id.
    id: String,
    /// What people read.
    name: String,
    /// The namespace of those of its new spaces that have none.
    namespace: String,
    /// `PORTAL`, `PROJECTS`, `MAPPING`, `WORKBOOKS` or `CUSTOM`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    app_type: AppType,
    /// The one environment where it is; in all of the account when absent.
    environment_id: Option<String>,
    /// How one of its spaces is called.
    entity: String,
    /// How several are called.
    entity_plural: String,
    /// A picture, or the name of one.
    icon: Option<String>,
    /// The customer's own data.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// Where clients show it.
    #[schema(value_type = Option<Object>)]
    environment_filters: Option<Value>,
    /// A blueprint for its spaces, which listeners read.
    #[schema(value_type = Option<Object>)]
    blueprint: Option<Value>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
    /// When it was put to use.
    activated_at: Option<String>,
}

impl From<App> for AppBody {
    fn from(app: App) -> Self {
        let content = app.content;
        Self {
            id: app.id.into(),
            name: content.name,
            namespace: content.namespace,
            app_type: content.app_type,
            environment_id: app.environment_id.map(Into::into),
            entity: content.entity,
            entity_plural: content.entity_plural,
            icon: content.icon,
            metadata: content.metadata,
            environment_filters: content.environment_filters,
            blueprint: content.blueprint,
            created_at: app.created_at.to_string(),
            updated_at: app.updated_at.to_string(),
            activated_at: content.activated_at.map(|moment| moment.to_string()),
        }
    }
}

/// A new app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppCreate)]
pub struct AppRequest {
    /// What people read.
    pub name: String,
    /// The namespace of those of its spaces that are made without one.
    pub namespace: String,
    /// `PORTAL`, `PROJECTS`, `MAPPING`, `WORKBOOKS` or `CUSTOM`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub app_type: AppType,
    /// How one of its spaces is called; `Space` when absent.
    pub entity: Option<String>,
    /// How several are called.
    pub entity_plural: Option<String>,
    /// A picture, or the name of one.
    pub icon: Option<String>,
    /// The customer's own data.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
    /// Where clients show it.
    #[schema(value_type = Option<Object>)]
    pub environment_filters: Option<Value>,
    /// A blueprint for its spaces, which listeners read.
    #[schema(value_type = Option<Object>)]
    pub blueprint: Option<Value>,
}

impl From<AppRequest> for AppChange {
    fn from(request: AppRequest) -> Self {
        Self {
            name: Some(request.name),
            namespace: Some(request.namespace),
            entity: request.entity,
            entity_plural: request.entity_plural,
            icon: Some(request.icon),
            metadata: Some(request.metadata),
            environment_filters: Some(request.environment_filters),
            blueprint: Some(request.blueprint),
            activated_at: None,
        }
    }
}

/// Changes to an app: absent members stay as they are, `null` forgets what can be absent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = AppPatch)]
pub struct AppChanges {
    /// What people read.
    name: Option<String>,
    /// The namespace of those of its spaces that are made without one. Those that are there keep theirs.
    namespace: Option<String>,
    /// How one of its spaces is called.
    entity: Option<String>,
    /// How several are called.
    entity_plural: Option<String>,
    /// A picture, or the name of one.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    icon: Option<Option<String>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Option<Value>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    environment_filters: Option<Option<Value>>,
    /// Replaces the stored object.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    blueprint: Option<Option<Value>>,
    /// When it was put to use.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    activated_at: Option<Option<Timestamp>>,
}

impl From<AppChanges> for AppChange {
    fn from(changes: AppChanges) -> Self {
        Self {
            name: changes.name,
            namespace: changes.namespace,
            entity: changes.entity,
            entity_plural: changes.entity_plural,
            icon: changes.icon,
            metadata: changes.metadata,
            environment_filters: changes.environment_filters,
            blueprint: changes.blueprint,
            activated_at: changes.activated_at,
        }
    }
}

/// A rule for the values of fields that is stored with an app. Listeners evaluate its function.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StoredConstraint)]
pub struct ConstraintBody {
    /// Its id.
    id: String,
    /// Where it is stored.
    app_id: String,
    /// By which fields name it, as `{"type": "stored", "validator": …}`.
    validator: String,
    /// What people read.
    label: Option<String>,
    /// What it checks, for people.
    description: Option<String>,
    /// The source of a function in JavaScript: `(value, key, {config, record, deps, sheet}) => …`.
    function: String,
    /// What it may be told.
    #[schema(value_type = Option<Object>)]
    options: Option<Value>,
    /// Counted from 1.
    version: i64,
    /// When it was stored.
    created_at: String,
    /// When this version was.
    updated_at: String,
}

impl From<StoredConstraint> for ConstraintBody {
    fn from(constraint: StoredConstraint) -> Self {
        let content = constraint.content;
        Self {
            id: constraint.id.into(),
            app_id: constraint.app_id.into(),
            validator: constraint.validator,
            label: content.label,
            description: content.description,
            function: content.function,
            options: content.options,
            version: constraint.version,
            created_at: constraint.created_at.to_string(),
            updated_at: constraint.updated_at.to_string(),
        }
    }
}

/// A constraint to store, or changes to one: then absent members stay as they are, `null` forgets them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = StoredConstraintChanges)]
pub struct ConstraintRequest {
    /// By which fields name it; made of the label when absent. It cannot be changed.
    pub validator: Option<String>,
    /// What people read.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    label: Option<Option<String>>,
    /// What it checks, for people.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// The source of a function in JavaScript: `(value, key, {config, record, deps, sheet}) => …`.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    function: Option<Option<String>>,
    /// What it may be told.
    #[serde(deserialize_with = "nullable")]
    #[schema(value_type = Option<Object>)]
    options: Option<Option<Value>>,
}

impl From<ConstraintRequest> for ConstraintChange {
    fn from(request: ConstraintRequest) -> Self {
        Self {
            label: request.label,
            description: request.description,
            function: request.function,
            options: request.options,
        }
    }
}
