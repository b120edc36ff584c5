//! `/v1/snapshots`: versions of sheets that are kept, what has changed since, and the way back.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, Failures};
use super::extract::{Asked, Caller, Json, Maybe, Named, known};
use super::query::PageParameters;
use super::shape;
use super::wire::snapshot::{DiffBody, RestoreRequest, SnapshotBody, SnapshotRequest};
use crate::domain::ids::SnapshotId;
use crate::service::Service;
use crate::sheets::Classes;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(records))
        .routes(routes!(restore))
}

/// Which snapshots.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SnapshotParameters {
    /// The sheet they are of.
    sheet_id: Option<String>,
    /// The conversation they belong to.
    thread_id: Option<String>,
}

/// The snapshots of a sheet, the latest first.
#[utoipa::path(get, path = "/v1/snapshots", tag = "snapshots", params(SnapshotParameters),
    responses((status = 200, body = Data<Vec<SnapshotBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SnapshotParameters>,
) -> Answer<Data<Vec<SnapshotBody>>> {
    let Some(sheet_id) = asked.sheet_id else {
        return Err(ApiError::bad("sheetId", "name the sheet: `sheetId=us_sh_…`"));
    };
    let found = service.snapshots(&actor, &known(&sheet_id)?, asked.thread_id.as_deref()).await?;
    Ok(data(found.into_iter().map(SnapshotBody::from).collect()))
}

/// Keeps a sheet as it is now, until the snapshot is deleted.
#[utoipa::path(post, path = "/v1/snapshots", tag = "snapshots", request_body = SnapshotRequest,
    responses((status = 200, body = Data<SnapshotBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<SnapshotRequest>,
) -> Answer<Data<SnapshotBody>> {
    let SnapshotRequest { sheet_id, label, thread_id } = request;
    Ok(data(service.create_snapshot(&actor, &known(&sheet_id)?, label, thread_id).await?.into()))
}

/// What else to tell.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SummaryParameters {
    /// Tells what has changed since.
    include_summary: Option<bool>,
}

/// One snapshot.
#[utoipa::path(get, path = "/v1/snapshots/{snapshotId}", tag = "snapshots",
    params(("snapshotId" = String, Path), SummaryParameters),
    responses((status = 200, body = Data<SnapshotBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SnapshotId>,
    Asked(asked): Asked<SummaryParameters>,
) -> Answer<Data<SnapshotBody>> {
    if asked.include_summary != Some(true) {
        return Ok(data(service.snapshot(&actor, &id).await?.into()));
    }
    let (snapshot, summary) = service.snapshot_summary(&actor, &id).await?;
    Ok(data(SnapshotBody::with_summary(snapshot, summary)))
}

/// Deletes a snapshot.
#[utoipa::path(delete, path = "/v1/snapshots/{snapshotId}", tag = "snapshots", params(("snapshotId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SnapshotId>,
) -> Answer<Data<Success>> {
    service.delete_snapshot(&actor, &id).await?;
    Ok(success())
}

/// A class of changes.
#[derive(Debug, Clone, Copy, Deserialize)]
enum ChangeType {
    #[serde(rename = "createdSince")]
    Created,
    #[serde(rename = "updatedSince")]
    Updated,
    #[serde(rename = "deletedSince")]
    Deleted,
}

/// Which changed records.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ChangeParameters {
    /// `createdSince`, `updatedSince` or `deletedSince`; all when absent.
    #[param(schema_with = shape::words::<ChangeType>)]
    change_type: Option<ChangeType>,
}

/// The records that have changed since a snapshot, each cell with its value of then.
#[utoipa::path(get, path = "/v1/snapshots/{snapshotId}/records", tag = "snapshots",
    params(("snapshotId" = String, Path), ChangeParameters, PageParameters),
    responses((status = 200, body = Data<Vec<DiffBody>>), Failures))]
async fn records(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SnapshotId>,
    Asked(asked): Asked<ChangeParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Data<Vec<DiffBody>>> {
    let none = Classes { created: false, updated: false, deleted: false };
    let classes = match asked.change_type {
        None => Classes::ALL,
        Some(ChangeType::Created) => Classes { created: true, ..none },
        Some(ChangeType::Updated) => Classes { updated: true, ..none },
        Some(ChangeType::Deleted) => Classes { deleted: true, ..none },
    };
    let (sheet, changed) = service.snapshot_records(&actor, &id, classes, page.records()?).await?;
    Ok(data(changed.iter().filter_map(|record| DiffBody::new(&sheet, record)).collect()))
}

/// Takes back what has changed since a snapshot; without a body everything.
#[utoipa::path(post, path = "/v1/snapshots/{snapshotId}/restore", tag = "snapshots",
    params(("snapshotId" = String, Path)), request_body = Option<RestoreRequest>,
    responses((status = 200, body = Data<SnapshotBody>), Failures))]
async fn restore(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SnapshotId>,
    Maybe(request): Maybe<Option<RestoreRequest>>,
) -> Answer<Data<SnapshotBody>> {
    let classes = request.map_or(Classes::ALL, Classes::from);
    Ok(data(service.restore_snapshot(&actor, &id, classes).await?.into()))
}
