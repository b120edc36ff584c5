//! `/v1/sheets/{sheetId}/cells`: the values of fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Named};
use super::query::PageParameters;
use super::shape;
use super::wire::cell::CellBody;
use crate::domain::access::Actor;
use crate::domain::ids::SheetId;
use crate::domain::query::{Filter, RecordQuery, SortDirection};
use crate::service::read_records::RecordRead;
use crate::service::{Page, Service};
use crate::sheets::ValuesWanted;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(cells))
}

/// Cells of which fields and records.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct CellParameters {
    /// Key of the field; all fields when absent.
    field_key: Option<String>,
    /// Each value once, the most frequent first; by value when `sortField` is the field.
    distinct: Option<bool>,
    /// With `distinct`: tells how many records have the value.
    include_counts: Option<bool>,
    /// Text that the value contains; in double quotes: is.
    search_value: Option<String>,
    /// Key of the field to sort by.
    sort_field: Option<String>,
    /// `asc` or `desc`.
    #[param(schema_with = shape::words::<SortDirection>)]
    sort_direction: Option<SortDirection>,
    /// `valid`, `error`, `all` or `none`.
    #[param(schema_with = shape::words::<Filter>)]
    filter: Option<Filter>,
    /// Narrows `filter` to one field.
    filter_field: Option<String>,
    /// A condition in the query language.
    q: Option<String>,
}

/// The cells of a field, or its different values.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/cells", tag = "records",
    params(("sheetId" = String, Path), CellParameters, PageParameters),
    responses((status = 200, body = Data<BTreeMap<String, Vec<CellBody>>>), Failures))]
async fn cells(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(asked): Asked<CellParameters>,
    Asked(page): Asked<PageParameters>,
) -> ApiResult<axum::Json<Data<BTreeMap<String, Vec<CellBody>>>>> {
    let page = page.page(1_000)?;
    let sheet = service.sheet(&actor, &id).await?;
    let keys: Vec<String> = match &asked.field_key {
        Some(key) if sheet.config.field(key).is_none() => {
            let message = format!("fieldKey: `{key}` is not the key of a field of this sheet");
            return Err(ApiError::bad("fieldKey", message));
        }
        Some(key) => vec![key.clone()],
        None => sheet.columns().map(|(_, field)| field.key.as_str().to_string()).collect(),
    };
    let mut found = BTreeMap::new();
    for key in keys {
        let cells = match asked.distinct {
            Some(true) => values(&service, &actor, &id, &key, &asked, page).await?,
            _ => of_records(&service, &actor, &id, &key, &asked, page).await?,
        };
        found.insert(key, cells);
    }
    Ok(data(found))
}

impl CellParameters {
    fn query(&self) -> RecordQuery {
        RecordQuery {
            filter: self.filter,
            filter_field: self.filter_field.clone(),
            q: self.q.clone(),
            ..RecordQuery::default()
        }
    }
}

/// The different values of a field.
async fn values(
    service: &Service,
    actor: &Actor,
    id: &SheetId,
    key: &str,
    asked: &CellParameters,
    page: Page,
) -> ApiResult<Vec<CellBody>> {
    let by_value = asked.sort_field.is_some().then(|| asked.sort_direction.unwrap_or_default());
    let wanted = ValuesWanted {
        field: key.to_string(),
        query: asked.query(),
        search: asked.search_value.clone(),
        by_value,
        offset: usize::try_from(page.offset()).unwrap_or(usize::MAX),
        limit: page.size as usize,
    };
    let (sheet, found) = service.field_values(actor, id, wanted).await?;
    let Some(field) = sheet.config.field(key) else { return Ok(Vec::new()) };
    let counted = asked.include_counts.unwrap_or(false);
    Ok(found.items.iter().map(|value| CellBody::of_value(field, value, counted)).collect())
}

/// The cells of a field in the order of the records.
async fn of_records(
    service: &Service,
    actor: &Actor,
    id: &SheetId,
    key: &str,
    asked: &CellParameters,
    page: Page,
) -> ApiResult<Vec<CellBody>> {
    let query = RecordQuery {
        sort_field: asked.sort_field.clone(),
        sort_direction: asked.sort_direction,
        search_field: asked.search_value.as_ref().map(|_| key.to_string()),
        search_value: asked.search_value.clone(),
        ..asked.query()
    };
    let fields = Some(vec![key.to_string()]);
    let read = RecordRead { query, page: Some(page), fields, ..RecordRead::default() };
    let found = service.records(actor, id, read).await?;
    let Some(field) = found.sheet.config.field(key) else { return Ok(Vec::new()) };
    Ok(found
        .records
        .iter()
        .flat_map(|record| &record.cells)
        .map(|cell| CellBody::of_cell(field, cell))
        .collect())
}
