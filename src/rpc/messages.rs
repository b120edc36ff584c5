//! What is wrong with a sheet: its messages by field and kind.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::wire::Packed;
use crate::domain::blueprint::Level;

/// Messages of one kind on the cells of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageGroup {
    /// The key of the field.
    pub field: String,
    /// How serious they are.
    pub level: Level,
    /// What they say; `“…”` stands for each value.
    pub text: String,
    /// A listener says it.
    pub hosts: bool,
    /// Records with one of them there.
    pub count: u64,
    /// The records in the query language.
    pub filter: String,
}

/// What is wrong with a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// The version that was looked at.
    pub version: i64,
    /// The most serious and frequent first, 200 at most.
    pub groups: Vec<MessageGroup>,
    /// How many groups there are besides.
    pub more: u64,
}

/// The messages of a sheet by field and kind.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn message_groups(sheet_id: String) -> Result<Messages, RpcError> {
    super::bodies::messages::message_groups(sheet_id).await
}
