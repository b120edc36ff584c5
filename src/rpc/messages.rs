//! What is said of the cells of a sheet, grouped by field and text.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;
use crate::domain::blueprint::Level;

/// A message with the number of the records that have it on a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageGroup {
    /// The field's key.
    pub field: String,
    /// How grave it is.
    pub level: Level,
    /// What it says.
    pub text: String,
    /// How many records have it there.
    pub count: u64,
}

/// The most frequent messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageGroups {
    /// A hundred at most, the most frequent first.
    pub groups: Vec<MessageGroup>,
    /// How many there are.
    pub total: u64,
}

/// The messages on the records that are shown or selected.
///
/// # Errors
/// When there is no such sheet for this person, or the search cannot be read.
#[server(input = Packed, output = Packed)]
pub async fn count_messages(sheet_id: String, choosing: Choosing) -> Result<MessageGroups, RpcError> {
    super::bodies::messages::count_messages(sheet_id, choosing).await
}
