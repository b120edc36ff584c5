//! Files of the browser: `POST /files`, `GET /files/{id}/download`, and the code of agents.

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;
use tokio_util::io::ReaderStream;

use super::ServerState;
use super::problem::Problem;
use super::session::SignedIn;
use crate::domain::access::Actor;
use crate::domain::file::FileMode;
use crate::domain::ids::{AgentId, AgentVersionId, FileId, Id, SheetId, SpaceId};
use crate::domain::job::Job;
use crate::service::Service;
use crate::service::arriving_import::Destination;
use crate::service::files::{NewFile, Upload};

/// Takes a file into a space: the fields `spaceId` and `file`. With a field `sheetId` before the file, it is
/// imported into that sheet while it arrives, when nobody needs to be asked anything; the answer then names the job.
pub async fn upload(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Response, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::bad_request(format!("the upload broke off: {}; try again", error.body_text()))
    };
    let mut space_id = None;
    let mut sheet_id = None;
    let mut arrived = None;
    let size = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("spaceId") => space_id = Some(field.text().await.map_err(broken)?),
            Some("sheetId") => {
                let text = field.text().await.map_err(broken)?;
                let id = SheetId::parse(&text).map_err(|error| Problem::bad_request(error.to_string()))?;
                sheet_id = Some(id);
            }
            Some("file") => {
                let name = field.file_name().unwrap_or("").to_string();
                let mimetype = field.content_type().unwrap_or("application/octet-stream").to_string();
                let mut upload = state.service.start_upload(&signed_in.actor).await?;
                let destination = sheet_id.take().map(|sheet| Destination { sheet, size: size.unwrap_or(0) });
                let job = receive(&state.service, &signed_in.actor, &mut upload, field, destination).await?;
                arrived = Some((upload, name, mimetype, job));
            }
            _ => {}
        }
    }
    let space_id = space_id.ok_or_else(|| Problem::bad_request("the upload has no field `spaceId`"))?;
    let space_id = SpaceId::parse(&space_id).map_err(|error| Problem::bad_request(error.to_string()))?;
    let (upload, name, mimetype, job) =
        arrived.ok_or_else(|| Problem::bad_request("the upload has no field `file`"))?;
    let mode = FileMode::Import;
    let (actions, extra) = (Vec::new(), serde_json::Map::new());
    // What people do with it they choose on the page.
    let new = NewFile { space_id, name, mimetype, mode, actions, extra, extracted: false };
    let file = state.service.finish_upload(&signed_in.actor, upload, new).await?;
    let answer =
        json!({ "id": file.id, "name": file.name, "size": file.size, "jobId": job.map(|job| job.id) });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Takes the bytes. The import begins as soon as the file can be judged.
async fn receive(
    service: &Service,
    actor: &Actor,
    upload: &mut Upload,
    mut field: Field<'_>,
    mut destination: Option<Destination>,
) -> Result<Option<Job>, Problem> {
    let name = field.file_name().unwrap_or("").to_string();
    let mut job = None;
    loop {
        let more = field
            .chunk()
            .await
            .map_err(|error| Problem::bad_request(format!("the upload broke off: {}", error.body_text())))?;
        if let Some(bytes) = &more {
            upload.write(bytes).await?;
        }
        let begun = service.offer_arriving(actor, upload, &name, &mut destination, more.is_none()).await?;
        job = job.or(begun);
        if more.is_none() {
            return Ok(job);
        }
    }
}

/// Sends a file to be saved, never to be shown.
pub async fn download(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = FileId::parse(&id).map_err(crate::service::ServiceError::from)?;
    let (file, bytes) = state.service.open_file(&signed_in.actor, &id).await?;
    let body = axum::body::Body::from_stream(ReaderStream::new(bytes));
    Ok((headers_of(&file.name, file.size), body).into_response())
}

/// Sends the code of a version of an agent, packed.
pub async fn agent_code(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = AgentId::parse(&id).map_err(crate::service::ServiceError::from)?;
    let version = AgentVersionId::parse(&version).map_err(crate::service::ServiceError::from)?;
    let archive = state.service.archive_of_version(&signed_in.actor, &id, &version).await?;
    Ok((headers_of(&archive.name, archive.bytes.len()), archive.bytes).into_response())
}

fn headers_of(name: &str, size: impl ToString) -> [(header::HeaderName, String); 4] {
    [
        (header::CONTENT_TYPE, "application/octet-stream".to_string()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, crate::domain::file::disposition(name)),
        (header::CACHE_CONTROL, "private, no-cache".to_string()),
    ]
}
