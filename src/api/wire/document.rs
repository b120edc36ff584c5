//! Documents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::action::Action;
use crate::domain::document::Document;
use crate::service::documents::DocumentChange;

/// A markdown page of a space.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Document)]
pub struct DocumentBody {
    /// Its id.
    id: String,
    /// The space it belongs to.
    space_id: String,
    /// The environment it belongs to.
    environment_id: String,
    /// What people read over it and in the sidebar.
    title: String,
    /// Its text in markdown.
    body: String,
    /// How it is shown, such as `ephemeral`.
    treatments: Vec<String>,
    /// Its buttons.
    #[schema(value_type = Vec<Object>)]
    actions: Vec<Action>,
    /// When it was made.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> Self {
        Self {
            id: document.id.into(),
            space_id: document.space_id.into(),
            environment_id: document.environment_id.into(),
            title: document.title,
            body: document.body,
            treatments: document.treatments,
            actions: document.actions,
            created_at: document.created_at.to_string(),
            updated_at: document.updated_at.to_string(),
        }
    }
}

/// A document, or changes to one: then absent members stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DocumentRequest {
    /// What people read over it; a new document needs it. At most 255 characters.
    title: Option<String>,
    /// Its text in markdown; a new document needs it. At most 1 MiB.
    body: Option<String>,
    /// `ephemeral` fills the screen and is not in the sidebar. Replaces the stored list.
    treatments: Option<Vec<String>>,
    /// Its buttons. Replaces the stored list.
    #[schema(value_type = Option<Vec<Object>>)]
    actions: Option<Vec<Action>>,
}

impl From<DocumentRequest> for DocumentChange {
    fn from(request: DocumentRequest) -> Self {
        Self {
            title: request.title,
            body: request.body,
            treatments: request.treatments,
            actions: request.actions,
        }
    }
}
