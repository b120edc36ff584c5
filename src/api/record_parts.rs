//! An answer with records, made batch by batch.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::error::{ApiError, ApiResult};
use super::parts::{self, Parts};
use super::wire::record_writer::{RecordWriter, put_value};
use super::wire::sheet::CountsBody;
use crate::domain::access::Actor;
use crate::domain::ids::CommitId;
use crate::service::links::Links;
use crate::service::record_batches::RecordBatches;
use crate::service::{Service, ServiceError};
use crate::sheets::Batch;

/// Batches that are put into a body of one piece.
const FEW: usize = 6;
/// Writing more records than this would keep other tasks waiting.
const WRITTEN_AT_ONCE: usize = 512;

/// Room for what stands after the last record.
const END: usize = 512;

const BEGIN: &[u8] = br#"{"data":{"success":true,"records":["#;

/// What stands after the records.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ending {
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<CountsBody>,
    commit_id: Option<CommitId>,
    version_id: Option<CommitId>,
}

/// Answers with records; `counts` when they were asked for. The commit is the one whose state this is. What references
/// lead to is sent along when an actor is named who asks for it.
pub async fn answer(
    service: Arc<Service>,
    batches: Option<RecordBatches>,
    links_for: Option<Actor>,
    counts: Option<CountsBody>,
    commit_id: Option<CommitId>,
) -> ApiResult<Response> {
    let mut members = Vec::new();
    put_value(&mut members, &Ending { counts, version_id: commit_id.clone(), commit_id });
    let mut end = b"],".to_vec();
    end.extend(members.into_iter().skip(1));
    end.push(b'}');
    let body = match batches {
        Some(batches) => {
            let writer = Arc::new(RecordWriter::new(batches.sheet.record_key, &batches.fields()));
            let end = Some(end);
            let parts = RecordParts { service, batches, links_for, writer, begun: false, room: 0, end };
            parts::body(parts, FEW).await?
        }
        None => Body::from([BEGIN, &end].concat()),
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

struct RecordParts {
    service: Arc<Service>,
    batches: RecordBatches,
    links_for: Option<Actor>,
    writer: Arc<RecordWriter>,
    begun: bool,
    /// The bytes of the part before, which the next one is likely to have.
    room: usize,
    /// Taken with the last part.
    end: Option<Vec<u8>>,
}

impl Parts for RecordParts {
    async fn next(&mut self) -> ApiResult<Option<Vec<u8>>> {
        if self.end.is_none() {
            return Ok(None);
        }
        let begin: &[u8] = if self.begun { b"," } else { BEGIN };
        let mut out = Vec::with_capacity(self.room);
        out.extend_from_slice(begin);
        if let Some(batch) = self.batches.next(&self.service).await? {
            let links = linked(&self.service, &self.batches, self.links_for.as_ref(), &batch).await?;
            let writer = self.writer.clone();
            out = written(batch, out, move |out, batch| writer.put(out, batch, links.as_ref())).await?;
        }
        (self.begun, self.room) = (true, out.len() + END);
        if self.batches.left() == 0 {
            out.extend(self.end.take().unwrap_or_default());
        }
        Ok(Some(out))
    }
}

/// What the references of a batch lead to, when somebody asks for it.
pub async fn linked(
    service: &Service,
    batches: &RecordBatches,
    links_for: Option<&Actor>,
    batch: &Batch,
) -> ApiResult<Option<Links>> {
    match links_for {
        Some(actor) => Ok(Some(batches.links(service, actor, batch).await?)),
        None => Ok(None),
    }
}

/// A batch as bytes after those of `out`; a large one is written on a thread that may block.
pub async fn written(
    batch: Batch,
    mut out: Vec<u8>,
    put: impl FnOnce(&mut Vec<u8>, &Batch) + Send + 'static,
) -> ApiResult<Vec<u8>> {
    let small = batch.records() <= WRITTEN_AT_ONCE;
    let write = move || {
        put(&mut out, &batch);
        out
    };
    match small {
        true => Ok(write()),
        false => tokio::task::spawn_blocking(write)
            .await
            .map_err(|error| ApiError::from(ServiceError::internal(error))),
    }
}
