//! `/v1/commits` and the commits of a sheet.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Asked, Caller, Maybe, Named, known};
use super::wire::commit::CommitBody;
use crate::domain::ids::{CommitId, SheetId, WorkbookId};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(complete))
        .routes(routes!(replay))
        .routes(routes!(create_version))
        .routes(routes!(of_sheet))
        .routes(routes!(of_workbook))
}

/// One commit: the records that one write changed.
#[utoipa::path(get, path = "/v1/commits/{commitId}", tag = "commits", params(("commitId" = String, Path)),
    responses((status = 200, body = Data<CommitBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<CommitId>,
) -> Answer<Data<CommitBody>> {
    let (sheet_id, commit) = service.commit(&actor, &id).await?;
    Ok(data(CommitBody::new(sheet_id, commit)))
}

/// Tells that a listener has answered a commit, or has nothing to say of it. Once is enough: the first one counts.
#[utoipa::path(post, path = "/v1/commits/{commitId}/complete", tag = "commits", params(("commitId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn complete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<CommitId>,
) -> Answer<Data<Success>> {
    service.complete_commit(&actor, &id).await?;
    Ok(success())
}

/// Tells listeners once more of a commit. One that is complete stays so.
#[utoipa::path(post, path = "/v1/commits/{commitId}/replay", tag = "commits", params(("commitId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn replay(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<CommitId>,
) -> Answer<Data<Success>> {
    service.replay_commit(&actor, &id).await?;
    Ok(success())
}

/// Whose version is to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = CreateVersion)]
struct VersionRequest {
    /// The sheet.
    sheet_id: Option<String>,
}

/// The id of a version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VersionId)]
struct VersionBody {
    /// The id.
    version_id: String,
}

/// Hands out an id by which a client may group its writes. Writes make their versions themselves; this is for clients
/// that still ask for one.
#[utoipa::path(post, path = "/v1/versions", tag = "versions", request_body = Option<VersionRequest>,
    responses((status = 200, body = Data<VersionBody>), Failures))]
async fn create_version(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Maybe(request): Maybe<VersionRequest>,
) -> Answer<Data<VersionBody>> {
    let sheet = request.sheet_id.map(|id| known::<SheetId>(&id)).transpose()?;
    let version_id = service.create_version(&actor, sheet.as_ref()).await?.into();
    Ok(data(VersionBody { version_id }))
}

/// Which commits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct CommitParameters {
    /// Only those that are complete, or only those whose listeners have not answered.
    completed: Option<bool>,
}

/// The commits of a sheet, the latest first; a thousand at most.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/commits", tag = "commits",
    params(("sheetId" = String, Path), CommitParameters),
    responses((status = 200, body = Data<Vec<CommitBody>>), Failures))]
async fn of_sheet(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(asked): Asked<CommitParameters>,
) -> Answer<Data<Vec<CommitBody>>> {
    let commits = service.sheet_commits(&actor, &id, asked.completed).await?;
    Ok(data(commits.into_iter().map(|commit| CommitBody::new(id.clone(), commit)).collect()))
}

/// The commits of all sheets of a workbook, the latest first; a thousand at most.
#[utoipa::path(get, path = "/v1/workbooks/{workbookId}/commits", tag = "commits",
    params(("workbookId" = String, Path), CommitParameters),
    responses((status = 200, body = Data<Vec<CommitBody>>), Failures))]
async fn of_workbook(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<WorkbookId>,
    Asked(asked): Asked<CommitParameters>,
) -> Answer<Data<Vec<CommitBody>>> {
    let commits = service.workbook_commits(&actor, &id, asked.completed).await?;
    Ok(data(commits.into_iter().map(|(sheet, commit)| CommitBody::new(sheet, commit)).collect()))
}
