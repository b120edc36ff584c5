//! How a person has the columns of a sheet.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;

use super::RpcError;
use super::wire::Packed;
use crate::domain::layout::SheetLayout;

/// Keeps how the person has the columns of a sheet.
///
/// # Errors
/// When there is no such sheet for this person, or the layout has a width that no column can have.
#[server(input = Packed, output = Packed)]
pub async fn keep_layout(sheet_id: String, layout: SheetLayout) -> Result<(), RpcError> {
    super::bodies::layouts::keep_layout(sheet_id, layout).await
}

/// Hides columns of a sheet for the person, and answers how the columns stand then.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn hide_columns(sheet_id: String, keys: Vec<String>) -> Result<SheetLayout, RpcError> {
    super::bodies::layouts::hide_columns(sheet_id, keys).await
}
