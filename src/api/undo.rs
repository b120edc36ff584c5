//! `/v1/sheets/{sheetId}/changes/{changeId}/undo`: takes a change back. Inlet's own; the published clients do not ask
//! for it. A commit and the history of a record name their change.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, known};
use crate::service::Service;
use crate::service::undo::Undone;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(undo))
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Undone)]
struct UndoneBody {
    /// What is undone to have it again.
    change_id: String,
    /// Cells that others have changed since and that stay, 1,000 at most.
    skipped: Vec<SkippedBody>,
    /// How many they are.
    skipped_total: u64,
}

/// A cell that stays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SkippedCell)]
struct SkippedBody {
    /// Its record.
    record_id: String,
    /// Its field; absent for a whole record that is gone or has changed since it came.
    field_key: Option<String>,
}

impl From<Undone> for UndoneBody {
    fn from(undone: Undone) -> Self {
        let skipped = undone.skipped.into_iter();
        Self {
            change_id: undone.change_id.into(),
            skipped: skipped
                .map(|cell| SkippedBody { record_id: cell.record_id, field_key: cell.field_key })
                .collect(),
            skipped_total: undone.skipped_total,
        }
    }
}

/// Takes a change back. What was changed again since stays as it is and is listed.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/changes/{changeId}/undo", tag = "changes",
    params(("sheetId" = String, Path), ("changeId" = String, Path)),
    responses((status = 200, body = Data<UndoneBody>), Failures))]
async fn undo(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Path((sheet, change)): Path<(String, String)>,
) -> ApiResult<axum::Json<Data<UndoneBody>>> {
    Ok(data(service.undo_change(&actor, &known(&sheet)?, &known(&change)?).await?.into()))
}
