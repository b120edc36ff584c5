//! `/v1/files`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Maybe, Named, known};
use super::query::PageParameters;
use super::shape;
use super::upload;
use super::wire::file::{CloneRequest, FileBody, FileRequest, UploadForm};
use crate::domain::file::{File, FileMode, disposition};
use crate::domain::ids::{FileId, SpaceId, WorkbookId};
use crate::service::Service;
use crate::service::files::FileChange;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(download))
        .routes(routes!(copy))
}

/// Which files.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct FileParameters {
    /// The space they belong to; all that the asker sees when absent.
    space_id: Option<String>,
    /// `import` unless said otherwise, or `export`.
    #[param(schema_with = shape::words::<FileMode>)]
    mode: Option<FileMode>,
}

/// The files of a space, or of all, the latest first.
#[utoipa::path(get, path = "/v1/files", tag = "files", params(FileParameters, PageParameters),
    responses((status = 200, body = Listed<FileBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<FileParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<FileBody>> {
    let page = page.page(20)?;
    let space_id: Option<SpaceId> = asked.space_id.map(|id| known(&id)).transpose()?;
    let mode = asked.mode.unwrap_or(FileMode::Import);
    Ok(listed(page, service.files(&actor, space_id.as_ref(), Some(mode), page).await?, FileBody::from))
}

/// Uploads a file as a form. A job `file:extract` makes a workbook of a CSV, TSV or PSV file that comes in.
#[utoipa::path(post, path = "/v1/files", tag = "files",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Data<FileBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Answer<Data<FileBody>> {
    let size = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let form =
        form.map_err(|_| ApiError::bad("general", "upload the file as a form: `multipart/form-data`"))?;
    Ok(data(upload::receive(&service, &actor, size.unwrap_or(0), form).await?.into()))
}

/// One file. Of one that has expired the bytes are gone.
#[utoipa::path(get, path = "/v1/files/{fileId}", tag = "files", params(("fileId" = String, Path)),
    responses((status = 200, body = Data<FileBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<FileId>,
) -> Answer<Data<FileBody>> {
    Ok(data(service.file_or_expired(&actor, &id).await?.into()))
}

/// Changes what is known of a file.
#[utoipa::path(patch, path = "/v1/files/{fileId}", tag = "files", params(("fileId" = String, Path)),
    request_body = Option<FileRequest>, responses((status = 200, body = Data<FileBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<FileId>,
    Maybe(request): Maybe<FileRequest>,
) -> Answer<Data<FileBody>> {
    let change = FileChange {
        name: request.name,
        status: request.status,
        mode: request.mode,
        workbook_id: request.workbook_id.map(|id| known::<WorkbookId>(&id)).transpose()?,
        actions: request.actions,
    };
    Ok(data(service.update_file(&actor, &id, change).await?.into()))
}

/// Deletes a file.
#[utoipa::path(delete, path = "/v1/files/{fileId}", tag = "files", params(("fileId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<FileId>,
) -> Answer<Data<Success>> {
    service.delete_file(&actor, &id).await?;
    Ok(success())
}

/// Copies a file with its bytes, name and actions.
#[utoipa::path(post, path = "/v1/files/{fileId}/clone", tag = "files", operation_id = "clone",
    params(("fileId" = String, Path)), request_body = Option<CloneRequest>,
    responses((status = 200, body = Data<FileBody>), Failures))]
async fn copy(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<FileId>,
    Maybe(request): Maybe<CloneRequest>,
) -> Answer<Data<FileBody>> {
    Ok(data(service.clone_file(&actor, &id, request.prefix.as_deref()).await?.into()))
}

/// The bytes of a file.
#[utoipa::path(get, path = "/v1/files/{fileId}/download", tag = "files", params(("fileId" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), Failures))]
async fn download(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<FileId>,
) -> ApiResult<Response> {
    let (file, bytes) = service.open_file(&actor, &id).await?;
    Ok((download_headers(&file), Body::from_stream(ReaderStream::with_capacity(bytes, 64 << 10)))
        .into_response())
}

/// Headers by which browsers keep the bytes and never run them.
fn download_headers(file: &File) -> [(HeaderName, HeaderValue); 4] {
    let kind = HeaderValue::from_str(&file.mimetype);
    let name = HeaderValue::from_str(&disposition(&file.name));
    [
        (header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::CONTENT_LENGTH, HeaderValue::from(file.size.max(0))),
        (header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]
}
