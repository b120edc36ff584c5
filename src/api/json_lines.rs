//! `/v2-alpha/records.jsonl`: records read and written as a stream of lines, in constant memory.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, known};
use super::line_batch::{LineBatch, Told};
use super::lines::Lines;
use super::parts::{self, Parts};
use super::query::{self, CommitParameters, PageParameters, RecordParameters};
use super::record_parts::{linked, written};
use super::wire::json_line::{LineWriter, LinesAnswer, Wanted};
use crate::domain::access::Actor;
use crate::domain::ids::{EventId, SheetId, WorkbookId};
use crate::service::read_records::RecordRead;
use crate::service::record_batches::RecordBatches;
use crate::service::{Page, Service, ServiceError};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(read, write))
}

/// Which sheet.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SheetParameters {
    /// Its id.
    sheet_id: Option<String>,
    /// Its workbook, when its slug is given.
    workbook_id: Option<String>,
    /// Its slug in that workbook.
    sheet_slug: Option<String>,
}

impl SheetParameters {
    /// The sheet; nothing when none is named.
    async fn find(self, service: &Service, actor: &Actor) -> ApiResult<Option<SheetId>> {
        if let Some(id) = self.sheet_id {
            return Ok(Some(known(&id)?));
        }
        let Some(slug) = self.sheet_slug else { return Ok(None) };
        let Some(workbook) = self.workbook_id else {
            return Err(ApiError::bad("workbookId", "a sheet is named by `sheetSlug` and `workbookId`"));
        };
        let sheets = service.sheets(actor, &known::<WorkbookId>(&workbook)?).await?;
        let found = sheets.into_iter().find(|sheet| sheet.slug == slug);
        Ok(Some(found.ok_or_else(|| ServiceError::not_found("sheet", &slug))?.id))
    }
}

/// What of the records, and what stands in a line.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct ReadParameters {
    /// Keys of the fields; all when absent.
    #[serde(deserialize_with = "query::list")]
    fields: Vec<String>,
    /// The records that this event is about, as they are now.
    for_event: Option<String>,
    /// Cells without a value too, as `null`.
    include_empty_cells: Option<bool>,
    /// `__i`: the messages, each with the key of its field as `x` and its text as `m`.
    include_messages: Option<bool>,
    /// `__m`: metadata.
    include_metadata: Option<bool>,
    /// `__c`: config.
    include_config: Option<bool>,
    /// `__l`: the records that the references lead to, as lines with the id and slug of their sheet.
    include_links: Option<bool>,
    /// `__s`: the id of the sheet.
    include_sheet: Option<bool>,
    /// `__n`: the slug of the sheet.
    include_sheet_slug: Option<bool>,
    /// Leaves out `__v`, the commit, and `__e`, whether the record is valid.
    no_context: Option<bool>,
}

/// Records, one a line; all of them when no page is asked for.
#[utoipa::path(get, operation_id = "readLines", path = "/v2-alpha/records.jsonl", tag = "records",
    params(SheetParameters, RecordParameters, CommitParameters, ReadParameters, PageParameters),
    responses((status = 200, content_type = "application/jsonl"), Failures))]
async fn read(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(sheet): Asked<SheetParameters>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
    Asked(asked): Asked<ReadParameters>,
    Asked(page): Asked<PageParameters>,
) -> ApiResult<Response> {
    let id = sheet.find(&service, &actor).await?.ok_or_else(unnamed)?;
    let wanted = asked.wanted();
    let links_for = (asked.include_links == Some(true)).then(|| actor.clone());
    let page = if page.page_size.is_some() { page.records()? } else { Page::first(u64::MAX) };
    let (commit, since) = commits.read()?;
    let read = RecordRead {
        query: records.into(),
        page: Some(page),
        fields: (!asked.fields.is_empty()).then_some(asked.fields),
        commit,
        since,
        for_event: asked.for_event.map(|id| known::<EventId>(&id)).transpose()?,
        ..RecordRead::default()
    };
    let batches = service.record_batches(&actor, &id, read).await?;
    let writer = LineWriter::new(&batches.sheet, &batches.fields(), batches.commit_id.as_ref(), wanted);
    let parts = LineParts { service, batches, links_for, writer: Arc::new(writer) };
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], parts::body(parts, 1).await?).into_response())
}

