//! The secrets of an environment and of its spaces. Their values come in and never go out to a page.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRow {
    /// Its id.
    pub id: String,
    /// By which programs ask for it.
    pub name: String,
    /// It is the space's own, and not one of the environment that holds there.
    pub of_space: bool,
}

/// The secrets that hold somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretList {
    /// By name.
    pub secrets: Vec<SecretRow>,
    /// Spaces that may have their own: id and name.
    pub spaces: Vec<(String, String)>,
}

/// A secret as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretDraft {
    /// Its environment.
    pub environment_id: String,
    /// The one space where it holds; empty for the whole environment.
    pub space_id: String,
    /// By which programs ask for it.
    pub name: String,
    /// What they get.
    pub value: String,
}

/// The secrets that hold in an environment, or in a space of it when one is named.
///
/// # Errors
/// When there is no such place for this person, or they may not manage its secrets.
#[server(input = Packed, output = Packed)]
pub async fn secrets(environment_id: String, space_id: String) -> Result<SecretList, RpcError> {
    super::bodies::secrets::secrets(environment_id, space_id).await
}

/// Keeps a secret, or another value of the one that has the name there; what does not fit, when something does not.
///
/// # Errors
/// As those of [`secrets`].
#[server(input = Packed, output = Packed)]
pub async fn store_secret(draft: SecretDraft) -> Result<Option<String>, RpcError> {
    super::bodies::secrets::store_secret(draft).await
}

/// Deletes a secret.
///
/// # Errors
/// When there is no such secret for this person.
#[server(input = Packed, output = Packed)]
pub async fn delete_secret(secret_id: String) -> Result<(), RpcError> {
    super::bodies::secrets::delete_secret(secret_id).await
}
