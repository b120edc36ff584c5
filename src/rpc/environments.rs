//! The environments of an account.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentRow {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether real work is done in it.
    pub is_prod: bool,
    /// The sites whose pages may show its spaces; every site when there are none.
    pub origins: Vec<String>,
}

/// The environments that a person sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentList {
    /// The oldest first.
    pub environments: Vec<EnvironmentRow>,
    /// Who is signed in.
    pub person: Option<String>,
    /// Whether they may manage them.
    pub manages: bool,
}

/// An environment as it is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentDraft {
    /// Its id; empty for a new one.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether real work is done in it.
    pub is_prod: bool,
    /// The sites whose pages may show its spaces.
    pub origins: Vec<String>,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedEnvironment {
    /// The id of what was made or changed.
    Kept(String),
    /// Something in it does not fit.
    Refused(String),
}

/// The environments, and whether the person may manage them.
///
/// # Errors
/// When nobody is signed in, or only to a space.
#[server(input = Packed, output = Packed)]
pub async fn environments() -> Result<EnvironmentList, RpcError> {
    super::bodies::environments::environments().await
}

/// Makes or changes an environment.
///
/// # Errors
/// When there is no such environment for this person, or they may not manage it.
#[server(input = Packed, output = Packed)]
pub async fn save_environment(draft: EnvironmentDraft) -> Result<SavedEnvironment, RpcError> {
    super::bodies::environments::save_environment(draft).await
}

/// Deletes an environment with all that is in it.
///
/// # Errors
/// When there is no such environment for this person, they may not manage it, or it is the last one.
#[server(input = Packed, output = Packed)]
pub async fn delete_environment(environment_id: String) -> Result<(), RpcError> {
    super::bodies::environments::delete_environment(environment_id).await
}
