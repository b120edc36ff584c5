//! `/v1/sheets/{sheetId}/records/{recordId}/history`: what became of one record. Inlet's own; the published clients do
//! not ask for it.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Listed, listed};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, known};
use super::query::PageParameters;
use crate::service::Service;
use crate::service::history::{CellChange, Deed, HistoryEntry};

/// Entries on a page unless told otherwise.
const ON_A_PAGE: u64 = 20;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(get))
}

/// What one commit did to a record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecordHistoryEntry)]
struct EntryBody {
    /// The commit.
    commit_id: String,
    /// What a person undoes together with it.
    change_id: Option<String>,
    /// Who made it.
    created_by: String,
    /// When.
    created_at: String,
    /// `created`, `updated` or `deleted`.
    operation: &'static str,
    /// The changed cells.
    changes: Vec<CellChangeBody>,
}

/// A cell whose text changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CellChange)]
struct CellChangeBody {
    /// The field.
    field_key: String,
    /// The text before.
    previous_value: Option<String>,
    /// The text since.
    new_value: Option<String>,
}

impl From<HistoryEntry> for EntryBody {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            commit_id: entry.commit_id.into(),
            change_id: entry.change_id.map(String::from),
            created_by: entry.created_by,
            created_at: entry.created_at.to_string(),
            operation: match entry.deed {
                Deed::Created => "created",
                Deed::Updated => "updated",
                Deed::Deleted => "deleted",
            },
            changes: entry.changes.into_iter().map(CellChangeBody::from).collect(),
        }
    }
}

impl From<CellChange> for CellChangeBody {
    fn from(CellChange { field_key, before, after }: CellChange) -> Self {
        Self { field_key, previous_value: before, new_value: after }
    }
}

/// Who changed which cell of a record, from what to what, and when; the latest first.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/records/{recordId}/history", tag = "history",
    params(("sheetId" = String, Path), ("recordId" = String, Path), PageParameters),
    responses((status = 200, body = Listed<EntryBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Path((sheet, record)): Path<(String, String)>,
    Asked(page): Asked<PageParameters>,
) -> ApiResult<axum::Json<Listed<EntryBody>>> {
    let page = page.page(ON_A_PAGE)?;
    let found = service.record_history(&actor, &known(&sheet)?, &record, page).await?;
    Ok(listed(page, found, EntryBody::from))
}
