//! `/v1/spaces/{spaceId}/documents`.

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Success, data, success};
use super::error::Failures;
use super::extract::{Caller, Maybe, Named, NamedWith, known};
use super::wire::document::{DocumentBody, DocumentRequest};
use crate::domain::ids::{DocumentId, SpaceId};
use crate::service::Service;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// The documents of a space, the oldest first.
#[utoipa::path(get, path = "/v1/spaces/{spaceId}/documents", tag = "documents",
    params(("spaceId" = String, Path)), responses((status = 200, body = Data<Vec<DocumentBody>>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(space): Named<SpaceId>,
) -> Answer<Data<Vec<DocumentBody>>> {
    let found = service.documents(&actor, &space).await?;
    Ok(data(found.into_iter().map(DocumentBody::from).collect()))
}

/// Makes a document.
#[utoipa::path(post, path = "/v1/spaces/{spaceId}/documents", tag = "documents",
    params(("spaceId" = String, Path)), request_body = Option<DocumentRequest>,
    responses((status = 200, body = Data<DocumentBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(space): Named<SpaceId>,
    Maybe(request): Maybe<DocumentRequest>,
) -> Answer<Data<DocumentBody>> {
    Ok(data(service.create_document(&actor, &space, request.into()).await?.into()))
}

/// One document.
#[utoipa::path(get, path = "/v1/spaces/{spaceId}/documents/{documentId}", tag = "documents",
    params(("spaceId" = String, Path), ("documentId" = String, Path)),
    responses((status = 200, body = Data<DocumentBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(space, id): NamedWith<SpaceId>,
) -> Answer<Data<DocumentBody>> {
    Ok(data(service.document(&actor, &space, &known::<DocumentId>(&id)?).await?.into()))
}

/// Changes a document.
#[utoipa::path(patch, path = "/v1/spaces/{spaceId}/documents/{documentId}", tag = "documents",
    params(("spaceId" = String, Path), ("documentId" = String, Path)), request_body = Option<DocumentRequest>,
    responses((status = 200, body = Data<DocumentBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(space, id): NamedWith<SpaceId>,
    Maybe(request): Maybe<DocumentRequest>,
) -> Answer<Data<DocumentBody>> {
    let id = known::<DocumentId>(&id)?;
    Ok(data(service.update_document(&actor, &space, &id, request.into()).await?.into()))
}

/// Deletes a document.
#[utoipa::path(delete, path = "/v1/spaces/{spaceId}/documents/{documentId}", tag = "documents",
    params(("spaceId" = String, Path), ("documentId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(space, id): NamedWith<SpaceId>,
) -> Answer<Data<Success>> {
    service.delete_document(&actor, &space, &known::<DocumentId>(&id)?).await?;
    Ok(success())
}
