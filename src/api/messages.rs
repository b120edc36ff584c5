//! `/v1/sheets/{sheetId}/messages`: what is said of cells, grouped. Inlet's own; the published clients do not ask for it.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Listed, listed};
use super::error::{ApiResult, Failures};
use super::extract::{Asked, Caller, Named};
use super::query::{PageParameters, RecordParameters};
use super::wire::cell::MessageCountBody;
use crate::domain::ids::SheetId;
use crate::service::Service;

/// Groups on a page unless told otherwise.
const ON_A_PAGE: u64 = 100;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(messages))
}

/// The messages on the records that the query finds, by field and text with the number of their records, the most
/// frequent first.
#[utoipa::path(get, path = "/v1/sheets/{sheetId}/messages", tag = "records",
    params(("sheetId" = String, Path), RecordParameters, PageParameters),
    responses((status = 200, body = Listed<MessageCountBody>), Failures))]
async fn messages(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SheetId>,
    Asked(records): Asked<RecordParameters>,
    Asked(page): Asked<PageParameters>,
) -> ApiResult<axum::Json<Listed<MessageCountBody>>> {
    let page = page.page(ON_A_PAGE)?;
    let found = service.message_counts(&actor, &id, &records.into(), page).await?;
    Ok(listed(page, found, MessageCountBody::from))
}
