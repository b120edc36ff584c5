//! `/v1/sheets/{sheetId}/records/indices`: where records stand in a view.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named, known};
use super::query::RecordParameters;
use crate::domain::ids::{CommitId, SheetId};
use crate::domain::query::RecordQuery;
use crate::service::Service;
use crate::service::read_records::RecordRead;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(indices))
}

/// Whose places are wanted, when not those of `ids`.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct IndexParameters {
    /// The records of this commit.
    #[serde(alias = "versionId")]
    commit_id: Option<String>,
    /// The records that changed after this commit.
    #[serde(alias = "sinceVersionId")]
    since_commit_id: Option<String>,
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

/// Where the named records come in what the query finds; those that it does not find are left out.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/records/indices", tag = "records",
    params(("sheetId" = String, Path), RecordParameters, IndexParameters),
    responses((status = 200, body = Vec<RecordIndex>), Failures))]
async fn indices(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(asked): Asked<IndexParameters>,
) -> ApiResult<axum::Json<Vec<RecordIndex>>> {
    let read = RecordRead {
        query: RecordQuery::from(records),
        commit: asked.commit_id.map(|id| known::<CommitId>(&id)).transpose()?,
        since: asked.since_commit_id.map(|id| known::<CommitId>(&id)).transpose()?,
        ..RecordRead::default()
    };
    let found = service.record_indices(&actor, &id, read).await?;
    Ok(axum::Json(found.into_iter().map(|(id, index)| RecordIndex { id, index }).collect()))
}
