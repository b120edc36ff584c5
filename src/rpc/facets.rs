//! The values of a field, as the menu of its column lists them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueCount {
    /// The text; empty for empty cells.
    pub text: String,
    /// How many records have it.
    pub count: u64,
}

/// Values of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueList {
    /// The most frequent first.
    pub values: Vec<ValueCount>,
    /// How many different ones there are in all.
    pub total: u64,
}

/// The most frequent values of a field among the records that `choosing` means, those with `search` in them.
///
/// # Errors
/// When there is no such sheet or field for this person, or the filter cannot be read.
#[server(input = Packed, output = Packed)]
pub async fn field_values(
    sheet_id: String,
    field: String,
    choosing: Choosing,
    search: String,
) -> Result<ValueList, RpcError> {
    super::bodies::facets::field_values(sheet_id, field, choosing, search).await
}
