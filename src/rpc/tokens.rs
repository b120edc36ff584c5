//! The tokens of the person who is signed in.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When it was made: milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
}

/// The tokens of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// The oldest first.
    pub tokens: Vec<TokenRow>,
    /// Milliseconds since 1970 on the server.
    pub now: i64,
}

/// The person's own tokens.
///
/// # Errors
/// When nobody is signed in.
#[server(input = Packed, output = Packed)]
pub async fn tokens() -> Result<TokenList, RpcError> {
    super::bodies::tokens::tokens().await
}

/// Makes a token of that name; its text.
///
/// # Errors
/// When nobody is signed in, the name does not fit, or they have as many tokens as they may have.
#[server(input = Packed, output = Packed)]
pub async fn make_token(name: String) -> Result<String, RpcError> {
    super::bodies::tokens::make_token(name).await
}

/// Revokes a token.
///
/// # Errors
/// When the person has no such token.
#[server(input = Packed, output = Packed)]
pub async fn revoke_token(token_id: String) -> Result<(), RpcError> {
    super::bodies::tokens::revoke_token(token_id).await
}
