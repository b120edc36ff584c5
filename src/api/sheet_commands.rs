//! `/v1/sheets/{sheetId}`: copies, locks, and what its columns come to.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Asked, Caller, Maybe, Named};
use super::query::{CommitParameters, RecordParameters};
use super::wire::calculation::{CalculationBody, calculations_of};
use super::wire::sheet::{DuplicateRequest, SheetBody};
use crate::domain::ids::SheetId;
use crate::service::Service;
use crate::service::read_records::RecordRead;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(duplicate))
        .routes(routes!(lock))
        .routes(routes!(unlock))
        .routes(routes!(calculations))
}

/// Makes a copy of a sheet with its records.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/duplicate", tag = "sheets", params(("sheetId" = String, Path)),
    request_body = Option<DuplicateRequest>, responses((status = 200, body = Data<SheetBody>), Failures))]
async fn duplicate(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Maybe(request): Maybe<DuplicateRequest>,
) -> Answer<Data<SheetBody>> {
    let DuplicateRequest { name, slug } = request;
    Ok(data(service.duplicate_sheet(&actor, &id, name, slug).await?.into()))
}

/// Locks a sheet: people change nothing in it until it is unlocked, programs go on.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/lock", tag = "sheets", params(("sheetId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn lock(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
) -> Answer<Data<Success>> {
    service.lock_sheet(&actor, &id, true).await?;
    Ok(success())
}

/// Unlocks a sheet.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/unlock", tag = "sheets", params(("sheetId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn unlock(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
) -> Answer<Data<Success>> {
    service.lock_sheet(&actor, &id, false).await?;
    Ok(success())
}

/// What the cells of each field come to, among the records that are asked for.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/calculations", tag = "sheets",
    params(("sheetId" = String, Path), RecordParameters, CommitParameters),
    responses((status = 200, body = Data<Vec<CalculationBody>>), Failures))]
async fn calculations(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
) -> Answer<Data<Vec<CalculationBody>>> {
    let (commit, since) = commits.read()?;
    let read = RecordRead { query: records.into(), commit, since, ..RecordRead::default() };
    let (sheet, calculated) = service.calculate_all(&actor, &id, &read).await?;
    Ok(data(calculations_of(&sheet, &calculated)))
}
