//! `/v1/sheets/{sheetId}/records`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, ForcesHooks, Json, Named, known};
use super::query::{self, CommitParameters, PageParameters, RecordParameters};
use super::record_parts;
use super::wire::record::{CellsRequest, ChangeAnswer, RecordRequest, RecordsBody, cells};
use super::wire::sheet::CountsBody;
use crate::domain::access::Actor;
use crate::domain::ids::{CommitId, EventId, SheetId};
use crate::domain::query::RecordQuery;
use crate::domain::record::Counts;
use crate::service::read_records::RecordRead;
use crate::service::records::Audience;
use crate::service::{Page, Service};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(get, insert, update, delete))
}

/// What of the records, and as of when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ReadParameters {
    /// Keys of the fields; all when absent.
    #[serde(deserialize_with = "query::list")]
    fields: Vec<String>,
    /// The records that this event is about, as they are now.
    #[serde(rename = "for")]
    for_event: Option<String>,
    /// Tells how many records the sheet has.
    include_counts: Option<bool>,
    /// Tells how many records the query finds.
    include_length: Option<bool>,
    /// Sends along the records that references lead to, as `links` of their cells. When absent, only with `for`.
    include_links: Option<bool>,
}

/// A page of records, with their messages.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/records", tag = "records",
    params(("sheetId" = String, Path), RecordParameters, CommitParameters, ReadParameters, PageParameters),
    responses((status = 200, body = Data<RecordsBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
    Asked(asked): Asked<ReadParameters>,
    Asked(page): Asked<PageParameters>,
) -> ApiResult<Response> {
    let (counted, measured) = (asked.include_counts.unwrap_or(false), asked.include_length.unwrap_or(false));
    let linked = asked.include_links.unwrap_or(asked.for_event.is_some());
    let (commit, since) = commits.read()?;
    let read = RecordRead {
        query: records.into(),
        page: Some(page.records()?),
        fields: (!asked.fields.is_empty()).then_some(asked.fields),
        commit,
        since,
        for_event: asked.for_event.map(|id| known::<EventId>(&id)).transpose()?,
        ..RecordRead::default()
    };
    let found = service.record_batches(&actor, &id, read).await?;
    let total = if measured { found.total } else { found.counts.total };
    let counts = (counted || measured).then(|| CountsBody::from(Counts { total, ..found.counts }));
    let commit_id = found.commit_id.clone();
    record_parts::answer(service, Some(found), linked.then_some(actor), counts, commit_id).await
}

/// Inserts records: a list of objects from field keys to cells.
#[utoipa::path(post, path = "/v1/sheets/{sheetId}/records", tag = "records", params(("sheetId" = String, Path)),
    request_body = Vec<std::collections::HashMap<String, super::wire::record::CellRequest>>,
    responses((status = 200, body = Data<RecordsBody>), Failures))]
async fn insert(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    ForcesHooks(forces): ForcesHooks,
    Json(rows): Json<Vec<CellsRequest>>,
) -> ApiResult<Response> {
    let records = rows.into_iter().map(cells).collect();
    let written = service.insert_records(&actor, &id, records, &everybody(forces)).await?;
    let page = Page::first(written.numbers.len() as u64);
    let commit = written.commit_id.clone();
    let read = RecordRead { numbers: Some(written.numbers), page: Some(page), ..RecordRead::default() };
    let inserted = match &commit {
        Some(_) => Some(service.record_batches(&actor, &id, read).await?),
        None => None,
    };
    record_parts::answer(service, inserted, None, Some(written.counts.into()), commit).await
}

/// What a listener answers with an update. Both are given only when they belong together.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct UpdateParameters {
    /// An event of this sheet: the update belongs to its commit, calls no hooks, and completes the commit where the
    /// workbook tracks changes.
    #[serde(rename = "for")]
    for_event: Option<String>,
    /// The same of a commit.
    #[serde(alias = "versionId")]
    commit_id: Option<String>,
}

impl UpdateParameters {
    /// Who is told: an answer to an event calls no hooks, whatever its headers say.
    async fn audience(
        self,
        service: &Service,
        actor: &Actor,
        sheet: &SheetId,
        forces: bool,
    ) -> ApiResult<Audience> {
        let event = self.for_event.map(|id| known::<EventId>(&id)).transpose()?;
        let commit = self.commit_id.map(|id| known::<CommitId>(&id)).transpose()?;
        if event.is_none() && commit.is_none() {
            return Ok(everybody(forces));
        }
        Ok(Audience::Answered(service.answering(actor, sheet, event.as_ref(), commit.as_ref()).await?))
    }
}

/// Everybody, even if no value is another where a header says so.
fn everybody(forces: bool) -> Audience {
    if forces { Audience::Forced } else { Audience::Everybody }
}

/// Changes cells of records. Nothing changed: no commit, and the answer names the last one.
#[utoipa::path(put, path = "/v1/sheets/{sheetId}/records", tag = "records",
    params(("sheetId" = String, Path), UpdateParameters), request_body = Vec<RecordRequest>,
    responses((status = 200, body = Data<ChangeAnswer>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(asked): Asked<UpdateParameters>,
    ForcesHooks(forces): ForcesHooks,
    Json(records): Json<Vec<RecordRequest>>,
) -> Answer<Data<ChangeAnswer>> {
    let audience = asked.audience(&service, &actor, &id, forces).await?;
    let records = records.into_iter().map(RecordRequest::into_input).collect();
    let written = service.update_records(&actor, &id, records, audience).await?;
    Ok(data(ChangeAnswer::new(service.last_commit(&written).await?)))
}

/// Which records to delete.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct DeleteParameters {
    /// Their ids.
    #[serde(deserialize_with = "query::list")]
    ids: Vec<String>,
}

/// Deletes the named records. For many, make a job `delete-records`.
#[utoipa::path(delete, path = "/v1/sheets/{sheetId}/records", tag = "records",
    params(("sheetId" = String, Path), DeleteParameters),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(asked): Asked<DeleteParameters>,
) -> Answer<Data<Success>> {
    if asked.ids.is_empty() {
        return Err(ApiError::bad("ids", "name the records to delete by `ids`"));
    }
    let query = RecordQuery { ids: asked.ids, ..RecordQuery::default() };
    service.delete_records(&actor, &id, &[query], &Audience::Everybody).await?;
    Ok(success())
}
