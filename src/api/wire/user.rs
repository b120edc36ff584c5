//! People, their roles and invitations.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::nullable;
use crate::domain::guest::GuestRole;
use crate::domain::ids::AccountId;
use crate::domain::tenant::{ActorRole, Profile};
use crate::service::roles::{Assignment, BuiltInRole, guest_role_id, role_id};
use crate::service::user_invitations::{Exchanged, Invited, NewUser};
use crate::service::{Result, ServiceError};

/// Who keeps the passwords: this server.
const IDP: &str = "inlet";

/// A person who signs in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub struct UserBody {
    /// Their id.
    id: String,
    /// How they sign in.
    email: String,
    /// How they are called.
    name: String,
    /// Their account.
    account_id: String,
    /// Who keeps their password: `inlet`.
    idp: &'static str,
    /// Always empty.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// When they were added.
    created_at: String,
    /// When they were last changed.
    updated_at: String,
    /// When they were last here, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<String>,
    /// The page that they see first, as clients count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<i64>,
}

impl From<Profile> for UserBody {
    fn from(profile: Profile) -> Self {
        Self {
            id: profile.id.into(),
            email: profile.email,
            name: profile.name,
            account_id: profile.account_id.into(),
            idp: IDP,
            metadata: Map::new(),
            created_at: profile.created_at.to_string(),
            updated_at: profile.updated_at.to_string(),
            last_seen_at: profile.last_seen_at.map(|at| at.to_string()),
            dashboard: profile.dashboard,
        }
    }
}

/// What changes in a person; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserChanges {
    /// How they are called.
    pub name: Option<String>,
    /// The page that they see first, as clients count them; `null` for none.
    #[serde(deserialize_with = "nullable")]
    pub dashboard: Option<Option<i64>>,
}

/// A role for something.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// A role of `GET /v1/roles`.
    role_id: String,
    /// The account, an environment or a space; of guests a space or a workbook.
    resource_id: String,
}

impl From<RoleAssignment> for Assignment {
    fn from(request: RoleAssignment) -> Self {
        Self { role_id: request.role_id, resource_id: request.resource_id }
    }
}

/// Somebody who is invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserInvitation)]
pub struct InviteRequest {
    /// How they will sign in.
    email: String,
    /// How they are called.
    name: String,
    /// What they may do: one role.
    actor_roles: Vec<RoleAssignment>,
}

impl From<InviteRequest> for NewUser {
    fn from(request: InviteRequest) -> Self {
        let roles = request.actor_roles.into_iter().map(Assignment::from).collect();
        Self { email: request.email, name: request.name, roles }
    }
}

/// A role that somebody has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ActorRole)]
pub struct ActorRoleBody {
    /// Its id.
    id: String,
    /// Which role.
    role_id: String,
    /// Whose.
    actor_id: String,
    /// The account, an environment or a space; of guests a space or a workbook.
    resource_id: String,
    /// When it was given.
    created_at: String,
    /// When it was given: it does not change.
    updated_at: String,
}

impl TryFrom<ActorRole> for ActorRoleBody {
    type Error = ServiceError;

    fn try_from(role: ActorRole) -> Result<Self> {
        Ok(Self {
            role_id: role_id(&role.account_id, role.role)?.into(),
            resource_id: role.resource_id(),
            id: role.id.into(),
            actor_id: role.actor_id,
            created_at: role.created_at.to_string(),
            updated_at: role.created_at.to_string(),
        })
    }
}

impl ActorRoleBody {
    /// The role of a guest of that account.
    pub fn of_guest(account: &AccountId, role: GuestRole) -> Result<Self> {
        Ok(Self {
            role_id: guest_role_id(account, role.right)?.into(),
            resource_id: role.resource_id(),
            id: role.id.into(),
            actor_id: role.guest_id.into(),
            created_at: role.created_at.to_string(),
            updated_at: role.created_at.to_string(),
        })
    }
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserWithRoles)]
pub struct InvitedBody {
    /// The person.
    #[serde(flatten)]
    user: UserBody,
    /// What they may do.
    actor_roles: Vec<ActorRoleBody>,
    /// The link to hand on, where no mail server is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl TryFrom<Invited> for InvitedBody {
    type Error = ServiceError;

    fn try_from(invited: Invited) -> Result<Self> {
        let actor_roles = invited.role.into_iter().map(ActorRoleBody::try_from).collect::<Result<_>>()?;
        Ok(Self { user: invited.profile.into(), actor_roles, link: invited.link })
    }
}

/// An invitation was sent once more.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resent {
    /// Always `true`.
    pub success: bool,
    /// The link to hand on, where no mail server is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A role that can be given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Role)]
pub struct RoleBody {
    /// Its id.
    id: String,
    /// `Admin` or `Member` of people, `Guest editor` or `Guest viewer` of guests.
    name: &'static str,
    /// The account.
    account_id: String,
    /// When the account was made.
    created_at: String,
    /// When the account was made: roles do not change.
    updated_at: String,
}

impl From<BuiltInRole> for RoleBody {
    fn from(role: BuiltInRole) -> Self {
        Self {
            id: role.id.into(),
            name: role.name,
            account_id: role.account.id.into(),
            created_at: role.account.created_at.to_string(),
            updated_at: role.account.created_at.to_string(),
        }
    }
}

/// The token of an invitation, and where to send another when it is not good.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExchangeRequest {
    /// The token.
    pub token: Option<String>,
    /// The address of who is invited.
    pub email: Option<String>,
    /// The space into which a guest is invited.
    pub space_id: Option<String>,
}

/// What the token of an invitation was exchanged for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeBody {
    /// Whether it was good.
    valid: bool,
    /// An access token, when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Where another was sent, if somebody of that address is invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to: Option<String>,
}

impl From<Exchanged> for ExchangeBody {
    fn from(exchanged: Exchanged) -> Self {
        match exchanged {
            Exchanged::Token(token) => Self { valid: true, token: Some(token), ..Self::default() },
            Exchanged::SentTo(email) => Self { sent_to: Some(email), ..Self::default() },
            Exchanged::Nothing => Self::default(),
        }
    }
}
