//! Views: what a sheet shows, kept under a name.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;
use crate::domain::layout::SheetLayout;

/// A view that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Which records it shows; nothing in it is selected.
    pub choosing: Choosing,
    /// How its columns stand; the person's own way when absent.
    pub layout: Option<SheetLayout>,
}

/// The views of a sheet, in the order in which they were made.
///
/// # Errors
/// When there is no such sheet for this person.
#[server(input = Packed, output = Packed)]
pub async fn views(sheet_id: String) -> Result<Vec<SavedView>, RpcError> {
    super::bodies::views::views(sheet_id).await
}

/// Keeps what a sheet shows under a name.
///
/// # Errors
/// When there is no such sheet for this person, or the name is empty.
#[server(input = Packed, output = Packed)]
pub async fn create_view(
    sheet_id: String,
    name: String,
    choosing: Choosing,
    layout: SheetLayout,
) -> Result<SavedView, RpcError> {
    super::bodies::views::create_view(sheet_id, name, choosing, layout).await
}

/// Gives a view another name.
///
/// # Errors
/// When there is no such view for this person, or the name is empty.
#[server(input = Packed, output = Packed)]
pub async fn rename_view(view_id: String, name: String) -> Result<SavedView, RpcError> {
    super::bodies::views::rename_view(view_id, name).await
}

/// Makes a view show other records or columns.
///
/// # Errors
/// When there is no such view for this person.
#[server(input = Packed, output = Packed)]
pub async fn update_view(
    view_id: String,
    choosing: Choosing,
    layout: SheetLayout,
) -> Result<SavedView, RpcError> {
    super::bodies::views::update_view(view_id, choosing, layout).await
}

/// Deletes a view.
///
/// # Errors
/// When there is no such view for this person.
#[server(input = Packed, output = Packed)]
pub async fn delete_view(view_id: String) -> Result<(), RpcError> {
    super::bodies::views::delete_view(view_id).await
}

/// Brings a deleted view back.
///
/// # Errors
/// When there never was such a view for this person.
#[server(input = Packed, output = Packed)]
pub async fn restore_view(view_id: String) -> Result<SavedView, RpcError> {
    super::bodies::views::restore_view(view_id).await
}
