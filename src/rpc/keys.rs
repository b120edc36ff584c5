//! The keys of an environment.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// It opens everything in the environment; otherwise it makes spaces only.
    pub is_secret: bool,
    /// The beginning of its text; empty where the text is not kept.
    pub begins: String,
    /// When it was made: milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
}

/// The keys of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// The oldest first.
    pub keys: Vec<KeyRow>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// The keys of an environment.
///
/// # Errors
/// When there is no such environment for this person, or they may not manage it.
#[server(input = Packed, output = Packed)]
pub async fn keys(environment_id: String) -> Result<KeyList, RpcError> {
    super::bodies::keys::keys(environment_id).await
}

/// Makes a key, secret or publishable; its text.
///
/// # Errors
/// As those of [`keys`], and when the environment has as many keys as it may have.
#[server(input = Packed, output = Packed)]
pub async fn make_key(environment_id: String, is_secret: bool) -> Result<String, RpcError> {
    super::bodies::keys::make_key(environment_id, is_secret).await
}

/// Revokes a key.
///
/// # Errors
/// As those of [`keys`], and when the environment has no such key.
#[server(input = Packed, output = Packed)]
pub async fn revoke_key(environment_id: String, key_id: String) -> Result<(), RpcError> {
    super::bodies::keys::revoke_key(environment_id, key_id).await
}
