//! `/v1/internal/spaces/init`: what a web page asks for that embeds a new space.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, data};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Json};
use super::spaces::new_space;
use super::wire::embedding::{EmbedBody, EmbedRequest};
use super::wire::workbook::parse_embedded;
use crate::domain::access::Actor;
use crate::service::Service;
use crate::service::embedding::NewEmbed;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(init))
}

/// Who embeds.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct KeyParameter {
    /// The publishable key of the environment, `pk_…`. There is no `Authorization`, so that browsers ask at once.
    publishable_key: Option<String>,
}

/// The page behind the publishable key in the address.
struct Page(Actor);

impl FromRequestParts<Arc<Service>> for Page {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, ApiError> {
        let Asked(asked) = Asked::<KeyParameter>::from_request_parts(parts, service).await?;
        let key = asked.publishable_key.filter(|key| !key.is_empty()).ok_or_else(|| {
            let message = "name the publishable key of the environment: `publishableKey=pk_…`";
            ApiError::new(StatusCode::UNAUTHORIZED, message)
        })?;
        Ok(Self(service.actor_of_publishable_key(&key).await?))
    }
}

/// Makes a space to embed, with a workbook and a document where they are wanted: all of it or nothing.
#[utoipa::path(post, path = "/v1/internal/spaces/init", tag = "embedding", params(KeyParameter),
    request_body(content = EmbedRequest, content_type = "text/plain"), security(()),
    responses((status = 200, body = Data<EmbedBody>), Failures))]
async fn init(
    State(service): State<Arc<Service>>,
    Page(actor): Page,
    Json(request): Json<EmbedRequest>,
) -> ApiResult<axum::Json<Data<EmbedBody>>> {
    let new = NewEmbed {
        space: new_space(request.space.unwrap_or_default())?,
        workbook: request.workbook.map(parse_embedded).transpose()?,
        document: request.document.map(Into::into),
        external_actor_id: request.external_actor_id,
    };
    let made = service.embed(&actor, new).await?;
    Ok(data(EmbedBody::new(&service, made)))
}
