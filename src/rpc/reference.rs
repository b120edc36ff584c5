//! The reference of the API: a list of its operations, and all of one on demand.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// The OpenAPI document of the API. The server gives it to what is asked here, for the API lies above.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy)]
pub struct ApiDocument(pub fn() -> &'static serde_json::Value);

/// One operation of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationRow {
    /// What it is about.
    pub tag: String,
    /// `GET` and the like.
    pub method: String,
    /// With `{…}` where ids stand.
    pub path: String,
    /// What it does.
    pub summary: String,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterRow {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// It must be there.
    pub required: bool,
    /// What it holds, such as `string`.
    pub kind: String,
    /// What it is for.
    pub text: String,
}

/// What is sent or answered, in one form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyView {
    /// The form, such as `application/json`.
    pub form: String,
    /// An example; empty where there is none.
    pub example: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRow {
    /// Its status.
    pub status: String,
    /// When it comes.
    pub text: String,
    /// What is in it.
    pub body: Option<BodyView>,
}

/// All of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationDetail {
    /// What else there is to know.
    pub text: String,
    /// In the order of the document.
    pub parameters: Vec<ParameterRow>,
    /// What is sent.
    pub body: Option<BodyView>,
    /// By status.
    pub answers: Vec<AnswerRow>,
    /// A line that calls it on this server.
    pub curl: String,
}

/// The operations of the API, in the order of their tags and paths.
///
/// # Errors
/// When nobody is signed in.
#[server(input = Packed, output = Packed)]
pub async fn operations() -> Result<Vec<OperationRow>, RpcError> {
    super::bodies::reference::operations().await
}

/// All of one operation.
///
/// # Errors
/// When nobody is signed in, or there is no such operation.
#[server(input = Packed, output = Packed)]
pub async fn operation(method: String, path: String) -> Result<OperationDetail, RpcError> {
    super::bodies::reference::operation(method, path).await
}
