//! `/v1/sheets/{sheetId}/records/indices`: where records stand in a view.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named};
use super::query::{CommitParameters, RecordParameters};
use crate::domain::ids::SheetId;
use crate::service::Service;
use crate::service::read_records::RecordRead;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(indices))
}

/// Where a record stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordIndices)]
struct RecordIndex {
    /// Its id.
    id: String,
    /// How many records of the view come before it.
    index: u64,
}

/// Where the named records come in what the query finds now; those that it does not find are left out. They are named by
/// `ids` or by a commit.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/records/indices", tag = "records",
    params(("sheetId" = String, Path), RecordParameters, CommitParameters),
    responses((status = 200, body = Vec<RecordIndex>), Failures))]
async fn indices(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
) -> ApiResult<axum::Json<Vec<RecordIndex>>> {
    // The places are those of now, also of the records of a commit.
    let (changed_by, since) = commits.read()?;
    let read = RecordRead { query: records.into(), changed_by, since, ..RecordRead::default() };
    let found = service.record_indices(&actor, &id, read).await?;
    Ok(axum::Json(found.into_iter().map(|(id, index)| RecordIndex { id, index }).collect()))
}
