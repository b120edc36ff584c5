//! `/v1/spaces`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Maybe, Named, known};
use super::query::{self, PageParameters};
use super::shape;
use super::wire::space::{SpaceBody, SpaceRequest};
use crate::domain::ids::{EnvironmentId, Id, SpaceId};
use crate::domain::query::SortDirection;
use crate::service::Service;
use crate::service::spaces::{NewSpace, SpaceChange};
use crate::store::spaces::{SpaceFilter, SpaceOrder, SpaceSort};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create, delete_several))
        .routes(routes!(get, update, delete))
        .routes(routes!(archive))
        .routes(routes!(unarchive))
}

/// Which spaces.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SpaceParameters {
    /// Only those of this environment.
    environment_id: Option<String>,
    /// Part of the name.
    search: Option<String>,
    /// Only those of this namespace; empty: only those without one.
    #[serde(deserialize_with = "query::present")]
    namespace: Option<String>,
    /// `true` for those that were put away.
    archived: Option<bool>,
    /// Only those of this app.
    #[serde(alias = "app")]
    app_id: Option<String>,
    /// Only the templates of an app, or only what is none.
    is_app_template: Option<bool>,
    /// Only those where people work together, or only those that stand in other pages.
    is_collaborative: Option<bool>,
    /// `name`, `workbooksCount`, `filesCount`, `environmentId`, `createdByUserName`, `createdAt` or `lastActivityAt`.
    #[param(schema_with = shape::words::<SpaceSort>)]
    sort_field: Option<SpaceSort>,
    /// `asc` or `desc`.
    #[param(schema_with = shape::words::<SortDirection>)]
    sort_direction: Option<SortDirection>,
}

impl SpaceParameters {
    fn order(&self) -> SpaceOrder {
        let SpaceOrder { by, direction } = SpaceOrder::default();
        let direction = self.sort_direction.unwrap_or(match self.sort_field {
            Some(_) => SortDirection::Asc,
            None => direction,
        });
        SpaceOrder { by: self.sort_field.unwrap_or(by), direction }
    }
}

/// The spaces of the environment, the one last worked in first unless told otherwise; also those that have expired.
#[utoipa::path(get, path = "/v1/spaces", tag = "spaces", params(SpaceParameters, PageParameters),
    responses((status = 200, body = Listed<SpaceBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<SpaceParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<SpaceBody>> {
    let page = page.page(10)?;
    let filter = SpaceFilter {
        order: asked.order(),
        environment_id: asked.environment_id.map(|id| known(&id)).transpose()?,
        search: asked.search,
        namespace: asked.namespace,
        archived: Some(asked.archived.unwrap_or(false)),
        app_id: asked.app_id.map(|id| known(&id)).transpose()?,
        is_template: asked.is_app_template,
        is_collaborative: asked.is_collaborative,
        with_expired: true,
    };
    let found = service.spaces(&actor, &filter, page).await?;
    Ok(listed(page, found, |summary| SpaceBody::counted(&service, &actor, summary)))
}

/// Makes a space.
#[utoipa::path(post, path = "/v1/spaces", tag = "spaces", request_body = Option<SpaceRequest>,
    responses((status = 200, body = Data<SpaceBody>), Failures))]
async fn create(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Maybe(request): Maybe<SpaceRequest>,
) -> Answer<Data<SpaceBody>> {
    let space = service.create_space(&actor, new_space(request)?).await?;
    Ok(data(SpaceBody::new(&service, &actor, space)))
}

