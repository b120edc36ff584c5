//! `GET /frames/{sheetId}`: a page of the grid in its compact form.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::json;

use super::ServerState;
use super::problem::Problem;
use super::session::SignedIn;
use crate::domain::ids::{Id, SheetId};
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::service::ErrorKind;

/// Most records of one frame.
const MOST: usize = 512;

/// Which records the grid shows.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    offset: u64,
    limit: Option<usize>,
    filter: Option<Filter>,
    #[serde(rename = "filterField")]
    filter_field: Option<String>,
    search: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    direction: Option<SortDirection>,
}

/// Answers with the newest version of the sheet, whatever the page knows; with JSON that says what is wrong when
/// the condition in the search cannot be read.
pub async fn frame(
    State(state): State<ServerState>,
    Extension(signed_in): Extension<SignedIn>,
    Path(sheet): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let sheet = SheetId::parse(&sheet).map_err(crate::service::ServiceError::from)?;
    let mut query = RecordQuery {
        filter: wanted.filter,
        filter_field: wanted.filter_field,
        q: wanted.q,
        sort_field: wanted.sort,
        sort_direction: wanted.direction,
        ..RecordQuery::default()
    };
    query.search(&wanted.search.unwrap_or_default());
    let limit = wanted.limit.unwrap_or(128).min(MOST);
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    let frame = match state.service.frame(&signed_in.actor, &sheet, &query, wanted.offset, limit).await {
        // What a person typed into the search is no fault of the page's, which browsers would report as one.
        Err(error) if error.kind == ErrorKind::BadRequest && query.q.is_some() => {
            return Ok((uncached, Json(json!({ "message": error.message }))).into_response());
        }
        frame => frame?,
    };
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((uncached, kind, crate::domain::frame::encode(&frame)).into_response())
}
