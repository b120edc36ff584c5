//! `/v1/files/detect-header`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiResult, Failures};
use super::extract::{Caller, Json};
use crate::domain::header_row::{Header, HeaderOptions};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(detect))
}

/// The first rows of a table, and how its header is found.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = DetectHeader)]
struct HeaderRequest {
    /// `{algorithm, rowsToSearch, skip, headers, rowNumbers}`; the algorithm is `default`, `explicitHeaders`,
    /// `specificRows`, `dataRowAndSubHeaderDetection` or `aiDetection`, which is the default here.
    #[schema(value_type = Object)]
    options: HeaderOptions,
    /// The rows, each a list of texts.
    #[schema(value_type = Vec<Vec<String>>)]
    data: Vec<Vec<Value>>,
}

/// The header of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HeaderDetection)]
struct HeaderBody {
    /// The names of the columns.
    header: Vec<String>,
    /// How many rows stand above the data, the header among them.
    header_row: usize,
    /// The same, under its old name.
    skip: usize,
    /// The letters of the columns, as spreadsheets count them.
    letters: Vec<String>,
}

impl From<Header> for HeaderBody {
    fn from(header: Header) -> Self {
        let letters = header.letters();
        Self { header: header.names, header_row: header.skip, skip: header.skip, letters }
    }
}

/// Finds the header among the first rows of a table.
#[utoipa::path(post, path = "/v1/files/detect-header", tag = "files", operation_id = "detectHeader",
    request_body = HeaderRequest,
    responses((status = 200, body = Data<HeaderBody>), Failures))]
async fn detect(
    Caller(_): Caller,
    Json(request): Json<HeaderRequest>,
) -> ApiResult<axum::Json<Data<HeaderBody>>> {
    let rows: Vec<Vec<String>> =
        request.data.into_iter().map(|row| row.into_iter().map(text).collect()).collect();
    Ok(data(request.options.find(&rows)?.into()))
}

fn text(cell: Value) -> String {
    match cell {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