/// What a new space is given.
pub fn new_space(mut request: SpaceRequest) -> ApiResult<NewSpace> {
    let mut extra = request.kept();
    extra.retain(|_, value| !value.is_null());
    Ok(NewSpace {
        extra,
        environment_id: request.environment_id.map(|id| known::<EnvironmentId>(&id)).transpose()?,
        name: request.name,
        namespace: request.namespace.flatten(),
        app_id: filled(request.app_id.flatten())?,
        is_app_template: request.is_app_template.unwrap_or_default(),
        primary_workbook_id: filled(request.primary_workbook_id.flatten())?,
        metadata: request.metadata.flatten(),
        settings: request.settings.flatten().map(Value::Object),
        actions: request.actions.unwrap_or_default(),
        labels: request.labels.unwrap_or_default(),
        auto_configure: request.auto_configure.unwrap_or(false),
    })
}

/// One space. One that has expired says when, and nothing else opens it.
#[utoipa::path(get, path = "/v1/spaces/{spaceId}", tag = "spaces", params(("spaceId" = String, Path)),
    responses((status = 200, body = Data<SpaceBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SpaceId>,
) -> Answer<Data<SpaceBody>> {
    Ok(data(SpaceBody::new(&service, &actor, service.space_or_expired(&actor, &id).await?)))
}

/// Changes a space.
#[utoipa::path(patch, path = "/v1/spaces/{spaceId}", tag = "spaces", params(("spaceId" = String, Path)),
    request_body = Option<SpaceRequest>, responses((status = 200, body = Data<SpaceBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SpaceId>,
    Maybe(mut request): Maybe<SpaceRequest>,
) -> Answer<Data<SpaceBody>> {
    let primary_workbook_id = request.primary_workbook_id.take().map(filled).transpose()?;
    let app_id = request.app_id.take().map(filled).transpose()?;
    let archived = request.archived_at.map(|moment| moment.is_some());
    let change = SpaceChange {
        extra: request.kept(),
        name: request.name,
        namespace: request.namespace,
        app_id,
        is_app_template: request.is_app_template,
        primary_workbook_id,
        metadata: request.metadata,
        settings: request.settings.map(|settings| settings.map(Value::Object)),
        actions: request.actions,
        labels: request.labels,
        archived,
    };
    Ok(data(SpaceBody::new(&service, &actor, service.update_space(&actor, &id, change).await?)))
}

/// Deletes a space with everything in it.
#[utoipa::path(delete, path = "/v1/spaces/{spaceId}", tag = "spaces", params(("spaceId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SpaceId>,
) -> Answer<Data<Success>> {
    service.delete_spaces(&actor, &[id]).await?;
    Ok(success())
}

/// Which spaces to delete.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct DeleteParameters {
    /// Their ids.
    #[serde(deserialize_with = "query::list")]
    space_ids: Vec<String>,
}

/// Deletes several spaces: all, or none when one is not there.
#[utoipa::path(delete, path = "/v1/spaces", tag = "spaces", params(DeleteParameters),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete_several(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<DeleteParameters>,
) -> Answer<Data<Success>> {
    if asked.space_ids.is_empty() {
        return Err(ApiError::bad("spaceIds", "name the spaces to delete by `spaceIds`"));
    }
    let ids: Vec<SpaceId> = asked.space_ids.iter().map(|id| known(id)).collect::<ApiResult<_>>()?;
    service.delete_spaces(&actor, &ids).await?;
    Ok(success())
}

/// Puts a space away: lists leave it out.
#[utoipa::path(post, path = "/v1/spaces/{spaceId}/archive", tag = "spaces", params(("spaceId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn archive(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SpaceId>,
) -> Answer<Data<Success>> {
    service.archive_space(&actor, &id, true).await?;
    Ok(success())
}

/// Takes an archived space back.
#[utoipa::path(post, path = "/v1/spaces/{spaceId}/unarchive", tag = "spaces", params(("spaceId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn unarchive(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<SpaceId>,
) -> Answer<Data<Success>> {
    service.archive_space(&actor, &id, false).await?;
    Ok(success())
}

/// An id that may be absent; clients write `""` for none.
fn filled<I: Id>(given: Option<String>) -> ApiResult<Option<I>> {
    given.filter(|text| !text.is_empty()).map(|text| known(&text)).transpose()
}
