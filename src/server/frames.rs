//! `GET /frames/{sheetId}`: a page of the grid in its compact form.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::ServerState;
use super::problem::Problem;
use super::session::SignedIn;
use crate::domain::ids::{Id, SheetId};
use crate::domain::query::{Filter, RecordQuery, SortDirection};

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

/// Answers with the newest version of the sheet, whatever the page knows.
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
    let frame = state.service.frame(&signed_in.actor, &sheet, &query, wanted.offset, limit).await?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, crate::domain::frame::encode(&frame)).into_response())
}