impl ReadParameters {
    fn wanted(&self) -> Wanted {
        let is = |flag: Option<bool>| flag.unwrap_or(false);
        Wanted {
            empty_cells: is(self.include_empty_cells),
            context: !is(self.no_context),
            messages: is(self.include_messages),
            metadata: is(self.include_metadata),
            config: is(self.include_config),
            sheet: is(self.include_sheet),
            slug: is(self.include_sheet_slug),
        }
    }
}

struct LineParts {
    service: Arc<Service>,
    batches: RecordBatches,
    links_for: Option<Actor>,
    writer: Arc<LineWriter>,
}

impl Parts for LineParts {
    async fn next(&mut self) -> ApiResult<Option<Vec<u8>>> {
        let Some(batch) = self.batches.next(&self.service).await? else { return Ok(None) };
        let links = linked(&self.service, &self.batches, self.links_for.as_ref(), &batch).await?;
        let writer = self.writer.clone();
        written(batch, Vec::new(), move |out, batch| writer.put(out, batch, links.as_ref())).await.map(Some)
    }
}

/// How the lines are taken.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct WriteParameters {
    /// Deletes the records of the sheet first, as soon as the first lines are read.
    truncate: Option<bool>,
    /// Keeps each sheet as it was before the first of its lines is written; the answer names the snapshots.
    snapshot: Option<bool>,
    /// Keeps listeners from being told; pages hear that the counts changed.
    silent: Option<bool>,
    /// The event of the sheet that the caller answers: the lines belong to its commit, call no hooks, and complete the
    /// commit where the workbook tracks changes.
    #[serde(rename = "for")]
    for_event: Option<String>,
}

/// Inserts, changes and deletes records as the lines say: without `__k` a record is new, with `__d` it goes. The
/// lines are written some thousand at a time, each kind as one commit; when some cannot be taken, those before stay.
#[utoipa::path(post, operation_id = "writeLines", path = "/v2-alpha/records.jsonl", tag = "records",
    params(SheetParameters, WriteParameters,
        ("X-Sheet-Id" = Option<String>, Header, description = "The sheet of lines that name none.")),
    request_body(content = String, content_type = "application/jsonl"),
    responses((status = 200, body = LinesAnswer), Failures))]
async fn write(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(sheet): Asked<SheetParameters>,
    Asked(asked): Asked<WriteParameters>,
    headers: HeaderMap,
    body: Body,
) -> ApiResult<axum::Json<LinesAnswer>> {
    let answers = asked.for_event.map(|id| known::<EventId>(&id)).transpose()?;
    let told =
        if asked.silent == Some(true) { Told::Nobody } else { answers.map_or(Told::Everybody, Told::Answer) };
    let mut named = sheet.find(&service, &actor).await?;
    if let (None, Some(id)) = (&named, headers.get("x-sheet-id").and_then(|id| id.to_str().ok())) {
        named = Some(known(id)?);
    }
    let truncated = match (asked.truncate, &named) {
        (Some(true), None) => return Err(unnamed()),
        (Some(true), Some(id)) => Some(id.clone()),
        _ => None,
    };
    let batch = LineBatch::new(named, told, asked.snapshot == Some(true));
    let lines = Lines::new(body, service.settings.limits.body_bytes);
    Ok(axum::Json(take(&service, &actor, lines, batch, truncated).await?))
}

/// Writes the lines as they come. The sheet to truncate is emptied when the first of them were read.
async fn take(
    service: &Service,
    actor: &Actor,
    mut lines: Lines,
    mut batch: LineBatch,
    mut truncated: Option<SheetId>,
) -> ApiResult<LinesAnswer> {
    let mut answer = LinesAnswer { success: true, ..LinesAnswer::default() };
    loop {
        let line = lines.next().await?;
        let ended = line.is_none();
        if let Some((number, line)) = line {
            batch.push(number, line)?;
        }
        if !ended && !batch.is_full() {
            continue;
        }
        if let Some(id) = truncated.take() {
            batch.truncate(service, actor, &id, &mut answer).await?;
        }
        batch.write(service, actor, &mut answer).await?;
        if ended {
            return Ok(answer);
        }
    }
}

fn unnamed() -> ApiError {
    ApiError::bad("sheetId", "name the sheet: `sheetId=us_sh_…`, or `workbookId` and `sheetSlug`")
}
