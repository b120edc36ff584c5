//! Documents as the page shows them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::actions::ActionView;
use super::wire::Packed;

/// A part of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// HTML that is safe to show.
    Html(String),
    /// The id of a sheet of the space, and what the text calls it.
    Sheet(String, Option<String>),
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Its id.
    pub id: String,
    /// What stands over it.
    pub title: String,
    /// Its text.
    pub parts: Vec<Part>,
    /// Its buttons.
    pub actions: Vec<ActionView>,
    /// It fills the screen.
    pub ephemeral: bool,
}

/// A document of a space; nothing where there is none for this person, as after its deletion.
///
/// # Errors
/// When nobody is signed in.
#[server(input = Packed, output = Packed)]
pub async fn document(space_id: String, document_id: String) -> Result<Option<DocumentView>, RpcError> {
    super::bodies::documents::document(space_id, document_id).await
}
