//! `/v1/sheets/{sheetId}/download`: records as a file, sent while it is made.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named};
use super::parts::{self, Parts};
use super::query::{CommitParameters, RecordParameters};
use super::shape;
use crate::domain::export::ExportFormat;
use crate::domain::file::disposition;
use crate::domain::ids::SheetId;
use crate::service::Service;
use crate::service::exports::Export;
use crate::service::read_records::RecordRead;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(download))
}

/// As what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct DownloadParameters {
    /// `csv` (for spreadsheets, when absent), `csv-raw`, `tsv`, `json`, `jsonl` or `xlsx`.
    #[param(schema_with = shape::words::<ExportFormat>)]
    format: Option<ExportFormat>,
}

/// The records as a file, under the labels of their fields; in JSON under the keys.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/download", tag = "sheets",
    params(("sheetId" = String, Path), RecordParameters, CommitParameters, DownloadParameters),
    responses((status = 200, content_type = "text/csv"), Failures))]
async fn download(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(commits): Asked<CommitParameters>,
    Asked(asked): Asked<DownloadParameters>,
) -> ApiResult<Response> {
    let (commit, since) = commits.read()?;
    let read = RecordRead { query: records.into(), commit, since, ..RecordRead::default() };
    let export = service.export(&actor, &id, read, asked.format.unwrap_or_default()).await?;
    let headers = headers(&export);
    let body = parts::body(ExportParts { service, export }, 1).await?;
    Ok((headers, body).into_response())
}

fn headers(export: &Export) -> [(HeaderName, HeaderValue); 3] {
    let name = HeaderValue::from_str(&disposition(&export.name));
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(export.format.media_type())),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}

struct ExportParts {
    service: Arc<Service>,
    export: Export,
}

impl Parts for ExportParts {
    async fn next(&mut self) -> ApiResult<Option<Vec<u8>>> {
        loop {
            match self.export.next(&self.service).await? {
                Some(bytes) if bytes.is_empty() => {}
                other => return Ok(other),
            }
        }
    }
}
