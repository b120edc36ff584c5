//! `/v1/users`: people, who come by invitations.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Answer, Data, Listed, Success, data, listed, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, Json, Maybe, Named};
use super::query::PageParameters;
use super::shape;
use super::wire::user::{InviteRequest, InvitedBody, Resent, UserBody, UserChanges};
use crate::domain::ids::UserId;
use crate::domain::query::SortDirection;
use crate::service::Service;
use crate::service::users::UserChange;
use crate::store::users::{UserColumn, UserFilter, UserOrder};

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(invite))
        .routes(routes!(get, update, delete))
        .routes(routes!(resend))
}

/// Which people, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct UserParameters {
    /// The one of this address.
    email: Option<String>,
    /// Those whose name or address contains this.
    search: Option<String>,
    /// `createdAt`, `updatedAt`, `lastSeenAt`, `name` or `email`.
    sort_field: Option<String>,
    /// `asc` or `desc`.
    #[param(schema_with = shape::words::<SortDirection>)]
    sort_direction: Option<SortDirection>,
}

const SORT_FIELDS: [(&str, UserColumn); 5] = [
    ("createdAt", UserColumn::CreatedAt),
    ("updatedAt", UserColumn::UpdatedAt),
    ("lastSeenAt", UserColumn::LastSeenAt),
    ("name", UserColumn::Name),
    ("email", UserColumn::Email),
];

impl UserParameters {
    fn read(self) -> ApiResult<UserFilter> {
        let by = match self.sort_field.as_deref() {
            None => UserColumn::default(),
            Some(name) => {
                let found = SORT_FIELDS.iter().find(|(field, _)| *field == name).map(|(_, by)| *by);
                found.ok_or_else(|| {
                    let known = SORT_FIELDS.map(|(field, _)| field).join(", ");
                    ApiError::bad("sortField", format!("people are not sorted by `{name}`, but by {known}"))
                })?
            }
        };
        let descending = matches!(self.sort_direction, Some(SortDirection::Desc));
        let present = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(UserFilter {
            email: present(self.email),
            search: present(self.search),
            only: None,
            order: UserOrder { by, descending },
        })
    }
}

/// The people of the account, the first who were added first.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(UserParameters, PageParameters),
    responses((status = 200, body = Listed<UserBody>), Failures))]
async fn list(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Asked(asked): Asked<UserParameters>,
    Asked(page): Asked<PageParameters>,
) -> Answer<Listed<UserBody>> {
    let page = page.page(20)?;
    Ok(listed(page, service.users(&actor, asked.read()?, page).await?, UserBody::from))
}

/// Makes a user and invites them: by mail, or by the link in the answer where no mail server is set up.
#[utoipa::path(post, path = "/v1/users/invite", tag = "users", request_body = InviteRequest,
    responses((status = 200, body = Data<InvitedBody>), Failures))]
async fn invite(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Json(request): Json<InviteRequest>,
) -> Answer<Data<InvitedBody>> {
    Ok(data(service.invite_user(&actor, request.into()).await?.try_into()?))
}

/// One person.
#[utoipa::path(get, path = "/v1/users/{userId}", tag = "users", params(("userId" = String, Path)),
    responses((status = 200, body = Data<UserBody>), Failures))]
async fn get(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
) -> Answer<Data<UserBody>> {
    Ok(data(service.user(&actor, &id).await?.into()))
}

/// Changes a person: an admin any, everybody themselves.
#[utoipa::path(patch, path = "/v1/users/{userId}", tag = "users", params(("userId" = String, Path)),
    request_body = Option<UserChanges>, responses((status = 200, body = Data<UserBody>), Failures))]
async fn update(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
    Maybe(request): Maybe<UserChanges>,
) -> Answer<Data<UserBody>> {
    let change = UserChange { name: request.name, dashboard: request.dashboard };
    Ok(data(service.update_user(&actor, &id, change).await?.into()))
}

/// Deletes a person; their sessions and tokens end at once.
#[utoipa::path(delete, path = "/v1/users/{userId}", tag = "users", params(("userId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn delete(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
) -> Answer<Data<Success>> {
    service.delete_user(&actor, &id).await?;
    Ok(success())
}

/// Invites a user once more, who has no password yet. The link before is good no more.
#[utoipa::path(post, path = "/v1/users/{userId}/resend-invite", tag = "users", params(("userId" = String, Path)),
    responses((status = 200, body = Data<Resent>), Failures))]
async fn resend(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
) -> Answer<Data<Resent>> {
    let link = service.resend_invitation(&actor, &id).await?.link;
    Ok(data(Resent { success: true, link }))
}
