//! `/v1/users`: people, their roles and invitations.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Data, Listed, Success, data, listed, success};
use super::error::{ApiError, ApiResult, Failures};
use super::extract::{Asked, Caller, ClientAddress, Json, Maybe, Named, NamedWith, known};
use super::query::PageParameters;
use super::shape;
use super::wire::user::{
    ActorRoleBody, ExchangeBody, ExchangeRequest, InviteRequest, InvitedBody, Resent, RoleAssignment,
    RoleBody, UserBody, UserChanges,
};
use crate::domain::ids::UserId;
use crate::domain::query::SortDirection;
use crate::service::Service;
use crate::service::users::UserChange;
use crate::store::users::{UserColumn, UserFilter, UserOrder};

type Answer<T> = ApiResult<axum::Json<T>>;

pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(invite))
        .routes(routes!(get, update, delete))
        .routes(routes!(resend))
        .routes(routes!(roles))
        .routes(routes!(list_roles, assign_role))
        .routes(routes!(take_role))
        .routes(routes!(exchange))
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
    #[param(schema_with = shape::words_or_none::<SortDirection>)]
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

/// The roles that can be given.
#[utoipa::path(get, path = "/v1/roles", tag = "roles",
    responses((status = 200, body = Data<Vec<RoleBody>>), Failures))]
async fn roles(State(service): State<Arc<Service>>, Caller(actor): Caller) -> Answer<Data<Vec<RoleBody>>> {
    Ok(data(service.roles(&actor).await?.into_iter().map(RoleBody::from).collect()))
}

/// The roles of a person: one, or none.
#[utoipa::path(get, path = "/v1/users/{userId}/roles", tag = "userRoles", params(("userId" = String, Path)),
    responses((status = 200, body = Data<Vec<ActorRoleBody>>), Failures))]
async fn list_roles(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
) -> Answer<Data<Vec<ActorRoleBody>>> {
    let found = service.user_roles(&actor, &id).await?;
    Ok(data(found.into_iter().map(ActorRoleBody::try_from).collect::<Result<_, _>>()?))
}

/// Gives a person a role in the account, or in one environment or space alone. A person has one.
#[utoipa::path(post, path = "/v1/users/{userId}/roles", tag = "userRoles", params(("userId" = String, Path)),
    request_body = RoleAssignment, responses((status = 200, body = Data<ActorRoleBody>), Failures))]
async fn assign_role(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    Named(id): Named<UserId>,
    Json(request): Json<RoleAssignment>,
) -> Answer<Data<ActorRoleBody>> {
    Ok(data(service.assign_user_role(&actor, &id, &request.into()).await?.try_into()?))
}

/// Takes a role away. A person without one can do nothing.
#[utoipa::path(delete, path = "/v1/users/{userId}/roles/{actorRoleId}", tag = "userRoles",
    params(("userId" = String, Path), ("actorRoleId" = String, Path)),
    responses((status = 200, body = Data<Success>), Failures))]
async fn take_role(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    NamedWith(id, role): NamedWith<UserId>,
) -> Answer<Data<Success>> {
    service.take_user_role(&actor, &id, &known(&role)?).await?;
    Ok(success())
}

/// Exchanges the token of an invitation, or of a guest's link, for an access token; or sends another to who is invited
/// by that address.
#[utoipa::path(post, path = "/v1/invitations/exchange", tag = "users", request_body = ExchangeRequest, security(()),
    responses((status = 200, body = Data<ExchangeBody>), Failures))]
async fn exchange(
    State(service): State<Arc<Service>>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<ExchangeRequest>,
) -> Answer<Data<ExchangeBody>> {
    let token = request.token.unwrap_or_default();
    let (email, space) = (request.email.as_deref(), request.space_id.as_deref());
    Ok(data(service.exchange_invitation(&token, email, space, from).await?.into()))
}
